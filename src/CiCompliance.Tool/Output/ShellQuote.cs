namespace CiCompliance.Tool.Output;

/// <summary>Quotes words for a POSIX shell.</summary>
internal static class ShellQuote
{
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Word));

    /// <summary>A word with unsafe characters becomes <c>$'…'</c>, so that what is printed has none and what is pasted still names the file.</summary>
    public static string Word(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '=' or ':' or '@' or '+' or ',') ? word
        : word.Any(SafeText.IsUnsafe) ? "$'" + string.Concat(System.Text.Encoding.UTF8.GetBytes(word).Select(Escape)) + "'"
        : "'" + word.Replace("'", "'\\''") + "'";

    private static string Escape(byte b) => b is >= 0x20 and < 0x7f and not (byte)'\'' and not (byte)'\\' ? ((char)b).ToString() : $"\\x{b:x2}";
}
