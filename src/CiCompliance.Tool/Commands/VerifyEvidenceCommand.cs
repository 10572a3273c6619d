using System.Globalization;
using CiCompliance.Evidence.Verification;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>The auditor's verb: one folder, the auditor's own keys and expectation, no network.</summary>
internal sealed class VerifyEvidenceCommand(IComposition parts) : ICommand
{
    private const int MaxProofBytes = 1 << 20;

    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var folder = context.Host.PathOf(arguments.Operands[0]);
        var trustFile = context.Host.PathOf(arguments.Required(OptionTable.Trust));
        var expected = Expectation(context, folder);
        // Before the trust store is judged: whoever expects nothing is told so first.
        EvidenceVerifier.Demand(folder, trustFile, expected);
        var trust = PolicySource.ParseTrust(OutsideFile.Read(trustFile, OptionTable.Trust.Long, folder, TrustStore.MaxBytes), trustFile);
        var report = parts.VerifyEvidence(folder, trust, trustFile, expected, cancellationToken);
        report.Findings.ToList().ForEach(context.Reporter.Show);
        var result = new StageResult("verify evidence",
            [.. report.Rows.Where(row => row.Basis != Basis.Attested).Select(row => new Check(row.Id, row.Verdict, row.Detail))], report.Findings);
        return Task.FromResult(new Answer(PipelineRunner.ExitCodeOf([result]), report.Findings,
            new(EvidenceTable.Of(report, Language.English), EvidenceTable.Of(report, Language.Chinese)))
        {
            Verdict = report.Verdict,
            Rows = report.Rows,
        });
    }

    internal Expectation Expectation(CommandContext context, string folder)
    {
        var arguments = context.Arguments;
        var artifact = context.PathOf(OptionTable.Artifact);
        if (artifact is not null && !File.Exists(artifact))
        {
            throw new CiComplianceException(ToolDiagnostics.InputUnreadable, artifact,
                new("--artifact names no file", "--artifact 指定的文件不存在"), new("Give the binary that was received", "请给出收到的二进制文件"));
        }

        var policy = Optional(context, OptionTable.Policy, folder, PolicySource.MaxPolicyBytes);
        return new Expectation(
            arguments.Value(OptionTable.Repository) ?? "",
            arguments.Value(OptionTable.Commit),
            artifact is null ? null : DigestOf(artifact),
            arguments.Value(OptionTable.Base),
            policy is null ? null : parts.ParsePolicy(policy, context.PathOf(OptionTable.Policy)!),
            Optional(context, OptionTable.Checkpoint, folder, MaxProofBytes),
            // Printed as a line; the proof itself ends before the line does.
            Optional(context, OptionTable.ConsistencyProof, folder, MaxProofBytes)?.AsSpan().TrimEnd((byte)'\n').ToArray(),
            Parsed(arguments, OptionTable.MinimumTool, value => Version.TryParse(value, out var version) ? version : null),
            Parsed(arguments, OptionTable.Witnesses, value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? (int?)count : null) ?? 0,
            arguments.Flag(OptionTable.AllowDemonstration),
            arguments.Value(OptionTable.Branch),
            arguments.Value(OptionTable.Tag));
    }

    private string DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        return parts.Digests.Compute(file, CancellationToken.None).Sha256;
    }

    private static T? Parsed<T>(Arguments arguments, OptionDefinition option, Func<string, T?> parse) => arguments.Value(option) is not { } value
        ? default
        : parse(value) ?? throw new CiComplianceException(ToolDiagnostics.OptionValue, option.Long,
            new($"it is not {option.ValueName}", $"不是 {option.ValueName}"), new($"Write {option.Long} {option.ValueName}", $"请写成 {option.Long} {option.ValueName}"));

    private static byte[]? Optional(CommandContext context, OptionDefinition option, string folder, int maxBytes) =>
        context.PathOf(option) is { } path ? OutsideFile.Read(path, option.Long, folder, maxBytes) : null;
}
