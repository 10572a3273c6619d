using CiCompliance.Cryptography.OpenPgp;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography;

/// <summary>Collects the keys of one import and decides which role each may have.</summary>
internal sealed class ImportTarget(string origin, KeyRole role, IReadOnlyList<string> repositories)
{
    private const int MaxName = 200;
    private const int MaxIdentities = 100;
    private const int MaxFindings = 1000;

    private readonly Dictionary<string, TrustedKey> keys = [];
    private readonly List<Finding> findings = [];

    public void AddOpenPgp(PgpCertificate certificate, byte[] data)
    {
        CheckRole(role is KeyRole.Committer or KeyRole.Publisher);
        if (!certificate.Keys.Any(key => key.IsUsable))
        {
            if (certificate.Primary.IsDiscreteLogarithm)
            {
                LeaveOut(certificate.Fingerprint, new("DSA and ElGamal keys are too weak", "DSA 和 ElGamal 密钥强度不足"));
                return;
            }

            LeaveOut(certificate.Fingerprint);
            return;
        }

        Add(new TrustedKey(certificate.Fingerprint, Printable(certificate.UserIds.Count > 0 ? certificate.UserIds[0] : null) ?? FileName, role, KeyAlgorithm.OpenPgp, data, repositories,
            Identities: Identities(certificate.UserIds.Select(MailOf))));
    }

    /// <param name="mails">Addresses that whoever made the file says are the key's holder's.</param>
    public void AddPublicKey(
        byte[] publicKey, string? name, DateTimeOffset? validFrom = null, DateTimeOffset? validUntil = null, IEnumerable<string?>? mails = null)
    {
        var algorithm = PublicKeyInfo.AlgorithmOf(publicKey);
        if (algorithm == KeyAlgorithm.None)
        {
            LeaveOut(Printable(name) ?? FileName);
            return;
        }

        // A checksum database's name is part of what it signs: a bare key can't say it.
        CheckRole(role != KeyRole.Sumdb && Allows(algorithm));
        Add(new TrustedKey(
            PublicKeyInfo.KeyId(publicKey), Printable(name) ?? FileName, role, algorithm, publicKey, repositories, validFrom, validUntil,
            Identities: Identities(mails ?? [])));
    }

    public void AddVerifierKey(VerifierKey key)
    {
        CheckRole(role is KeyRole.Sumdb or KeyRole.Log or KeyRole.Witness && (key.Type == VerifierKey.NoteType || role == KeyRole.Witness));
        Add(new TrustedKey(PublicKeyInfo.KeyId(key.PublicKey), key.Name, role, KeyAlgorithm.Ed25519, key.PublicKey, repositories));
    }

    /// <summary>Adds an SSH key, or the addresses of another line to it.</summary>
    /// <exception cref="CiComplianceException">Two lines give the key two windows: either would let it do what the other forbids.</exception>
    public void AddSsh(int line, byte[] blob, string? name, IReadOnlyList<string> identities, DateTimeOffset? validFrom, DateTimeOffset? validUntil)
    {
        CheckRole(role == KeyRole.Committer);
        var key = new TrustedKey(
            PublicKeyInfo.KeyId(blob), Printable(name) ?? FileName, role, KeyAlgorithm.Ssh, blob, repositories, validFrom, validUntil);
        var before = keys.GetValueOrDefault(key.Id, key);
        if ((before.ValidFrom, before.ValidUntil) != (validFrom, validUntil))
        {
            throw MalformedLine(line, "the key stands in an earlier line with other times");
        }

        string[] all = [.. (before.Identities ?? []).Union(identities)];
        keys[key.Id] = all.Length <= MaxIdentities ? before with { Identities = all is [] ? null : all } : throw MalformedLine(line, "the key has more than 100 addresses");
    }

    public void LeaveOut(string name) => LeaveOut(new LocalizedText(
        $"{name} has no key that may sign and is strong enough (RSA 2048, ECDSA, Ed25519 or SM2; SHA-256), and was left out",
        $"{name} 没有可用于签名且强度足够的密钥（RSA 2048、ECDSA、Ed25519 或 SM2；SHA-256），已忽略"));

    public void LeaveOut(string name, LocalizedText why) => LeaveOut(new LocalizedText($"{name} was left out: {why.En}", $"{name} 已忽略:{why.Zh}"));

    public void LeaveOutLine(int line, LocalizedText why) =>
        LeaveOut(new LocalizedText($"line {line} was left out: {Printable(why.En)}", $"第 {line} 行已忽略:{Printable(why.Zh)}"));

    // Nobody reads more of them, and a file of nothing else would fill the memory.
    private void LeaveOut(LocalizedText what)
    {
        if (findings.Count == MaxFindings)
        {
            throw Refuse(
                TrustImportDiagnostics.Malformed,
                new LocalizedText("more than 1000 of its keys can't be used", "其中不可用的密钥超过 1000 个"),
                new LocalizedText("import a file of the keys that are meant", "请导入只含所需密钥的文件"));
        }

        findings.Add(new Finding(TrustImportDiagnostics.LeftOut, origin, what, new LocalizedText("ask its owner for a current key", "请向其所有者索取新的密钥")));
    }

