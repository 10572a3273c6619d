using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Evidence.Verification;

namespace CiCompliance.Publishing;

/// <summary>One file for a release.</summary>
/// <param name="Name">As GitHub keeps it: letters, digits, dot, dash and underscore.</param>
internal sealed record AssetFile(string Name, string Label, string ContentType, DigestSet Digests, Func<byte[]> Read);

/// <summary>What of the evidence goes to a release: bundles, SM2 envelopes, SBOMs, the seal, the report and the verdict.</summary>
internal static class ReleaseAssets
{
    private const int MaxBytes = 32 << 20;

    public static IReadOnlyList<AssetFile> Of(Publication publication)
    {
        var label = publication.Log is { } log ? $" ({log.Line.En})" : "";
        var files = publication.Files.Values.Select(file => (file, name: NameOf(file.Name))).Where(pair => pair.name is not null)
            .Select(pair => new AssetFile(Safe(pair.name!), Safe(pair.name!) + label, TypeOf(pair.name!), pair.file.Digests, () => Read(pair.file)));
        var verdict = VerdictDocument.Of(publication).ToJson();
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(verdict));
        List<AssetFile> assets = [.. files, new("evidence.verdict.json", "evidence.verdict.json" + label, "application/json", new(digest, ""), () => verdict)];
        return assets.GroupBy(asset => asset.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new CiComplianceException(PublishingDiagnostics.FolderChanged, twice.Key,
                new("two files of the evidence would have this name", "证据中有两个文件会使用该名称"), new("Give the outputs names that differ in more than signs", "请为产物取区别更明显的名称"))
            : assets;
    }

    private static string? NameOf(string path) => path switch
    {
        EvidencePaths.Report => "evidence.report.html",
        EvidencePaths.Manifest or EvidencePaths.ManifestSm2 or EvidencePaths.ManifestSigstore => "evidence." + path["seal/".Length..],
        _ when path.StartsWith(EvidencePaths.Attestations + "/", StringComparison.Ordinal) || path.StartsWith(EvidencePaths.Sbom + "/", StringComparison.Ordinal) =>
            path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..],
        _ => null,
    };

    // GitHub puts dots in place of other characters, and begins no name with one.
    private static string Safe(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '.')).TrimStart('.');

    private static string TypeOf(string name) => name.EndsWith(".html", StringComparison.Ordinal) ? "text/html" : "application/json";

    private static byte[] Read(EvidenceFile file)
    {
        var content = file.ReadWhole(MaxBytes);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)) == file.Digests.Sha256
            ? content
            : throw new CiComplianceException(PublishingDiagnostics.FolderChanged, file.Name,
                new("it changed while it was published", "发布期间文件发生变化"), new("Publish again when nothing else writes there", "请在无其他程序写入时重新发布"));
    }
}
