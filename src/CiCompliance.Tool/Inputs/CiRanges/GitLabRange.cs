namespace CiCompliance.Tool.Inputs.CiRanges;

/// <summary>GitLab CI: its predefined variables (docs.gitlab.com, "Predefined CI/CD variables reference").</summary>
internal sealed class GitLabRange(CiVariables variables, RangeFinder ranges)
{
    public CiRange Find()
    {
        var commit = variables.Id("CI_COMMIT_SHA") ?? throw CiRange.Unclear("CI_COMMIT_SHA", new("it is no commit id", "不是提交号"));
        if (variables["CI_PIPELINE_SOURCE"] is "merge_request_event")
        {
            // With merged results and merge trains CI_COMMIT_SHA is a merge that the forge made for this run, and the two ids are set.
            var target = variables.Require("CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
            // In a merge train the target's id is the train's last car, which nobody has accepted yet.
            var end = variables["CI_MERGE_REQUEST_EVENT_TYPE"] == "merge_train" ? null : variables.Id("CI_MERGE_REQUEST_TARGET_BRANCH_SHA");
            var range = ranges.Beside(variables.Id("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") ?? commit,
                end ?? RangeFinder.Remote(target), target, new($"merge request into {target}", $"合并到 {target} 的合并请求"));

            // Whoever may make a branch may ask for a merge into it.
            return variables["CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED"] == "true" ? range : range with { Protected = null };
        }

        var isProtected = variables["CI_COMMIT_REF_PROTECTED"] == "true";
        var standard = variables.Require("CI_DEFAULT_BRANCH");
        if (variables["CI_COMMIT_TAG"] is { } tag)
        {
            return ranges.Beside(ranges.Tag(tag, commit), RangeFinder.Remote(standard), null, new($"tag {tag}", $"标签 {tag}"), standard);
        }

        var branch = variables.Require("CI_COMMIT_BRANCH");
        if (!isProtected && branch == standard)
        {
            throw CiRange.Unclear("CI_COMMIT_REF_PROTECTED", new($"the default branch {standard} is not protected, so that no revision of it sets rules", $"默认分支 {standard} 未受保护,其任何版本都不能作为规则来源"));
        }

        // Zeros also stand in pipelines that no push began.
        var pushed = variables["CI_PIPELINE_SOURCE"] == "push";
        return !isProtected || !pushed
            ? ranges.Beside(commit, RangeFinder.Remote(standard), branch, new($"branch {branch} beside {standard}", $"与 {standard} 并行的分支 {branch}"))
            : variables.Id("CI_COMMIT_BEFORE_SHA") is { } before
                ? ranges.Since(commit, before, branch, new($"push to the protected branch {branch}", $"推送到受保护分支 {branch}"))
                : RangeFinder.Whole(commit, branch, new($"first push to {branch}", $"首次推送到 {branch}"));
    }
}