    public KeyringImport Finish() => keys.Count > 0 ? new KeyringImport([.. keys.Values], findings) : throw new CiComplianceException(
        TrustImportDiagnostics.NothingUsable,
        origin,
        findings.Count == 0
            ? new LocalizedText("it holds no public key", "其中没有公钥")
            : new LocalizedText($"none of its keys can be used: {findings[0].What.En}", $"其中没有可用的密钥：{findings[0].What.Zh}"),
        new LocalizedText("ask its owner for a current key, or export the public keys again: gpg --export", "请向其所有者索取新的密钥，或重新导出公钥：gpg --export"));

    public CiComplianceException Malformed() => Refuse(
        TrustImportDiagnostics.Malformed,
        new LocalizedText("it is no OpenPGP keyring, PEM file of public keys or certificates, list of SSH keys, or list of verifier keys", "该文件不是 OpenPGP 密钥环、PEM 公钥或证书文件、SSH 密钥列表，也不是校验密钥列表"),
        new LocalizedText("export the public keys: gpg --export, or openssl pkey -pubout", "请导出公钥：gpg --export 或 openssl pkey -pubout"));

    public CiComplianceException MalformedLine(int line, string en) => Refuse(
        TrustImportDiagnostics.Malformed,
        new LocalizedText($"line {line} is no line of allowed_signers or of a public key file: {Printable(en)}", $"第 {line} 行不是 allowed_signers 或公钥文件的格式"),
        new LocalizedText("correct the line; ssh-keygen(1) has its form under ALLOWED SIGNERS", "请更正该行；格式见 ssh-keygen(1) 的 ALLOWED SIGNERS"));

    public CiComplianceException SecretKey() => Refuse(
        TrustImportDiagnostics.SecretKey,
        new LocalizedText("it holds a secret key, which does not belong in a trust store", "其中含有私钥，不得放入信任库"),
        new LocalizedText("export only the public part, and replace the key if this file was shared", "请仅导出公钥；若该文件曾被分享，请更换密钥"));

    public CiComplianceException BadVerifierKey() => Refuse(
        TrustImportDiagnostics.BadVerifierKey,
        new LocalizedText("a verifier key is not name+hash+base64, or its hash is another key's", "校验密钥不是 name+hash+base64 形式，或其哈希不符"),
        new LocalizedText("copy the whole line again from where it is published", "请从发布处重新完整复制该行"));

    private string FileName => Printable(Path.GetFileName(origin)) ?? "key";

    /// <summary>Only a committer's: no other role is matched by who holds the key.</summary>
    private IReadOnlyList<string>? Identities(IEnumerable<string?> mails) =>
        role == KeyRole.Committer && mails.OfType<string>().Where(IsMail).Distinct(StringComparer.Ordinal).Take(MaxIdentities).ToList() is { Count: > 0 } list ? list : null;

    // What stands between the angle brackets of "Name <mail>" (RFC 4880 §5.11), or an address alone.
    private static string MailOf(string userId) =>
        userId.LastIndexOf('<') is >= 0 and var open && userId.EndsWith('>') ? userId[(open + 1)..^1] : userId;

    private static bool IsMail(string mail) =>
        mail.Length <= MaxName && mail.Contains('@', StringComparison.Ordinal) && mail.All(c => c is > ' ' and <= '~' and not ('<' or '>' or '*'));

    private void Add(TrustedKey key) => keys.TryAdd(key.Id, key);

    private bool Allows(KeyAlgorithm algorithm) => role switch
    {
        // What CMS signatures of commits may be made with.
        KeyRole.Committer => algorithm is KeyAlgorithm.Sm2 or KeyAlgorithm.Rsa or KeyAlgorithm.EcdsaP256 or KeyAlgorithm.EcdsaP384 or KeyAlgorithm.EcdsaP521,
        KeyRole.EvidenceSm2 => algorithm == KeyAlgorithm.Sm2,
        KeyRole.EvidenceP256 => algorithm == KeyAlgorithm.EcdsaP256,
        // Whatever the certificates of time-stamping authorities hold.
        KeyRole.Tsa => algorithm is KeyAlgorithm.Rsa or KeyAlgorithm.EcdsaP256 or KeyAlgorithm.EcdsaP384 or KeyAlgorithm.EcdsaP521,
        KeyRole.Log or KeyRole.Witness or KeyRole.Publisher or KeyRole.GoproxyExport => algorithm is KeyAlgorithm.Sm2 or KeyAlgorithm.EcdsaP256 or KeyAlgorithm.Ed25519,
        _ => false,
    };

    private void CheckRole(bool isAllowed)
    {
        if (!isAllowed)
        {
            throw Refuse(
                TrustImportDiagnostics.WrongRole,
                new LocalizedText($"a key of this kind cannot have the role {role}", $"此类密钥不能用于角色 {role}"),
                new LocalizedText("choose the role that fits the key, or the key that fits the role", "请选择与密钥相符的角色，或与角色相符的密钥"));
        }
    }

    private CiComplianceException Refuse(Diagnostic diagnostic, LocalizedText what, LocalizedText fix) => new(diagnostic, origin, what, fix);

    // User ids and subjects are whatever their makers wrote; they are shown on terminals.
    private static string? Printable(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        var printable = string.Concat(name.Take(MaxName).Select(character => SafeText.IsUnsafe(character) ? '?' : character));
        return printable.Trim();
    }
}
