using System.Text.Json;
using CiCompliance.Pipeline;
using CiCompliance.Source;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 1: something is expected; and, once the manifest is signed, that it is what was expected.</summary>
internal static class ExpectationStep
{
    /// <exception cref="CiComplianceException">
    /// Nothing is expected (CIC2210), the trust store lies in the folder (CIC2211) or at no place that can be known (CIC2212), or the checkpoint or proof given is none (CIC2217).
    /// </exception>
    public static void Demand(string directory, string trustFile, Expectation expected)
    {
        if (expected.Repository.Length == 0 || (expected.Commit is null && expected.Artifact is null)
            || (expected.Commit is { } commit && !IsObjectId(commit)) || (expected.Base is { } start && !IsObjectId(start)))
        {
            throw new CiComplianceException(VerificationDiagnostics.NothingExpected, directory,
                new("evidence alone proves only that somebody made it", "仅凭证据只能证明有人制作了它"),
                new("Say what you expect: --repository R and --commit FULL-ID or --artifact FILE", "请说明预期:--repository R 以及 --commit 完整标识 或 --artifact 文件"));
        }

        DemandFormat("--checkpoint", expected.Checkpoint, bytes => Checkpoint.Parse(bytes));
        DemandFormat("--consistency-proof", expected.ConsistencyProof, bytes => ConsistencyProof.Parse(bytes));
        if (LeadsInto(trustFile, directory))
        {
            throw new CiComplianceException(VerificationDiagnostics.TrustInside, trustFile,
                new("a folder cannot say itself whom to trust", "待验证目录不能自行决定信任对象"),
                new("Use the trust store that you keep", "请使用您自己保存的信任库"));
        }
    }

    public static void Verify(VerificationContext context)
    {
        var (run, expected) = (context.Run, context.Expected);
        if (run.Repository != expected.Repository)
        {
            context.Refuse(1, "expected.repository", VerificationDiagnostics.NotExpected, EvidencePaths.Manifest,
                new($"it is of {run.Repository}, not of {expected.Repository}", $"证据属于 {run.Repository},而非 {expected.Repository}"));
        }

        if (expected.Commit is { } commit && run.Commit != commit)
        {
            context.Refuse(1, "expected.commit", VerificationDiagnostics.NotExpected, EvidencePaths.Manifest,
                new($"it is of commit {run.Commit}, not of {commit}", $"证据属于提交 {run.Commit},而非 {commit}"));
        }

        if (expected.Artifact is { } artifact && !context.Outputs.Any(name => context.Snapshot.Find(EvidencePaths.Output(name))!.Digests.Sha256 == artifact))
        {
            context.Refuse(1, "expected.artifact", VerificationDiagnostics.NotExpected, EvidencePaths.Outputs,
                new($"no output has SHA-256 {artifact}", $"没有 SHA-256 为 {artifact} 的产物"));
        }

        if (expected.MinimumToolVersion is { } minimum && !ToolVersion.IsAtLeast(run.ToolVersion, minimum))
        {
            context.Refuse(1, "expected.tool", VerificationDiagnostics.ToolTooOld, EvidencePaths.Manifest,
                new($"it was made by version {run.ToolVersion}, older than {minimum}", $"由 {run.ToolVersion} 版本生成,早于 {minimum}"));
        }

        if (!context.Refused)
        {
            context.Recomputed(1, "expected", new($"repository {run.Repository}, commit {run.Commit}, as expected", $"仓库 {run.Repository}、提交 {run.Commit} 与预期一致"));
        }
    }

    private static void DemandFormat<T>(string option, byte[]? given, Func<byte[], T> parse)
    {
        try
        {
            _ = given is null ? default : parse(given);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new CiComplianceException(VerificationDiagnostics.BadExpectation, option,
                new($"it does not have its format: {e.Problem().En}", $"格式不正确:{e.Problem().Zh}"),
                new("Give what cicompliance log checkpoint or log prove printed", "请提供 cicompliance log checkpoint 或 log prove 的输出"), e);
        }
    }

    private static bool IsObjectId(string text) =>
        GitObjectId.IsValid(text, GitObjectFormat.Sha1) || GitObjectId.IsValid(text, GitObjectFormat.Sha256);

    // A link in the folder that leads out again has a say in what is read, too.
    private static bool LeadsInto(string file, string directory)
    {
        try
        {
            var folder = LinkTrail.RealPath(directory);
            return LinkTrail.Of(file).Any(step => LinkTrail.IsInside(step, folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(VerificationDiagnostics.Unreadable, file,
                new($"it is not known where it leads ({e.Message})", $"无法确定其指向({e.Message})"), new("Give a path without links", "请给出不含链接的路径"), e);
        }
    }
}
