namespace CiCompliance.Tool.Inputs.CiRanges;

/// <summary>
/// Jenkins multibranch pipelines: variables of the branch API and git plugins. They don't say which branches are protected, so that policy and
/// trust come from outside, or from the revision that <c>--protected</c> names.
/// </summary>
internal sealed class JenkinsRange(CiVariables variables, RangeFinder ranges)
{
    public CiRange Find()
    {
        // A change that Jenkins has merged itself is signed by nobody: the refusal of that commit says so, and the guide what to configure.
        if (variables["CHANGE_ID"] is { } change)
        {
            var target = variables.Require("CHANGE_TARGET");
            return ranges.Beside("HEAD", RangeFinder.Remote(target), target, new($"change request {change} into {target}", $"合并到 {target} 的变更请求 {change}")) with { Protected = null };
        }

        if (variables["TAG_NAME"] is { } tag)
        {
            return RangeFinder.Whole(ranges.Tag(tag, null), null, new($"tag {tag}", $"标签 {tag}"));
        }

        // GIT_BRANCH is a remote's name for it, by which no rule about the branch would apply.
        var branch = variables["BRANCH_NAME"];
        return variables.Id("GIT_PREVIOUS_SUCCESSFUL_COMMIT") is { } before
            ? ranges.Since("HEAD", before, branch, new($"branch {branch ?? "?"} since its last successful build", $"分支 {branch ?? "?"} 自上次成功构建以来")) with { Protected = null }
            : RangeFinder.Whole("HEAD", branch, new($"first build of {branch ?? "?"}", $"{branch ?? "?"} 的首次构建"));
    }
}
