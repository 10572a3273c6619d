using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography.Tests.OpenPgp;
using CiCompliance.Cryptography.Tests.Ssh;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>Good inputs of every kind that is verified, made anew by the real programs (an authenticator's by <see cref="SshForge"/>).</summary>
internal sealed class Specimens : IDisposable
{
    private static readonly SpecimenForm OpenPgp = new(
        SignatureFormat.OpenPgp, OpenPgpVerifierTests.Armor, Essence.DearmourOpenPgp, Essence.OfOpenPgp, key => Essence.OfCertificate(key.PublicKey));

    private static readonly SpecimenForm Ssh = new(SignatureFormat.Ssh, SshHome.Armour, Essence.Dearmour, Essence.OfSsh, key => [key.PublicKey]);

    private static readonly SpecimenForm Cms = new(
        SignatureFormat.Cms, der => Encoding.ASCII.GetBytes(PemEncoding.WriteString("SIGNED MESSAGE", der) + "\n"), Essence.Dearmour, Essence.OfCms, key => [key.PublicKey]);

    private readonly GpgHome gpg = new();
    private readonly SshHome ssh = new();
    private readonly TempDirectory x509 = new();
    private readonly List<IDisposable> owned = [];

    public IReadOnlyList<Specimen> MakeAll()
    {
        var otherGpg = GpgKey("other", "ed25519");
        var otherSsh = SshKey("other", "ed25519");
        var (otherRsa, otherP256) = (X509Key.Create(x509, "rsa2048", name: "Other"), X509Key.Create(x509, "p256", name: "Other"));
        return
        [
            Specimen.Make("openpgp-rsa", OpenPgp, GpgKey("rsa", "rsa2048"), otherGpg),
            Specimen.Make("openpgp-p256", OpenPgp, GpgKey("p256", "nistp256"), otherGpg),
            Specimen.Make("openpgp-ed25519", OpenPgp, GpgKey("ed25519", "ed25519"), otherGpg),
            Specimen.Make("openpgp-subkey", OpenPgp, GpgKey("subkey", "ed25519", "ed25519"), otherGpg),
            Specimen.Make("ssh-ed25519", Ssh, SshKey("ed25519", "ed25519"), otherSsh),
            Specimen.Make("ssh-ecdsa", Ssh, SshKey("ecdsa", "ecdsa-384"), otherSsh),
            Specimen.Make("ssh-rsa", Ssh, SshKey("rsa", "rsa-2048"), otherSsh),
            Specimen.Make("ssh-sk-ed25519", Ssh, Authenticator("sk-ssh-ed25519@openssh.com"), otherSsh),
            Specimen.Make("ssh-sk-ecdsa", Ssh, Authenticator("sk-ecdsa-sha2-nistp256@openssh.com"), otherSsh),
            Specimen.Make("cms-sm2", Cms, Sm2Key(), Sm2Key()),
            Specimen.Make("cms-rsa", Cms, CmsKey(X509Key.Create(x509, "rsa2048")), CmsKey(otherRsa)),
            Specimen.Make("cms-rsa-keyid", Cms, CmsKey(X509Key.Create(x509, "rsa2048"), "-keyid"), CmsKey(otherRsa, "-keyid")),
            Specimen.Make("cms-p256", Cms, CmsKey(X509Key.Create(x509, "p256")), CmsKey(otherP256)),
            Specimen.Make("cms-p256-keyid", Cms, CmsKey(X509Key.Create(x509, "p256"), "-keyid"), CmsKey(otherP256, "-keyid")),
        ];
    }

    public void Dispose()
    {
        owned.ForEach(one => one.Dispose());
        x509.Dispose();
        ssh.Dispose();
        gpg.Dispose();
    }

    private SpecimenKey GpgKey(string name, string algorithm, string? subkey = null)
    {
        var mail = $"{name}@example.cn";
        var fingerprint = gpg.Generate(mail, algorithm, subkey is null ? "sign" : "cert");
        var signer = fingerprint;
        if (subkey is not null)
        {
            gpg.Run(null, "--quick-add-key", fingerprint, subkey, "sign", "never");
            signer = gpg.Fingerprints(mail)[1] + "!";
        }

        var trusted = KeyringImporter.Import("keyring", gpg.Export(fingerprint), KeyRole.Committer, []).Keys.ShouldHaveSingleItem();
        return new SpecimenKey(trusted, gpg.ExportArmored(fingerprint), content => gpg.Sign(signer, content));
    }

    private SpecimenKey SshKey(string name, string algorithm)
    {
        var path = ssh.Generate(name, algorithm);
        return SshKey(SshHome.Line(path), content => ssh.Sign(path, content));
    }

    private SpecimenKey Authenticator(string type)
    {
        var authenticator = Own(new SshForge.Authenticator(type));
        return SshKey(authenticator.Line, content => authenticator.Sign(content));
    }

    private static SpecimenKey SshKey(string line, Func<byte[], byte[]> sign)
    {
        var allowed = Encoding.ASCII.GetBytes($"# signers\ndev@example.cn,*@example.cn namespaces=\"git,file\",valid-after=\"20200101Z\",valid-before=\"20990101000000Z\" {line} a comment\n");
        return new SpecimenKey(KeyringImporter.Import("allowed", allowed, KeyRole.Committer, []).Keys.ShouldHaveSingleItem(), allowed, sign);
    }

    private SpecimenKey Sm2Key()
    {
        var key = Own(KeyGenerator.Generate(KeyAlgorithm.Sm2));
        using var bare = key.OpenSigner();
        var certificate = SelfSignedCertificate.Create(bare, "Dev", DateTimeOffset.UnixEpoch.AddYears(30), DateTimeOffset.UnixEpoch.AddYears(90));
        var signer = Own(key.OpenSigner(certificate));
        var keyring = Encoding.ASCII.GetBytes(SelfSignedCertificate.ToPem(certificate));
        return new SpecimenKey(
            KeyringImporter.Import("certificate", keyring, KeyRole.Committer, []).Keys.ShouldHaveSingleItem(), keyring,
            content => CmsSigner.Sign(signer, content, Specimen.ClaimedAt));
    }

    /// <param name="options">For openssl: <c>-keyid</c> names the signer by its key's identifier, in place of issuer and serial number.</param>
    private static SpecimenKey CmsKey(X509Key key, params string[] options)
    {
        var keyring = File.ReadAllBytes(key.CertificateFile);
        return new SpecimenKey(
            KeyringImporter.Import("certificate", keyring, KeyRole.Committer, []).Keys.ShouldHaveSingleItem(), keyring,
            content => Cms.Armour(key.Sign(content, options)));
    }

    private T Own<T>(T one)
        where T : IDisposable
    {
        owned.Add(one);
        return one;
    }
}
