using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Evidence.Verification;
using CiCompliance.Tool.CommandLine;

namespace CiCompliance.Tool.Commands;

/// <summary>The evidence folder where it comes from an earlier job: what that job said of it is compared before anything in it is used.</summary>
internal sealed class Handover
{
    private readonly string directory;
    private readonly string? expected;

    private Handover(string directory, string? expected)
    {
        this.directory = directory;
        this.expected = expected;
    }

    public bool IsExpected => expected is not null;

    /// <exception cref="CiComplianceException">Not a digest (CIC0004), or stages that would begin a run of their own (CIC0003).</exception>
    public static Handover From(CommandContext context, IReadOnlyList<string> stages)
    {
        var expected = ExpectedDigest(context.Arguments);
        return expected is null || !stages.Contains("environment")
            ? new Handover(context.OutputDirectory, expected)
            : throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new($"the environment stage begins a run and removes the folder that {OptionTable.ExpectDigest.Long} names",
                    $"environment 阶段会开始新的运行,并删除 {OptionTable.ExpectDigest.Long} 所指的目录"),
                new("Name the stages that are left, for example --stages sign,record,assess,seal", "请只列出剩余阶段,例如 --stages sign,record,assess,seal"));
    }

    /// <exception cref="CiComplianceException">Not a digest (CIC0004).</exception>
    public static string? ExpectedDigest(Arguments arguments) => arguments.Value(OptionTable.ExpectDigest) is not { } expected || FolderDigest.IsWellFormed(expected)
        ? arguments.Value(OptionTable.ExpectDigest)
        : throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.ExpectDigest.Long,
            new("it is not a digest", "不是摘要"),
            new("Write sha256: and 64 lower-case hexadecimal digits, as the earlier job printed them", "请写成 sha256: 加 64 位小写十六进制,即前一作业的输出"));

    /// <exception cref="CiComplianceException">Another folder (CIC2290), links or special files in it (CIC2213), unreadable (CIC2212).</exception>
    public EvidenceFolder Open(IDigestCalculator digests, CancellationToken cancellationToken)
    {
        if (expected is null)
        {
            return EvidenceFolder.Open(directory);
        }

        if (!Directory.Exists(directory))
        {
            throw new CiComplianceException(VerificationDiagnostics.Unreadable, directory,
                new("there is no such folder", "目录不存在"), new("Fetch what the earlier job handed over into it", "请先取得前一作业交接的内容"));
        }

        var folder = EvidenceFolder.Open(directory);
        try
        {
            FolderDigest.Check(folder.Root, expected, digests, cancellationToken);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }
}
