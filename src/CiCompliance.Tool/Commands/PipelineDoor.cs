using CiCompliance.Attestations;
using CiCompliance.Evidence;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Hosting;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool.Commands;

/// <summary>Runs stages: what is asked for becomes options, policy, trust and the run's identity.</summary>
internal sealed class PipelineDoor(IComposition parts, CommandContext context)
{
    public async Task<Answer> RunAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var stages = names.ToDictionary(name => name, parts.Stage);
        var handover = Handover.From(context, names);
        var range = ReadRange(cancellationToken);
        var judgement = range.Judgement;
        var options = ReadOptions(range) with { IsUnsigned = StageCatalog.EndsBeforeSigning(names) };
        var identity = new RunIdentity(Guid.NewGuid().ToString("D"), judgement.Policy.Repository, range.Tested.Commit, range.Tested.Tree,
            parts.Digests.Compute(judgement.Policy.ToJson()), options.Mode, ToolIdentity.Version);
        foreach (var notice in judgement.Notices)
        {
            context.Reporter.Show(notice);
        }

        cancellationToken.ThrowIfCancellationRequested();

        using var display = context.Reporter.Stages();
        using var folder = handover.Open(parts.Digests, cancellationToken);
        if (options.Resume)
        {
            RecordStage.DemandPending(folder);
        }

        RunRecord record;
        IReadOnlyList<StageResult> results;
        try
        {
            record = await BeginAsync(folder, identity, judgement, names, handover, cancellationToken);
            DropSeal(folder);
            var stageContext = new StageContext(options, judgement.Policy, judgement.Trust, folder, record, WorkDirectory(folder), context.Host.Clock, display);
            results = await new PipelineRunner(stages, display).RunAsync(names, stageContext, record, cancellationToken);
        }
        finally
        {
            RemoveUnfinished(folder);
        }

        return ToAnswer(results, folder, judgement, record.Identity, FolderDigest.Compute(folder.Root, parts.Digests, cancellationToken));
    }

    private JudgedRange ReadRange(CancellationToken cancellationToken)
    {
        using var revisions = parts.Revisions(context.ProjectDirectory, cancellationToken);
        var range = JudgedRange.Load(parts, context, revisions);
        CheckRepository(range.Judgement);
        if (range.Why is { } why)
        {
            context.Reporter.Note(new($"{why.En}: {range.Base?.Commit ?? "all history"}..{range.Tested.Commit}", $"{why.Zh}:{range.Base?.Commit ?? "全部历史"}..{range.Tested.Commit}"));
        }

        return range;
    }

    private RunOptions ReadOptions(JudgedRange range)
    {
        var arguments = context.Arguments;
        var keys = new KeyOptions(arguments, context.Host);
        return new RunOptions(context.ProjectDirectory, range.Base?.Commit, range.Commit, context.PathOf(OptionTable.Go), context.PathOf(OptionTable.ModuleCache),
            arguments.Flag(OptionTable.Demonstration) ? RunMode.Demonstration : RunMode.Production, keys.Sm2, keys.P256, keys.Log, keys.LogSm2, context.Reporter.Language,
            Branch: range.Branch, Resume: arguments.Verb.AllOptions.Contains(OptionTable.Resume) && arguments.Flag(OptionTable.Resume),
            ProxyTokenFile: keys.ProxyToken);
    }

    private void CheckRepository(Judgement judgement)
    {
        if (context.Arguments.Value(OptionTable.Repository) is { } expected && expected != judgement.Policy.Repository)
        {
            throw new CiComplianceException(ToolDiagnostics.OtherRepository, judgement.PolicyOrigin,
                new($"it is for {judgement.Policy.Repository}, not {expected}", $"它适用于 {judgement.Policy.Repository},而非 {expected}"),
                new("Give the policy of this repository", "请给出本仓库的策略"));
        }
    }

    /// <summary>The environment stage begins a run; the source stage may, where there is none of this commit to go on with.</summary>
    private async Task<RunRecord> BeginAsync(
        EvidenceFolder folder, RunIdentity identity, Judgement judgement, IReadOnlyList<string> names, Handover handover, CancellationToken cancellationToken)
    {
        if (!names.Contains("environment"))
        {
            try
            {
                return RunRecord.Continue(folder, identity);
            }
            catch (CiComplianceException e) when (!handover.IsExpected && names.Contains("source")
                && (e.Diagnostic == EvidenceDiagnostics.AnotherRun || e.Diagnostic == EvidenceDiagnostics.FileMissing))
            {
                context.Reporter.Note(new("a new run begins", "开始新的运行"));
            }
        }

        var host = context.Ci.ToRecord(ToolIdentity.Digest(AppContext.BaseDirectory)) with { Identity = await parts.JobIdentityAsync(cancellationToken) };
        return RunRecord.Start(folder, identity, host,
            judgement.Source, judgement.Policy.ToJson(), context.Host.Clock.GetUtcNow());
    }

    private static string WorkDirectory(EvidenceFolder folder) => Directory.CreateDirectory(folder.Root + ".work").FullName;

    private Answer ToAnswer(IReadOnlyList<StageResult> results, EvidenceFolder folder, Judgement judgement, RunIdentity identity, string digest)
    {
        var isSealed = results.Any(result => result is { Stage: "seal", Verdict: Verdict.Pass });
        var report = folder.Exists(EvidencePaths.Report) && results.Any(result => result.Stage == "assess") ? folder.PathOf(EvidencePaths.Report) : null;
        var command = isSealed ? VerifyCommand(folder, judgement, identity) : null;
        return new Answer(PipelineRunner.ExitCodeOf(results), [.. judgement.Notices, .. results.SelectMany(result => result.Findings)], RunText.Of(results, identity, report, digest, command))
        {
            Verdict = results.Select(result => result.Verdict).Worst(),
            Stages = results,
            Files = report is null ? [folder.Root] : [folder.Root, report],
            FolderDigest = digest,
            VerifyCommand = command,
        };
    }

    private string VerifyCommand(EvidenceFolder folder, Judgement judgement, RunIdentity identity)
    {
        var trust = context.PathOf(OptionTable.Trust) is { } path
            ? ShellQuote.Word(path)
            : $"<({ShellQuote.Join(["git", "-C", context.ProjectDirectory, "show", judgement.TrustOrigin])})";
        return $"{ShellQuote.Join(["cicompliance", "verify", "evidence", folder.Root])} --trust {trust} "
            + ShellQuote.Join(["--repository", identity.Repository, "--commit", identity.Commit])
            + (identity.Mode == RunMode.Demonstration ? " --allow-demonstration" : "");
    }

    /// <summary>The folder is no longer what an earlier seal closed.</summary>
    private static void DropSeal(EvidenceFolder folder)
    {
        foreach (var name in folder.List().Where(name => name.StartsWith("seal/", StringComparison.Ordinal)))
        {
            folder.Delete(name);
        }
    }

    /// <summary>What a cancelled or failed stage had begun to write.</summary>
    private static void RemoveUnfinished(EvidenceFolder folder)
    {
        foreach (var name in folder.List().Where(name => name.EndsWith(".partial", StringComparison.Ordinal)))
        {
            folder.Delete(name);
        }
    }
}
