using CiCompliance.Go.Sumdb;

namespace CiCompliance.Go;

/// <summary>Puts one go.sum entry, the checksum database's answer and the cache side by side.</summary>
internal static class ModuleAssessment
{
    /// <param name="needsZip">Whether the build needs the zip in the cache.</param>
    public static (ModuleRow Row, Finding? Finding) Assess(
        GoSumEntry entry, SumdbOutcome? outcome, (ModuleZipDigest? Digest, string? Problem) zip, string? cachedGoMod, bool needsZip)
    {
        var finding = Judge(entry, outcome, zip, cachedGoMod, needsZip);
        var verdict = GoEnvironmentVerifier.VerdictOf(finding);
        return (new(entry.Module.Path, entry.Module.Version, entry.Zip, entry.GoMod, zip.Digest?.Size, zip.Digest?.Digest.Sha256, zip.Digest?.Digest.Sm3,
            outcome?.Id, verdict, finding?.Diagnostic.Code), finding);
    }

    private static Finding? Judge(
        GoSumEntry entry, SumdbOutcome? outcome, (ModuleZipDigest? Digest, string? Problem) zip, string? cachedGoMod, bool needsZip)
    {
        var module = entry.Module;
        if (outcome is null)
        {
            return SumdbFindings.Unavailable(module.ToString(), "it was not asked");
        }

        if (outcome.Record is { } record)
        {
            foreach (var (what, listed, proved) in new[] { ("zip", entry.Zip, record.Zip), ("go.mod", entry.GoMod, record.GoMod) })
            {
                if (listed is not null && listed != proved)
                {
                    return new(DependencyDiagnostics.GoSumDiffers, module.ToString(),
                        new($"go.sum has {listed} for its {what}, the checksum database {proved}: go.sum was changed, or somebody replaced the module",
                            $"其 {what} 在 go.sum 中为 {listed},校验和数据库中为 {proved}:go.sum 被改动,或模块被替换"),
                        new("Don't build. Find out which commit changed go.sum; then remove the line and run go mod download with the checksum database on",
                            "请勿构建。查明哪个提交改动了 go.sum;然后删除该行,在开启校验和数据库的情况下运行 go mod download"));
                }
            }
        }

        if (outcome.Finding is { } unproved)
        {
            return unproved;
        }

        var expectedZip = outcome.Record!.Zip;
        return zip.Problem is not null ? new(DependencyDiagnostics.HostileZip, module.ToString(),
                new($"the cache holds no module zip of it: {zip.Problem}", $"缓存中的文件不是其模块 zip:{zip.Problem}"), CacheFix)
            : zip.Digest is { } digest && digest.H1 != expectedZip ? new(DependencyDiagnostics.CacheDiffers, module.ToString(),
                new($"its zip in the cache has {digest.H1}, the checksum database {expectedZip}", $"缓存中的 zip 为 {digest.H1},校验和数据库中为 {expectedZip}"), CacheFix)
            : cachedGoMod is not null && cachedGoMod != outcome.Record.GoMod ? new(DependencyDiagnostics.CacheDiffers, module.ToString(),
                new($"its go.mod in the cache has {cachedGoMod}, the checksum database {outcome.Record.GoMod}", $"缓存中的 go.mod 为 {cachedGoMod},校验和数据库中为 {outcome.Record.GoMod}"), CacheFix)
            : needsZip && zip.Digest is null ? new(DependencyDiagnostics.NotDownloaded, module.ToString(),
                new("the go command did not put its zip into the cache", "go 命令没有将其 zip 放入缓存"),
                new("Check that GOPROXY can be reached from here and run again", "请确认此处能访问 GOPROXY 后重试"))
            : null;
    }

    private static LocalizedText CacheFix => new(
        "Run without --module-cache, so that the cache begins empty; if it comes back, the proxy serves a changed module",
        "请不带 --module-cache 运行,使缓存从空开始;若仍出现,则是代理提供了被改动的模块");
}
