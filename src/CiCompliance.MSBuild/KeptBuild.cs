using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CiCompliance.Evidence;

namespace CiCompliance.MSBuild;

/// <summary>
/// An earlier run whose build and SBOM may be kept. Beside its folder stands what was asked for and a digest of every file; the gates, run
/// again, must leave the same environment, source, policy and modules, on the same host by the same tool. Times and file dates decide nothing.
/// Nothing here is signed: whoever may write the folder may write its digests. So it serves developers, and never a CI system.
/// </summary>
/// <param name="folder">The evidence folder.</param>
/// <param name="asked">What was asked for.</param>
/// <param name="trust">The trust store's path, where it is a file.</param>
internal sealed class KeptBuild(string folder, IReadOnlyList<string> asked, string? trust)
{
    public static readonly string[] Gates = ["environment", "source", "dependencies"];

    // Stages that sign or record always run: a key may have changed, and a log entry is for one run.
    private static readonly string[] Unsigned = [.. Gates, "build", "binary", "sbom", "assess"];

    // What the build is made from. The checksum database's tree head and proofs grow without a change to any module.
    private static readonly string[] Deciding =
        [EvidencePaths.PolicySource, EvidencePaths.PolicyApplied, EvidencePaths.Source, EvidencePaths.Tree, EvidencePaths.GoMod, EvidencePaths.GoSum, EvidencePaths.Modules];

    private readonly string stamp = folder + ".digests";

    public string GatesFolder => folder + ".gates";

    public bool IsWhole => File.Exists(stamp) && Directory.Exists(folder) && File.ReadAllText(stamp) == Describe();

    public static bool MayServe(IReadOnlyList<string> stages) =>
        Gates.Append("build").All(stages.Contains) && stages.All(Unsigned.Contains);

    public bool IsSameAsGates()
    {
        try
        {
            var (kept, now) = (RecordIn(folder), RecordIn(GatesFolder));
            return kept.Run with { RunId = now.Run.RunId } == now.Run && kept.Host with { Identity = now.Host.Identity } == now.Host
                && Deciding.All(name => Read(folder, name).AsSpan().SequenceEqual(Read(GatesFolder, name)))
                // Each run keeps its caches beside its own folder, and the pinned environment names them.
                && Environment(folder) == Environment(GatesFolder).Replace(GatesFolder + ".work/", folder + ".work/", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Forget()
    {
        if (File.Exists(stamp))
        {
            File.Delete(stamp);
        }
    }

    public void Remember() => File.WriteAllText(stamp, Describe());

    private static EvidenceRecord RecordIn(string folder) => EvidenceRecord.Parse(Read(folder, EvidencePaths.Evidence));

    private static string Environment(string folder) => Encoding.UTF8.GetString(Read(folder, EvidencePaths.Environment));

    private static byte[] Read(string folder, string name) => File.ReadAllBytes(Path.Combine(folder, name));

    private string Describe()
    {
        var text = new StringBuilder();
        foreach (var word in asked)
        {
            text.Append(word).Append('\n');
        }

        text.Append("trust ").Append(File.Exists(trust) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(trust))) : "").Append('\n');
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var content = File.OpenRead(file);
            text.Append(Convert.ToHexStringLower(SHA256.HashData(content))).Append("  ").Append(Path.GetRelativePath(folder, file)).Append('\n');
        }

        return text.ToString();
    }
}
