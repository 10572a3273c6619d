namespace CiCompliance.Tool.Output;

/// <summary>Verdicts as people read them.</summary>
internal static class VerdictText
{
    public static LocalizedText Of(Verdict verdict) => verdict switch
    {
        Verdict.Pass => new("pass", "通过"),
        Verdict.Fail => new("fail", "不通过"),
        Verdict.NotApplicable => new("not applicable", "不适用"),
        _ => new("undecided", "未判定"),
    };

    /// <summary>Padded to one width, coloured where colour is wanted.</summary>
    public static string Word(Verdict verdict, Reporter reporter)
    {
        var word = TextWidth.Pad(Of(verdict).In(reporter.Language), 14);
        return !reporter.HasColour ? word : verdict switch
        {
            Verdict.Pass => $"\x1b[32m{word}\x1b[0m",
            Verdict.Fail => $"\x1b[31m{word}\x1b[0m",
            Verdict.NotApplicable => word,
            _ => $"\x1b[33m{word}\x1b[0m",
        };
    }
}
