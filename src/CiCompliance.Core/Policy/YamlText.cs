using System.Text;

namespace CiCompliance.Policy;

/// <summary>Bytes → text: bounded, UTF-8, and without characters that make a reviewer see something else than the parser does.</summary>
internal static class YamlText
{
    public const int MaxBytes = 256 << 10;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The text without byte order mark, or null with the problem added.</returns>
    public static string? Decode(ReadOnlySpan<byte> yaml, PolicyProblems problems)
    {
        if (yaml.Length > MaxBytes)
        {
            problems.Add(PolicyDiagnostics.NotText,
                new($"it has {yaml.Length} bytes, more than the {MaxBytes} a policy may have", $"文件为 {yaml.Length} 字节，超过策略文件上限 {MaxBytes} 字节"),
                new("Check that this is the policy file, and shorten it", "请确认这是策略文件，并缩短其内容"));
            return null;
        }

        string text;
        try
        {
            text = Utf8.GetString(yaml.StartsWith("\uFEFF"u8) ? yaml[3..] : yaml);
        }
        catch (DecoderFallbackException)
        {
            problems.Add(PolicyDiagnostics.NotText,
                new("it is not UTF-8 text", "文件不是 UTF-8 文本"),
                new("Save it as UTF-8", "请以 UTF-8 编码保存"));
            return null;
        }

        return HasDeceptiveCharacter(text, problems) ? null : text;
    }

    private static bool HasDeceptiveCharacter(string text, PolicyProblems problems)
    {
        var (line, column) = (1L, 1L);
        foreach (var c in text)
        {
            if (IsDeceptive(c))
            {
                problems.Add(PolicyDiagnostics.NotText, line, column,
                    new($"it holds the invisible character U+{(int)c:X4}", $"文件含有不可见字符 U+{(int)c:X4}"),
                    new("Remove it; a policy must read the same for people and for the parser", "请删除该字符；策略对人和解析器必须一致"));
                return true;
            }

            (line, column) = c == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return false;
    }

    /// <summary>Controls, bidirectional overrides (CVE-2021-42574), zero-width characters and the line breaks that only some parsers know.</summary>
    private static bool IsDeceptive(char c) =>
        (char.IsControl(c) && c is not ('\t' or '\n' or '\r'))
        || c is (>= '\u200B' and <= '\u200F') or (>= '\u2028' and <= '\u202E') or (>= '\u2060' and <= '\u2069') or '\uFEFF' or '\u0085';
}
