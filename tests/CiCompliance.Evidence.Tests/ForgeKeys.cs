using System.Text;
using CiCompliance.Cryptography;

namespace CiCompliance.Evidence.Tests;

/// <summary>One key pair of the run, on disk as the stages want it and open for an attacker who owns the runner.</summary>
internal sealed class ForgeKey : IDisposable
{
    public ForgeKey(string folder, string name, KeyAlgorithm algorithm, KeyRole role, string? trustedName = null)
    {
        using var key = KeyGenerator.Generate(algorithm);
        var path = Path.Combine(folder, name + ".pem");
        key.Save(path);
        using var bare = key.OpenSigner();
        var now = DateTimeOffset.UtcNow;
        byte[][] chain = algorithm == KeyAlgorithm.Sm2 ? [SelfSignedCertificate.Create(bare, name, now.AddDays(-1), now.AddDays(30))] : [];
        string? certificates = null;
        if (role == KeyRole.EvidenceSm2)
        {
            certificates = Path.Combine(folder, name + ".certificates.pem");
            File.WriteAllText(certificates, SelfSignedCertificate.ToPem(chain[0]));
        }

        Reference = new KeyReference(path, null, certificates);
        Signer = key.OpenSigner(chain);
        var pem = role == KeyRole.Committer ? SelfSignedCertificate.ToPem(chain[0]) : key.PublicKeyPem;
        var imported = KeyringImporter.Import(name, Encoding.ASCII.GetBytes(pem), role, []).Keys.Single();
        Trusted = imported with { Name = trustedName ?? imported.Name, Repositories = [EvidenceForge.Repository] };
    }

    public KeyReference Reference { get; }

    public ISigner Signer { get; }

    public TrustedKey Trusted { get; }

    public void Dispose() => Signer.Dispose();
}

/// <summary>All keys of a run, and those of an outsider.</summary>
internal sealed class ForgeKeys(string folder) : IDisposable
{
    public const string LogName = "log.example.test";

    public ForgeKey Committer { get; } = new(folder, "committer", KeyAlgorithm.Sm2, KeyRole.Committer);

    public ForgeKey Stranger { get; } = new(folder, "stranger", KeyAlgorithm.Sm2, KeyRole.Committer);

    public ForgeKey Sm2 { get; } = new(folder, "sm2", KeyAlgorithm.Sm2, KeyRole.EvidenceSm2);

    public ForgeKey P256 { get; } = new(folder, "p256", KeyAlgorithm.EcdsaP256, KeyRole.EvidenceP256);

    public ForgeKey OtherP256 { get; } = new(folder, "other-p256", KeyAlgorithm.EcdsaP256, KeyRole.EvidenceP256);

    public ForgeKey Log { get; } = new(folder, "log", KeyAlgorithm.EcdsaP256, KeyRole.Log, LogName);

    public ForgeKey OtherLog { get; } = new(folder, "other-log", KeyAlgorithm.EcdsaP256, KeyRole.Log, LogName);

    /// <summary>The log's own second line.</summary>
    public ForgeKey LogSm2 { get; } = new(folder, "log-sm2", KeyAlgorithm.Sm2, KeyRole.Witness, LogName + "+sm2");

    public ForgeKey Witness { get; } = new(folder, "witness", KeyAlgorithm.Sm2, KeyRole.Witness, "witness.example.test");

    public TrustStore Trust(TrustedKey sumdb) =>
        new(TrustStore.CurrentVersion, [Committer.Trusted, Sm2.Trusted, P256.Trusted, Log.Trusted, LogSm2.Trusted, Witness.Trusted, sumdb]);

    public void Dispose()
    {
        foreach (var key in new[] { Committer, Stranger, Sm2, P256, OtherP256, Log, OtherLog, LogSm2, Witness })
        {
            key.Dispose();
        }
    }
}
