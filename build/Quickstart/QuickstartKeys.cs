using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.Build.Quickstart;

/// <summary>The keys of one quickstart: the SM2 committer's in memory, the tool's in files that nobody else may read.</summary>
internal sealed class QuickstartKeys : IDisposable
{
    private readonly DemonstrationKeys evidence;
    private readonly byte[] committerCertificate;

    public QuickstartKeys(string folder)
    {
        var now = DateTimeOffset.UtcNow;
        evidence = DemonstrationKeys.Create(folder, now);
        using var committer = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        committerCertificate = DemonstrationKeys.CertificateOf(committer, "Quickstart committer", now);
        Committer = committer.OpenSigner(committerCertificate);
    }

    /// <summary>Signs commits with SM2; it has its certificate.</summary>
    public ISigner Committer { get; }

    /// <summary>The keys as options of <c>cicompliance run</c>.</summary>
    public IEnumerable<string> Options => evidence.Options.SelectMany(option => new[] { "--" + option.Name, option.File });

    /// <summary>What an auditor of this run trusts.</summary>
    public TrustStore TrustStore(byte[] openPgpCommitter, string sumdbVerifierKey, string repository) => new(
        CiCompliance.Keys.TrustStore.CurrentVersion,
        [.. new[]
        {
            Import("OpenPGP committer", openPgpCommitter, KeyRole.Committer),
            Import("SM2 committer", Encoding.ASCII.GetBytes(SelfSignedCertificate.ToPem(committerCertificate)), KeyRole.Committer),
            evidence.Trusted,
            Import("checksum database", Encoding.ASCII.GetBytes(sumdbVerifierKey + "\n"), KeyRole.Sumdb),
        }.SelectMany(keys => keys).Select(key => key with { Repositories = [repository] })]);

    public void Dispose() => Committer.Dispose();

    private static IReadOnlyList<TrustedKey> Import(string origin, byte[] content, KeyRole role) => KeyringImporter.Import(origin, content, role, []).Keys;
}
