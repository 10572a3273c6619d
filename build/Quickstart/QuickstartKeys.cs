using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.Build.Quickstart;

/// <summary>The keys of one quickstart: the SM2 committer's in memory, the tool's in files that nobody else may read.</summary>
internal sealed class QuickstartKeys : IDisposable
{
    // As the tool names the log that is born in a run.
    private const string LogName = "ephemeral.cicompliance.invalid";

    private readonly string folder;
    private readonly (string Option, KeyRole Role, KeyAlgorithm Algorithm, string? Name)[] table =
    [
        ("sm2-key", KeyRole.EvidenceSm2, KeyAlgorithm.Sm2, null),
        ("p256-key", KeyRole.EvidenceP256, KeyAlgorithm.EcdsaP256, null),
        ("log-key", KeyRole.Log, KeyAlgorithm.EcdsaP256, LogName),
        ("log-sm2-key", KeyRole.Witness, KeyAlgorithm.Sm2, LogName + "+sm2"),
    ];

    private readonly byte[] committerCertificate;
    private readonly List<TrustedKey> trusted = [];

    public QuickstartKeys(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var committer = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        committerCertificate = CertificateOf(committer, "Quickstart committer");
        Committer = committer.OpenSigner(committerCertificate);
        foreach (var (option, role, algorithm, name) in table)
        {
            using var key = KeyGenerator.Generate(algorithm);
            key.Save(FileOf(option));
            if (option == "sm2-key")
            {
                File.WriteAllText(FileOf("sm2-certificates"), SelfSignedCertificate.ToPem(CertificateOf(key, "Quickstart evidence")));
            }

            trusted.AddRange(Import(option, Encoding.ASCII.GetBytes(key.PublicKeyPem), role).Select(item => item with { Name = name ?? item.Name }));
        }
    }

    /// <summary>Signs commits with SM2; it has its certificate.</summary>
    public ISigner Committer { get; }

    /// <summary>The keys as options of <c>cicompliance run</c>.</summary>
    public IEnumerable<string> Options =>
        table.Select(row => row.Option).Append("sm2-certificates").SelectMany(option => new[] { "--" + option, FileOf(option) });

    /// <summary>What an auditor of this run trusts.</summary>
    public TrustStore TrustStore(byte[] openPgpCommitter, string sumdbVerifierKey, string repository) => new(
        CiCompliance.Keys.TrustStore.CurrentVersion,
        [.. new[]
        {
            Import("OpenPGP committer", openPgpCommitter, KeyRole.Committer),
            Import("SM2 committer", Encoding.ASCII.GetBytes(SelfSignedCertificate.ToPem(committerCertificate)), KeyRole.Committer),
            trusted,
            Import("checksum database", Encoding.ASCII.GetBytes(sumdbVerifierKey + "\n"), KeyRole.Sumdb),
        }.SelectMany(keys => keys).Select(key => key with { Repositories = [repository] })]);

    public void Dispose() => Committer.Dispose();

    private string FileOf(string option) => Path.Combine(folder, option + ".pem");

    private static IReadOnlyList<TrustedKey> Import(string origin, byte[] content, KeyRole role) => KeyringImporter.Import(origin, content, role, []).Keys;

    private static byte[] CertificateOf(GeneratedKey key, string name)
    {
        using var signer = key.OpenSigner();
        var now = DateTimeOffset.UtcNow;
        return SelfSignedCertificate.Create(signer, name, now.AddMinutes(-5), now.AddDays(30));
    }
}
