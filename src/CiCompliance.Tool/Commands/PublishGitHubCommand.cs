using CiCompliance.Publishing;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Hosting;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>
/// Shows the evidence on the run: first what needs no server (annotations, summary, outputs), then, with a token, what does. A run that is unsealed
/// by request writes no check and no status: neither could ever be green, and red would block what is not refused. Publishing a verdict succeeds
/// whatever the verdict is: only a failure to publish is not 0.
/// </summary>
internal sealed class PublishGitHubCommand(IComposition parts) : ICommand
{
    public async Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (job, language) = (GitHubJob.From(context), context.Reporter.Language);
        var token = new KeyOptions(context.Arguments, context.Host).Token;
        var release = context.Arguments.Value(OptionTable.Release);
        if (release is not null && token is null)
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, OptionTable.Release.Long,
                new("a release is written with a token, and none is given", "写入发行版需要令牌,但未提供"), new("Add --token FILE or --token fd:N", "请添加 --token FILE 或 --token fd:N"));
        }

        if (release is not null && context.Arguments.Value(OptionTable.ExpectDigest) is null)
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, OptionTable.Release.Long,
                new("a release gets the folder only whose digest came by another way, and none is given", "发行版只接受摘要经其他途径得知的目录,但未给出摘要"),
                new("Add --expect-digest with the digest that the sealing job printed", "请添加 --expect-digest,取封存作业输出的摘要"));
        }

        var isUnsealed = context.Arguments.Flag(OptionTable.Unsealed);
        if (isUnsealed && token is not null)
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, OptionTable.Unsealed.Long,
                new("evidence that was not sealed goes to the job's own page only, and a token is given", "未封存的证据只写入作业自身页面,却给出了令牌"),
                new("Leave --token out", "请去掉 --token"));
        }

        using var publication = PublishedEvidence.Open(parts, context, cancellationToken);
        if (token is not null)
        {
            // Before the job's own page and outputs are written: later steps must find nothing of what is refused.
            GitHubPublisher.DemandRepository(publication, job.Place);
        }

        var annotations = JobPublisher.Annotate(publication, language);
        WorkflowCommand.Write(context.Host.Messages, annotations);
        JobPublisher.Publish(publication, job.Files, job.Place, context.OutputDirectory, language);

        var findings = new List<Finding>();
        IReadOnlyList<PublishedItem> items = [];
        if (token is null && !isUnsealed)
        {
            findings.Add(new Finding(PublishingDiagnostics.NoToken, OptionTable.Token.Long,
                new("no check run and no commit status was written", "未写入检查结果与提交状态"), new("Add --token where the job may have one", "如作业允许持有令牌,请添加 --token")));
            context.Reporter.Show(findings[0]);
        }
        else if (token is not null)
        {
            var progress = new ReporterProgress(context.Reporter);
            using var gitHub = parts.GitHub(job.ApiUrl, job.Place.Repository!, token, progress, cancellationToken);
            items = await new GitHubPublisher(gitHub, job.Place, context.Host.Clock, progress).PublishAsync(publication, annotations, release, language, cancellationToken);
        }

        var receipt = context.OutputDirectory + ".published.json";
        new PublishReceipt(1, context.Host.Clock.GetUtcNow(), job.Place.Repository, job.Place.RunUrl, VerdictDocument.Of(publication), items).Write(receipt);
        return new Answer(0, findings, PublishText.Of(publication, items)) { Verdict = publication.Verdict, Files = [receipt] };
    }

    // Progress<T> would post to other threads, and lines would come after the answer.
    private sealed class ReporterProgress(Reporter reporter) : IProgress<LocalizedText>
    {
        public void Report(LocalizedText value) => reporter.Note(value);
    }
}
