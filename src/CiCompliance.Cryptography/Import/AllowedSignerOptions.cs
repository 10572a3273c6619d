using System.Globalization;
using System.IO.Enumeration;
using System.Text;

namespace CiCompliance.Cryptography;

/// <summary>The options of an <c>allowed_signers</c> line. An option that is not known could restrict the key, so its line is not taken.</summary>
/// <param name="Refusal">Why the line is left out; null where its key may be taken.</param>
internal sealed record AllowedSignerOptions(DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidUntil = null, LocalizedText? Refusal = null)
{
    private const int MaxOptions = 20;

    private static readonly string[] TimeForms = ["yyyyMMdd", "yyyyMMddHHmm", "yyyyMMddHHmmss"];

    /// <exception cref="FormatException">Not a list of options.</exception>
    public static AllowedSignerOptions Parse(string text)
    {
        var options = new AllowedSignerOptions();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var rest = text; rest.Length > 0;)
        {
            var (name, value) = Take(ref rest);
            options = !seen.Add(name) ? throw new FormatException($"the option '{name}' stands twice")
                : seen.Count > MaxOptions ? throw new FormatException("it has more than 20 options")
                : options.With(name, value);
        }

        return seen.Count == 0 ? throw new FormatException("there is no SSH key in it")
            : options.ValidUntil <= options.ValidFrom ? throw new FormatException("valid-before is not after valid-after")
            : options;
    }

    private AllowedSignerOptions With(string name, string? value) => (name, value) switch
    {
        ("cert-authority", null) => this with { Refusal = new("it is a certificate authority, and only plain keys are accepted", "它是证书颁发机构,此处只接受普通密钥") },
        ("namespaces", not null) => value.Split(',').Any(pattern => pattern.StartsWith('!') || pattern.Contains('\\', StringComparison.Ordinal))
            ? this with { Refusal = new("its namespaces exclude some, which can't be taken over", "其 namespaces 含排除项,无法导入") }
            : value.Split(',').Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, "git", ignoreCase: false)) ? this
            : this with { Refusal = new("its namespaces leave out git", "其 namespaces 不含 git") },
        ("valid-after", not null) => Time(value) is { } time ? this with { ValidFrom = time } : WithoutZone(),
        ("valid-before", not null) => Time(value) is { } time ? this with { ValidUntil = time } : WithoutZone(),
        _ => this with { Refusal = new($"its option '{name}' is not known", $"选项“{name}”未知") },
    };

    private AllowedSignerOptions WithoutZone() => this with
    {
        Refusal = new("its time has no Z, so that it means another moment on each machine; write it in UTC with a Z", "其时间没有 Z,在不同机器上含义不同;请用 UTC 并加 Z"),
    };

    private static DateTimeOffset? Time(string value)
    {
        var digits = value.EndsWith("UTC", StringComparison.OrdinalIgnoreCase) ? value[..^3] : value.TrimEnd('Z', 'z');
        return !DateTimeOffset.TryParseExact(digits, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            || value.Length - digits.Length is not (0 or 1 or 3) ? throw new FormatException("a time that is not YYYYMMDD[HHMM[SS]]Z")
            : digits.Length < value.Length ? time : null;
    }

    private static (string Name, string? Value) Take(ref string rest)
    {
        var end = rest.IndexOfAny(['=', ',']);
        var name = (end < 0 ? rest : rest[..end]).ToLowerInvariant();
        if (end < 0 || rest[end] == ',')
        {
            rest = end < 0 ? "" : RequireMore(rest[(end + 1)..]);
            return (name, null);
        }

        var value = new StringBuilder();
        var at = end + 2;
        for (var isOpen = at <= rest.Length && rest[at - 1] == '"'; isOpen; at++)
        {
            isOpen = at < rest.Length && rest[at] != '"';
            if (isOpen)
            {
                at += rest[at] == '\\' && at + 1 < rest.Length && rest[at + 1] == '"' ? 1 : 0;
                value.Append(rest[at]);
            }
        }

        if (at > rest.Length || rest[at - 1] != '"' || at == end + 2)
        {
            throw new FormatException($"the value of '{name}' is not quoted");
        }

        rest = at == rest.Length ? "" : rest[at] == ',' ? RequireMore(rest[(at + 1)..]) : throw new FormatException("something stands behind a quote");
        return (name, value.ToString());
    }

    private static string RequireMore(string rest) => rest.Length > 0 ? rest : throw new FormatException("an option is missing behind a comma");
}
