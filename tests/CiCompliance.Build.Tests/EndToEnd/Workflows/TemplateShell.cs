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

    [GeneratedRegex("script: '''(.*?)'''", RegexOptions.Singleline)]
    private static partial Regex Multiline();
}
