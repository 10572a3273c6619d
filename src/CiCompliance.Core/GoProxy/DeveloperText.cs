using System.Text;

namespace CiCompliance.GoProxy;

/// <summary>
/// A refusal in the form that the go command shows to the developer: plain text of at most 8 lines, each printable, none empty, in which a line that
/// passes 648 bytes, counting two more for each line break, would be replaced as a whole.
/// </summary>
public static class DeveloperText
{
    public const int MaxBytes = 640;

    private const int BytesOfBreak = 3;

    /// <summary>First the diagnostic and the module, then what happened, at last what to do.</summary>
    public static string Of(Finding finding, Language language)
    {
        var first = SafeText.Line($"{finding.Diagnostic.Code} {finding.Origin}", 200);
        var last = Line(finding.Fix.In(language));
        var rest = MaxBytes - Encoding.UTF8.GetByteCount(first) - Encoding.UTF8.GetByteCount(last) - (3 * BytesOfBreak);
        return rest > 0 ? $"{first}\n{Cut(Line(finding.What.In(language)), rest)}\n{last}\n" : $"{first}\n{Cut(last, MaxBytes - Encoding.UTF8.GetByteCount(first) - (2 * BytesOfBreak))}\n";
    }

    private static string Line(string text) => SafeText.Line(text, 400);

    /// <summary>To so many bytes of UTF-8, the ellipsis among them.</summary>
    internal static string Cut(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
        {
            return text;
        }

        var cut = new StringBuilder();
        var bytes = Encoding.UTF8.GetByteCount("…");
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                break;
            }

            cut.Append(rune.ToString());
        }

        return cut.Append('…').ToString();
    }
}
