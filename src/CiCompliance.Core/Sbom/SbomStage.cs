using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.BinaryHardening;
using CiCompliance.Pipeline;
using CiCompliance.Provenance;

namespace CiCompliance.Sbom;

/// <summary><c>sbom</c>: one CycloneDX document per output, from that output's own build information.</summary>
public sealed class SbomStage(IDigestCalculator digests) : IStage
{
    public string Name => "sbom";

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var folder = context.Evidence.PathOf(EvidencePaths.Sbom);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var now = context.Clock.GetUtcNow();
        var checks = new List<Check>();
        foreach (var name in BuildOutputs.Names(context.Evidence, SbomDiagnostics.NoOutputs))
        {
            context.Progress.Report(new($"listing the modules of {name}", $"正在列出 {name} 的模块"));
            var path = context.Evidence.PathOf(EvidencePaths.Output(name));
            var info = Read(path);
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            context.Evidence.Write(EvidencePaths.SbomOf(name), CycloneDxWriter.Write(info, digests.Compute(file, cancellationToken), name, now));
            checks.Add(new Check($"sbom.document[{name}]", Verdict.Pass,
                new($"{info.Dependencies.Count} modules and the standard library", $"{info.Dependencies.Count} 个模块及标准库")));
        }

        return Task.FromResult(new StageResult(Name, checks, []));
    }

    private static GoBuildInfo Read(string path)
    {
        try
        {
            return GoBuildInfo.Read(path);
        }
        catch (Exception e) when (e is BuildInfoException or ElfFormatException)
        {
            throw new CiComplianceException(ToolchainDiagnostics.NoBuildInfo, path,
                new($"its Go build information cannot be read: {e.Message}", $"无法读取其 Go 构建信息:{e.Message}"),
                new("Build it with go build of Go 1.19 or newer, and don't strip sections off it", "请用 Go 1.19 及以上的 go build 构建,且不要裁剪其节"), e);
        }
    }
}

/// <summary>CIC212n: software bills of materials.</summary>
public static class SbomDiagnostics
{
    public static readonly Diagnostic NoOutputs = new("CIC2120", DiagnosticKind.Undecided, "There is no output to list the modules of");
}
