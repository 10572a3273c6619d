using System.Text.RegularExpressions;
using CiCompliance.GitHub;
using CiCompliance.Publishing;
using CiCompliance.Tool.Commands;

namespace CiCompliance.Tool.Hosting;

/// <summary>The job of GitHub Actions that the tool runs in, by the runner's variables.</summary>
internal sealed partial record GitHubJob(JobPlace Place, JobFiles Files, string ApiUrl)
{
    /// <exception cref="CiComplianceException">A variable is missing or not of its form (CIC5401, CIC5414).</exception>
    public static GitHubJob From(CommandContext context)
    {
        string Variable(string name) => context.Host.Environment(name) is { Length: > 0 and < 4096 } value ? value : throw NotInJob(name);

        if (context.Ci.Kind != CiKind.GitHub)
        {
            throw NotInJob("GITHUB_ACTIONS");
        }

        var server = ServerAddress.Parse(Variable("GITHUB_SERVER_URL"), "GITHUB_SERVER_URL").GetLeftPart(UriPartial.Authority);
        var repository = Variable("GITHUB_REPOSITORY");
        return Repository().IsMatch(repository)
            ? new GitHubJob(new JobPlace(server, repository, context.Ci.ToRecord("").CiRunUrl), new JobFiles(Variable("GITHUB_STEP_SUMMARY"), Variable("GITHUB_OUTPUT")), Variable("GITHUB_API_URL"))
            : throw NotInJob("GITHUB_REPOSITORY");
    }

    private static CiComplianceException NotInJob(string variable) => new(PublishingDiagnostics.NotInJob, variable,
        new("it is not set as GitHub's runner sets it", "其取值与 GitHub 运行器的设置不符"),
        new("Run it in a job of GitHub Actions; elsewhere use cicompliance publish folder DIR", "请在 GitHub Actions 作业中运行;其他环境请使用 cicompliance publish folder DIR"));

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]*/[A-Za-z0-9._-]+\z")]
    private static partial Regex Repository();
}
