using System.Text;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Cryptography;

/// <summary>
/// Keys to try the pipeline with: made on the spot, in files that nobody else may read. What they sign says DEMONSTRATION and proves nothing.
/// </summary>
public sealed class DemonstrationKeys
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(30);

    private static readonly (string Option, KeyRole Role, KeyAlgorithm Algorithm, string? Name)[] Table =
    [
        ("sm2-key", KeyRole.EvidenceSm2, KeyAlgorithm.Sm2, null),
        ("p256-key", KeyRole.EvidenceP256, KeyAlgorithm.EcdsaP256, null),
        ("log-key", KeyRole.Log, KeyAlgorithm.EcdsaP256, TransparencyLogFactory.EphemeralName),
        ("log-sm2-key", KeyRole.Witness, KeyAlgorithm.Sm2, TransparencyLogFactory.EphemeralName + "+sm2"),
    ];

    private readonly string folder;
    private readonly List<TrustedKey> trusted = [];

    private DemonstrationKeys(string folder) => this.folder = folder;

    /// <summary>The keys as options of <c>cicompliance run</c>: name without dashes, and file.</summary>
    public IEnumerable<(string Name, string File)> Options =>
        Table.Select(row => row.Option).Append("sm2-certificates").Select(option => (option, FileOf(option)));

    /// <summary>Their public halves, each in its role, for every repository.</summary>
    public IReadOnlyList<TrustedKey> Trusted => trusted;

    /// <param name="folder">Made, for this user alone.</param>
    /// <exception cref="IOException">A key is there already, or the folder cannot be written.</exception>
    public static DemonstrationKeys Create(string folder, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var keys = new DemonstrationKeys(folder);
        foreach (var (option, role, algorithm, name) in Table)
        {
            using var key = KeyGenerator.Generate(algorithm);
            key.Save(keys.FileOf(option));
            if (option == "sm2-key")
            {
                File.WriteAllText(keys.FileOf("sm2-certificates"), SelfSignedCertificate.ToPem(CertificateOf(key, "Demonstration evidence", now)));
            }

            keys.trusted.AddRange(KeyringImporter.Import(option, Encoding.ASCII.GetBytes(key.PublicKeyPem), role, []).Keys
                .Select(item => item with { Name = name ?? item.Name }));
        }

        return keys;
    }

    /// <summary>A self-signed certificate that is valid as long as a demonstration's keys.</summary>
    public static byte[] CertificateOf(GeneratedKey key, string name, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(key);
        using var signer = key.OpenSigner();
        return SelfSignedCertificate.Create(signer, name, now.AddMinutes(-5), now + Validity);
    }

    private string FileOf(string option) => Path.Combine(folder, option + ".pem");
}
