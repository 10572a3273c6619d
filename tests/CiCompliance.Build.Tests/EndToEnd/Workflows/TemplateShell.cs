using System.Text.RegularExpressions;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The shell of the templates for other CI systems, as their runners would start it.</summary>
internal static partial class TemplateShell
{
    public const string GitLab = "templates/gitlab-ci/cicompliance.gitlab-ci.yml";
    public const string Jenkins = "templates/jenkins/Jenkinsfile";

    /// <summary>The job that builds, then the one that signs.</summary>
    public static IReadOnlyList<string> Of(string name) => name == GitLab ? OfGitLab() : OfJenkins();

    // A GitLab runner puts before_script and script into one shell.
    private static List<string> OfGitLab()
    {
        var root = WorkflowFile.Read(GitLab).Root;
        var before = Text(WorkflowFile.Map(root[".cicompliance"])["before_script"]);
        return [.. new[] { "cicompliance-build", "cicompliance-sign" }.Select(job => before + Text(WorkflowFile.Map(root[job])["script"]))];
    }

    private static string Text(object lines) => string.Concat(((List<object>)lines).Select(line => (string)line + "\n"));

    // In a Groovy text of three quotation marks only the backslash is special.
    private static List<string> OfJenkins() =>
        [.. Multiline().Matches(File.ReadAllText(Path.Combine(Scenario.Root, Jenkins))).Select(match => match.Groups[1].Value.Replace(@"\\", @"\", StringComparison.Ordinal))];

    /// <summary>What each of Jenkins' two stages puts into PREVIOUS_COMMIT: Groovy takes the first of its terms that is not empty.</summary>
    public static IReadOnlyList<string> PreviousCommits(string previous, string trustedBase)
    {
        var text = File.ReadAllText(Path.Combine(Scenario.Root, Jenkins));
        text.ShouldContain("string(name: 'TRUSTED_BASE', defaultValue: '',");
        return [.. Assignment().Matches(text).Select(match => match.Groups[1].Value.Split("?:", StringSplitOptions.TrimEntries).Select(term => term switch
        {
            "checkout(scm).GIT_PREVIOUS_SUCCESSFUL_COMMIT" => previous,
            "params.TRUSTED_BASE" => trustedBase,
            "''" => "",
            _ => throw new NotSupportedException(term),
        }).FirstOrDefault(value => value.Length > 0) ?? "")];
    }

    [GeneratedRegex(@"env\.PREVIOUS_COMMIT = (.*)")]
    private static partial Regex Assignment();

    [GeneratedRegex("script: '''(.*?)'''", RegexOptions.Singleline)]
    private static partial Regex Multiline();
}
