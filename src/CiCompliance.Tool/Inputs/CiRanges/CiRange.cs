using CiCompliance.Source;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Inputs.CiRanges;

/// <summary>What <c>--range ci</c> stands for in one job. It is the runner's word: an auditor expects commit and base by their own knowledge.</summary>
/// <param name="Commit">What is judged and built: an id, or the full name of a tag, whose own signature counts too.</param>
/// <param name="Base">Start of the range (excluded), an ancestor of <paramref name="Commit"/>; null: all history.</param>
/// <param name="Protected">The revision whose policy and trust count; null where the CI knows none that whoever wrote the change could not write.</param>
/// <param name="Branch">Where the change goes to; null for tags.</param>
/// <param name="Why">For people, for example <c>pull request into main</c>.</param>
internal sealed record CiRange(string Commit, string? Base, string? Protected, string? Branch, LocalizedText Why)
{
    /// <exception cref="CiComplianceException">No CI, or one that isn't known (CIC0004); its variables don't say enough (CIC1034); a fetch is missing (CIC1009).</exception>
    public static CiRange Find(CiHost ci, Func<string, string?> environment, IRevisions revisions)
    {
        var variables = new CiVariables(environment);
        var ranges = new RangeFinder(revisions);
        return ci.Kind switch
        {
            CiKind.GitHub => new GitHubRange(variables, ranges).Find(),
            CiKind.GitLab => new GitLabRange(variables, ranges).Find(),
            CiKind.Jenkins => new JenkinsRange(variables, ranges).Find(),
            _ => throw new CiComplianceException(ToolDiagnostics.OptionValue, "--range",
                new("'ci' stands for what GitHub Actions, GitLab CI or Jenkins say, and none of them runs here", "“ci”取自 GitHub Actions、GitLab CI 或 Jenkins 的变量,但当前不在其中运行"),
                new("Give --base and --commit", "请给出 --base 和 --commit")),
        };
    }

    public static CiComplianceException Unclear(string variable, LocalizedText what) => new(SourceDiagnostics.RangeUnclear, variable, what,
        new("Give --base and --commit, and policy and trust outside the repository", "请给出 --base 和 --commit,并在仓库之外提供策略和信任库"));
}

/// <summary>Variables of a CI, bounded.</summary>
internal sealed class CiVariables(Func<string, string?> environment)
{
    private const int MaxLength = 1024;

    /// <summary>Null where it is empty or can't be a name, an id or a path.</summary>
    public string? this[string name] => environment(name) is { Length: > 0 and <= MaxLength } value && !value.Any(char.IsControl) ? value : null;

    public string Require(string name) => this[name] ?? throw CiRange.Unclear(name, new("the CI does not set it", "CI 未设置该变量"));

    /// <summary>An object id; null where it is missing or all zeros, which stands for "nothing before".</summary>
    public string? Id(string name) => IdOf(this[name]);

    public static string? IdOf(string? value) =>
        value is { Length: 40 or 64 } && value.All(char.IsAsciiHexDigitLower) && value.Any(c => c != '0') ? value : null;
}
