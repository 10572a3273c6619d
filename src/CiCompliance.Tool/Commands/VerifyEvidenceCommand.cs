using System.Text;
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

    public async Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var result = await parts.VerifyEvidenceAsync(Expectation(context), cancellationToken);
        var exitCode = PipelineRunner.ExitCodeOf([result]);
        result.Findings.ToList().ForEach(context.Reporter.Show);
        return new Answer(exitCode, result.Findings, new(Text(result, Language.English), Text(result, Language.Chinese)))
        {
            Verdict = result.Verdict,
            Stages = [result],
        };
    }

    internal static EvidenceExpectation Expectation(CommandContext context)
    {
        var arguments = context.Arguments;
        var (repository, commit, artifact) = (arguments.Value(OptionTable.Repository), arguments.Value(OptionTable.Commit), context.PathOf(OptionTable.Artifact));
        if (repository is null || (commit is null && artifact is null))
        {
            throw new CiComplianceException(ToolDiagnostics.NothingExpected, "cicompliance",
                new("evidence proves nothing until it is said of what", "未说明证据应证明什么,则无法验证"),
                new("Give --repository R, and --commit C or --artifact FILE", "请给出 --repository R,以及 --commit C 或 --artifact FILE"));
        }

        if (commit is not null && (commit.Length is not (40 or 64) || !commit.All(char.IsAsciiHexDigitLower)))
        {
            throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Commit.Long,
                new("evidence is verified against a full object id in lower-case hex", "验证证据需要完整的小写十六进制提交编号"),
                new("Write all 40 or 64 digits", "请写出全部 40 或 64 位"));
        }

        if (artifact is not null && !File.Exists(artifact))
        {
            throw new CiComplianceException(ToolDiagnostics.InputUnreadable, artifact,
                new("--artifact names no file", "--artifact 指定的文件不存在"), new("Give the binary that was received", "请给出收到的二进制文件"));
        }

        var folder = context.Host.PathOf(arguments.Operands[0]);
        var trust = context.Host.PathOf(arguments.Required(OptionTable.Trust));
        return Directory.Exists(folder)
            ? new EvidenceExpectation(folder, PolicySource.ParseTrust(OutsideFile.Read(trust, OptionTable.Trust.Long, folder, TrustStore.MaxBytes), trust),
                repository, commit, artifact,
                Optional(context, OptionTable.Policy, folder, PolicySource.MaxPolicyBytes),
                Optional(context, OptionTable.Checkpoint, folder, MaxProofBytes),
                Optional(context, OptionTable.ConsistencyProof, folder, MaxProofBytes),
                arguments.Flag(OptionTable.AllowDemonstration))
            : throw new CiComplianceException(ToolDiagnostics.InputUnreadable, folder,
                new("there is no such folder", "目录不存在"), new("Give the evidence folder", "请给出证据目录"));
    }

    private static byte[]? Optional(CommandContext context, OptionDefinition option, string folder, int maxBytes) =>
        context.PathOf(option) is { } path ? OutsideFile.Read(path, option.Long, folder, maxBytes) : null;

    private static string Text(StageResult result, Language language)
    {
        var text = new StringBuilder();
        StageTable.Append(text, result, language);
        return text.ToString();
    }
}
