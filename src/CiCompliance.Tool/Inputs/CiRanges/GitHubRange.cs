using System.Text.Json;

namespace CiCompliance.Tool.Inputs.CiRanges;

/// <summary>GitHub Actions: the event's name and its payload (docs.github.com, "Events that trigger workflows").</summary>
internal sealed class GitHubRange(CiVariables variables, RangeFinder ranges)
{
    private const int MaxEventBytes = 25 << 20;
    private const string Heads = "refs/heads/";
    private const string Tags = "refs/tags/";

    public CiRange Find()
    {
        var name = variables.Require("GITHUB_EVENT_NAME");
        using var payload = ReadEvent();
        var root = payload.RootElement;
        var commit = variables.Id("GITHUB_SHA") ?? throw CiRange.Unclear("GITHUB_SHA", new("it is no commit id", "不是提交号"));
        switch (name)
        {
            // GITHUB_SHA is a merge that the forge made for this run; nobody signed it, and it is never pushed.
            case "pull_request":
                var into = Text(root, "pull_request", "base", "ref");
                return Trusted(root, into, ranges.Beside(Id(root, "pull_request", "head", "sha"), Id(root, "pull_request", "base", "sha"), into,
                    new($"pull request into {into}", $"合并到 {into} 的拉取请求")));
            case "merge_group":
                var target = Branch(Text(root, "merge_group", "base_ref"));
                // The queue's own base may be a change before it that has not passed yet.
                return Trusted(root, target, ranges.Beside(Id(root, "merge_group", "head_sha"), RangeFinder.Remote(target), target, new($"merge queue of {target}", $"{target} 的合并队列")));
            case "push":
                return Push(root, commit);
            case "workflow_dispatch" or "schedule" or "release" or "create":
                return Standing(root, commit, Name());
            default:
                throw CiRange.Unclear("GITHUB_EVENT_NAME", new($"a run by the event {SafeText.Line(name)} is not judged: it would mix the rights of one revision with the code of another",
                    $"不判定由事件 {SafeText.Line(name)} 触发的运行:它会将一个版本的权限与另一版本的代码混用"));
        }
    }

    /// <summary>Whoever may make a branch may ask for a pull into it, and the event doesn't say whether it is protected: the default branch is taken as such.</summary>
    private static CiRange Trusted(JsonElement root, string target, CiRange range) =>
        target == Text(root, "repository", "default_branch") ? range : range with { Protected = null };

    private CiRange Push(JsonElement root, string commit)
    {
        var branch = Name();
        if (branch is null || variables["GITHUB_REF_PROTECTED"] != "true")
        {
            return Standing(root, commit, branch);
        }

        return CiVariables.IdOf(Text(root, "before")) is { } before
            ? ranges.Since(commit, before, branch, new($"push to the protected branch {branch}", $"推送到受保护分支 {branch}"))
            : RangeFinder.Whole(commit, branch, new($"first push to {branch}", $"首次推送到 {branch}"));
    }

    /// <summary>A tag, or a branch that its writers own: judged beside the default branch, which must not be that branch itself.</summary>
    private CiRange Standing(JsonElement root, string commit, string? branch)
    {
        var standard = Text(root, "repository", "default_branch");
        return branch == standard && variables["GITHUB_REF_PROTECTED"] != "true"
            ? throw CiRange.Unclear("GITHUB_REF_PROTECTED", new($"the default branch {standard} is not protected, so that no revision of it sets rules", $"默认分支 {standard} 未受保护,其任何版本都不能作为规则来源"))
            : variables.Require("GITHUB_REF") is var name && name.StartsWith(Tags, StringComparison.Ordinal)
                ? ranges.Beside(ranges.Tag(name[Tags.Length..], commit), RangeFinder.Remote(standard), null, new($"tag {name[Tags.Length..]}", $"标签 {name[Tags.Length..]}"), standard)
                : ranges.Beside(commit, RangeFinder.Remote(standard), branch, new($"branch {branch} beside {standard}", $"与 {standard} 并行的分支 {branch}"));
    }

    private string? Name() => variables.Require("GITHUB_REF") is var name && name.StartsWith(Heads, StringComparison.Ordinal) ? name[Heads.Length..] : null;

    private static string Branch(string name) => name.StartsWith(Heads, StringComparison.Ordinal) ? name[Heads.Length..] : name;

    private JsonDocument ReadEvent()
    {
        var path = variables.Require("GITHUB_EVENT_PATH");
        try
        {
            return JsonDocument.Parse(OutsideFile.Read(path, MaxEventBytes), new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw CiRange.Unclear("GITHUB_EVENT_PATH", new($"the event cannot be read ({e.Message})", $"无法读取事件({e.Message})"));
        }
    }

    private static string Id(JsonElement root, params string[] path) =>
        CiVariables.IdOf(Text(root, path)) ?? throw CiRange.Unclear("GITHUB_EVENT_PATH", new($"{string.Join('.', path)} is no commit id", $"{string.Join('.', path)} 不是提交号"));

    private static string Text(JsonElement root, params string[] path)
    {
        foreach (var name in path)
        {
            root = root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var member) ? member : default;
        }

        return root.ValueKind == JsonValueKind.String && root.GetString() is { Length: > 0 and <= 1024 } text && !text.Any(char.IsControl)
            ? text
            : throw CiRange.Unclear("GITHUB_EVENT_PATH", new($"the event has no {string.Join('.', path)}", $"事件中没有 {string.Join('.', path)}"));
    }
}
