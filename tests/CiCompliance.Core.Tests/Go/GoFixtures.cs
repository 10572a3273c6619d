using System.Security.Cryptography;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Source;
using CiCompliance.Testing;
using Org.BouncyCastle.Crypto.Digests;

namespace CiCompliance.Core.Tests.Go;

/// <summary>An evidence folder as the source stage leaves it, and a project folder beside it.</summary>
internal sealed class GoRun : IDisposable
{
    private readonly TempDirectory directory = new();

    public GoRun(string proxy, string? sumdb)
    {
        Policy = Policies.Custom(proxy, sumdb);
        Evidence = EvidenceFolder.Open(directory.Combine("out"));
        Directory.CreateDirectory(Project);
    }

    public CompliancePolicy Policy { get; set; }

    public EvidenceFolder Evidence { get; }

    public string Project => directory.Combine("project");

    public string Work => directory.Combine("out.work");

    public string? ModuleCache { get; set; }

    public string? ProxyTokenFile { get; set; }

    /// <summary>Writes files into the project, and go.mod, go.sum and the tree listing into the evidence.</summary>
    public GoRun Commit(IReadOnlyDictionary<string, string> files, string moduleDirectory = "")
    {
        var listing = new StringBuilder();
        foreach (var (name, text) in files)
        {
            directory.Write(Path.Combine("project", name), text);
            var content = Encoding.UTF8.GetBytes(text);
            listing.Append("100644 blob ").Append(TreeListing.BlobId(content.Length, new MemoryStream(content), "sha1")).Append('\t').Append(name).Append('\0');
        }

        var prefix = moduleDirectory.Length == 0 ? "" : moduleDirectory + "/";
        Evidence.Write(EvidencePaths.Source, new SourceRecord("github.com/acme/app", "sha1", new('a', 40), new('b', 40), null, null, null, moduleDirectory, 1, "cat-file").ToJson());
        Evidence.Write(EvidencePaths.Tree, Encoding.UTF8.GetBytes(listing.ToString()));
        Evidence.Write(EvidencePaths.GoMod, Encoding.UTF8.GetBytes(files[prefix + "go.mod"]));
        if (files.TryGetValue(prefix + "go.sum", out var sum))
        {
            Evidence.Write(EvidencePaths.GoSum, Encoding.UTF8.GetBytes(sum));
        }

        return this;
    }

    public StageContext Context(string? go) => new(
        new(Project, null, "HEAD", go, ModuleCache, CiCompliance.Attestations.RunMode.Production, null, null, null, null, ProxyTokenFile: ProxyTokenFile),
        Policy, new TrustStore(1, []), Evidence, new TestRunRecord(new("run", "github.com/acme/app", new('a', 40), new('b', 40), new("p", "p"), CiCompliance.Attestations.RunMode.Production, "0.1.0")),
        Work, TimeProvider.System, new Progress<LocalizedText>());

    public async Task<StageResult> DependenciesAsync(string go, CancellationToken cancellationToken = default) =>
        await new DependenciesStage(new CiCompliance.Processes.ProcessRunner(), new FixtureDigests(), new Ed25519FixtureVerifier(), Ambient.Clean, File.ReadAllBytes).RunAsync(Context(go), cancellationToken);

    public DependencyRecord Modules => Evidence.Read(EvidencePaths.Modules, 1 << 20, bytes => DependencyRecord.Parse(bytes));

    public void Dispose()
    {
        Evidence.Dispose();
        directory.Dispose();
    }
}

internal static class Policies
{
    public static CompliancePolicy Custom(string? proxy, string? sumdb, bool allowDirect = false) => With(new("custom", proxy, sumdb, allowDirect));

    public static CompliancePolicy With(GoPolicy go) => new(1, "github.com/acme/app", SourcePolicy.Default, go, new(VendorPolicy.Verified),
        new(["./..."], ["linux/amd64"], false, BuildCachePolicy.Fresh), new(StaticPolicy.Refused, []), new(LogKind.Ephemeral, null, null, false), []);
}

internal static class Ambient
{
    public static IReadOnlyDictionary<string, string> Clean { get; } = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" };
}

/// <summary>SHA-256 and SM3, straight from the library.</summary>
internal sealed class FixtureDigests : IDigestCalculator
{
    public DigestSet Compute(ReadOnlySpan<byte> content) => Compute(new MemoryStream(content.ToArray()), CancellationToken.None);

    public DigestSet Compute(Stream content, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        var sm3 = new SM3Digest();
        sm3.BlockUpdate(copy.GetBuffer(), 0, (int)copy.Length);
        var hash = new byte[32];
        sm3.DoFinal(hash, 0);
        return new(Convert.ToHexStringLower(SHA256.HashData(copy.ToArray())), Convert.ToHexStringLower(hash));
    }
}
