using System.Runtime.InteropServices;
using CiCompliance.Evidence;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Hosting;

internal enum CiKind
{
    None,
    GitHub,
    GitLab,
    Jenkins,
    Other,
}

/// <summary>Which CI runs the tool, by the variables it sets. Its values are the runner's own word: bounded, and kept as attested only.</summary>
internal sealed class CiHost(Func<string, string?> environment)
{
    private const int MaxLength = 512;
    private const string Heads = "refs/heads/";
    private const string Queue = Heads + "gh-readonly-queue/";

    public CiKind Kind { get; } =
        environment("GITHUB_ACTIONS") == "true" ? CiKind.GitHub
        : environment("GITLAB_CI") is { Length: > 0 } ? CiKind.GitLab
        : environment("JENKINS_URL") is { Length: > 0 } ? CiKind.Jenkins
        : environment("CI")?.ToLowerInvariant() is { Length: > 0 } ci and not ("false" or "0") ? CiKind.Other
        : CiKind.None;

    public bool IsCi => Kind != CiKind.None;

    /// <summary>
    /// The branch that a commit goes to; null for tags, where the CI's name for it is not the branch's own, and for another commit than the job's.
    /// </summary>
    public string? BranchOf(string commit)
    {
        return Kind switch
        {
            CiKind.GitHub => Read("GITHUB_BASE_REF") ?? (IsOf("GITHUB_SHA") && Read("GITHUB_REF") is { } name && name.StartsWith(Heads, StringComparison.Ordinal)
                && !name.StartsWith(Queue, StringComparison.Ordinal) ? name[Heads.Length..] : null),
            CiKind.GitLab => Read("CI_MERGE_REQUEST_TARGET_BRANCH_NAME") ?? (IsOf("CI_COMMIT_SHA") ? Read("CI_COMMIT_BRANCH") : null),
            CiKind.Jenkins => Read("CHANGE_TARGET") ?? (IsOf("GIT_COMMIT") && Read("TAG_NAME") is null ? Read("BRANCH_NAME") : null),
            _ => null,
        };

        // Some set-ups of Jenkins don't set it.
        bool IsOf(string variable) => Read(variable) is not { } own || own == commit;
    }

    public HostRecord ToRecord(string toolDigest)
    {
        var (runId, url, actor, trigger) = Kind switch
        {
            CiKind.GitHub => (Read("GITHUB_RUN_ID"), GitHubUrl(), Read("GITHUB_ACTOR"), Read("GITHUB_EVENT_NAME")),
            CiKind.GitLab => (Read("CI_PIPELINE_ID"), Read("CI_JOB_URL"), Read("GITLAB_USER_LOGIN"), Read("CI_PIPELINE_SOURCE")),
            CiKind.Jenkins => (Read("BUILD_TAG") ?? Read("BUILD_ID"), Read("BUILD_URL"), Read("BUILD_USER_ID"), null),
            _ => (null, null, null, null),
        };
        return new HostRecord(Kind.ToString().ToLowerInvariant(), runId, url, actor, trigger,
            Kind == CiKind.GitHub && int.TryParse(environment("GITHUB_RETENTION_DAYS"), out var days) ? days : null,
            Bounded(RuntimeInformation.OSDescription) ?? "unknown", RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), toolDigest);
    }

    private string? GitHubUrl() =>
        Read("GITHUB_SERVER_URL") is { } server && Read("GITHUB_REPOSITORY") is { } repository && Read("GITHUB_RUN_ID") is { } run
            ? $"{server}/{repository}/actions/runs/{run}/attempts/{Read("GITHUB_RUN_ATTEMPT") ?? "1"}"
            : null;

    private string? Read(string name) => environment(name) is { } value ? Bounded(value) : null;

    private static string? Bounded(string value)
    {
        var clean = string.Concat(value.Take(MaxLength).Where(c => !SafeText.IsUnsafe(c)));
        return clean.Length == 0 ? null : clean;
    }
}
