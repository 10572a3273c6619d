using System.Globalization;

namespace CiCompliance.Policy;

/// <summary>Reads the section <c>source</c> of a policy.</summary>
internal static class SourcePolicyReader
{
    private const int MaxRequired = 16;

    /// <summary>What <c>trust explain</c> calls the other demands.</summary>
    private static readonly string[] Reserved = ["forge", "match-committer"];

    private static readonly string[] TimeForms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    public static SourcePolicy Read(PolicySection section)
    {
        var match = section.Choice("match-committer", false, ("off", false), ("on", true));
        var forge = section.Choice("forge", ForgePolicy.Refused, ("refused", ForgePolicy.Refused), ("merges", ForgePolicy.Merges), ("allowed", ForgePolicy.Allowed));
        var rules = section.Sections("rules").Select(Rule).OfType<SignerRule>().ToList();
        if (rules.Select(rule => rule.Name).Concat(Reserved).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            section.Add(PolicyDiagnostics.Contradiction, "rules", new($"two rules are called '{twice.Key}', or it is a key's name", $"有两条规则名为“{twice.Key}”,或与键同名"),
                new("Give each rule a name of its own", "请为每条规则取不同的名称"));
        }

        section.Close();
        return new SourcePolicy(match, forge, rules);
    }

    private static SignerRule? Rule(PolicySection section)
    {
        var name = section.Text("name", required: true, Name);
        var (authors, committers) = (section.List("authors", [], Mail), section.List("committers", [], Mail));
        var (paths, branches, tags) = (section.List("paths", [], Pattern), section.List("branches", [], Pattern), section.List("tags", [], Pattern));
        var signers = section.RequiredList("signers", Signer);
        var required = section.OptionalInteger("required") ?? 1;
        var (from, until) = (Time(section, "from"), Time(section, "until"));
        if (tags.Count > 0 && authors.Count + committers.Count + paths.Count + branches.Count > 0)
        {
            section.Add(PolicyDiagnostics.Contradiction, "tags",
                new("a rule is about tags or about commits", "一条规则只能针对标签或针对提交"),
                new("Write two rules", "请拆成两条规则"));
        }

        if (required is < 1 or > MaxRequired || (required > signers.Count && signers.All(signer => !signer.Contains('*', StringComparison.Ordinal))))
        {
            section.Add(PolicyDiagnostics.WrongValue, "required",
                new($"'required' must be 1 to {MaxRequired}, and not more than there are signers", $"“required”应为 1 到 {MaxRequired}，且不超过签名者数量"),
                new("Lower it, or name more signers", "请调低该值，或增加签名者"));
        }

        if (from >= until)
        {
            section.Add(PolicyDiagnostics.Contradiction, "until", new("it is not later than 'from'", "不晚于“from”"), new("Correct one of them", "请改正其中之一"));
        }

        section.Close();
        return name is null ? null : new SignerRule(name, authors, committers, paths, branches, tags, signers, required, from, until);
    }

    private static DateTimeOffset? Time(PolicySection section, string key) =>
        section.Text(key, required: false, value => TryTime(value, out _) ? null : PolicyObjection.Value(
            new("it is neither a date nor a time in UTC", "不是日期或 UTC 时间"), new("Write 2026-01-31 or 2026-01-31T08:00:00Z", "请写成 2026-01-31 或 2026-01-31T08:00:00Z")))
            is { } text && TryTime(text, out var time) ? time : null;

    private static bool TryTime(string value, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(value, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static PolicyObjection? Name(string value) =>
        value.Length <= 100 && !value.Any(char.IsControl) ? null : PolicyObjection.Value(
            new("it is too long, or holds control characters", "过长或含控制字符"), new("Write a short name", "请填写简短名称"));

    private static PolicyObjection? Mail(string value) =>
        value.Length <= 320 && value.All(c => c is >= '!' and <= '~' and not ('<' or '>')) && (value.Contains('@', StringComparison.Ordinal) || value == "*")
            ? null
            : PolicyObjection.Value(new($"'{value}' is not an e-mail address or a pattern of one", $"“{value}”不是邮箱地址或其匹配模式"),
                new("Write it like alice@example.cn or *@example.cn", "请写成 alice@example.cn 或 *@example.cn 的形式"));

    private static PolicyObjection? Signer(string value) =>
        value.Length is 40 or 64 && value.All(char.IsAsciiHexDigitLower) ? null : value != "*" && Mail(value) is null ? null : PolicyObjection.Value(
            new($"'{value}' is neither a key id nor an e-mail address or pattern", $"“{value}”既不是密钥标识，也不是邮箱地址或模式"),
            new("Write the id that trust.json gives, or an address like alice@example.cn", "请填写 trust.json 中的标识，或 alice@example.cn 形式的地址"));

    private static PolicyObjection? Pattern(string value) =>
        value.Length <= 1024 && !value.Any(char.IsControl) && value.Split('/').All(part => part is not ("" or "." or ".."))
            ? null
            : PolicyObjection.Value(new($"'{value}' is not a pattern of names divided by slashes", $"“{value}”不是以斜杠分隔的名称模式"),
                new("Write it like deploy/**, without a slash at either end", "请写成 deploy/** 的形式，首尾不带斜杠"));
}
