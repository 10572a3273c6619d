using System.Globalization;
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

        CheckObjectId(commit, OptionTable.Commit);
        CheckObjectId(arguments.Value(OptionTable.Base), OptionTable.Base);
        if (artifact is not null && !File.Exists(artifact))
        {
            throw new CiComplianceException(ToolDiagnostics.InputUnreadable, artifact,
                new("--artifact names no file", "--artifact 指定的文件不存在"), new("Give the binary that was received", "请给出收到的二进制文件"));
        }

        var folder = context.Host.PathOf(arguments.Operands[0]);
        var trust = context.Host.PathOf(arguments.Required(OptionTable.Trust));
        return Directory.Exists(folder)
            ? new EvidenceExpectation(folder, PolicySource.ParseTrust(OutsideFile.Read(trust, OptionTable.Trust.Long, folder, TrustStore.MaxBytes), trust),
                trust, repository, commit, artifact, arguments.Value(OptionTable.Base),
                Optional(context, OptionTable.Policy, folder, PolicySource.MaxPolicyBytes),
                Optional(context, OptionTable.Checkpoint, folder, MaxProofBytes),
                // Printed as a line; the proof itself ends before the line does.
                Optional(context, OptionTable.ConsistencyProof, folder, MaxProofBytes)?.AsSpan().TrimEnd((byte)'\n').ToArray(),
                WitnessCount(arguments),
                MinimumVersion(arguments),
                arguments.Flag(OptionTable.AllowDemonstration))
            : throw new CiComplianceException(ToolDiagnostics.InputUnreadable, folder,
                new("there is no such folder", "目录不存在"), new("Give the evidence folder", "请给出证据目录"));
    }

    private static void CheckObjectId(string? oid, OptionDefinition option)
    {
        if (oid is not null && (oid.Length is not (40 or 64) || !oid.All(char.IsAsciiHexDigitLower)))
        {
            throw new CiComplianceException(ToolDiagnostics.OptionValue, option.Long,
                new("evidence is verified against a full object id in lower-case hex", "验证证据需要完整的小写十六进制提交编号"),
                new("Write all 40 or 64 digits", "请写出全部 40 或 64 位"));
        }
    }

    private static int WitnessCount(Arguments arguments) =>
        arguments.Value(OptionTable.Witnesses) is not { } value ? 0
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : throw WrongValue(OptionTable.Witnesses);

    private static Version? MinimumVersion(Arguments arguments) =>
        arguments.Value(OptionTable.MinimumToolVersion) is not { } value ? null
        : Version.TryParse(value, out var version) ? version : throw WrongValue(OptionTable.MinimumToolVersion);

    private static CiComplianceException WrongValue(OptionDefinition option) => new(ToolDiagnostics.OptionValue, option.Long,
        new($"it is not of the form {option.ValueName}", $"格式不是 {option.ValueName}"), option.Help);

    private static byte[]? Optional(CommandContext context, OptionDefinition option, string folder, int maxBytes) =>
        context.PathOf(option) is { } path ? OutsideFile.Read(path, option.Long, folder, maxBytes) : null;

    private static string Text(StageResult result, Language language)
    {
        var text = new StringBuilder();
        StageTable.Append(text, result, language);
        return text.ToString();
    }
}
