using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CiCompliance.Json;

namespace CiCompliance.TransparencyLog;

/// <summary>What a log entry's body says, the same for every kind: a signature by a key over content with a digest.</summary>
/// <param name="Digest">
/// By <see cref="Algorithm"/>: hashedrekord 0.0.1 of the artefact; 0.0.2 of the artefact or of a DSSE envelope's pre-authentication encoding; dsse and intoto of the payload.
/// </param>
public sealed record EntryBody(string Kind, string Version, byte[] Digest, byte[] Signature, EntrySigner Signer)
{
    public const string HashedRekord = "hashedrekord";
    public const string Dsse = "dsse";
    public const string InToto = "intoto";
    public const string Version001 = "0.0.1";

    /// <summary>Rekor v2's only version.</summary>
    public const string Version002 = "0.0.2";

    /// <summary>Of <see cref="Digest"/>; SHA-256 in everything that this product writes.</summary>
    public HashAlgorithmName Algorithm { get; init; } = HashAlgorithmName.SHA256;

    /// <summary>Whether that kind and version can be read; 0.0.2 of intoto is Rekor v1's.</summary>
    public static bool Reads(string kind, string version) => Supports(kind, version) || (kind, version) is (InToto, Version002);

    /// <summary>Whether this product's own evidence may stand in entries of that kind and version.</summary>
    public static bool Supports(string kind, string version) => (kind, version) is (HashedRekord or Dsse, Version001) or (HashedRekord, Version002);

    /// <exception cref="JsonException">Not the canonical body of an entry of that kind and version, with exactly one signature.</exception>
    public static EntryBody Parse(string kind, string version, ReadOnlySpan<byte> body) => (kind, version) switch
    {
        (HashedRekord, Version001) => From(StrictJson.ParseCanonical(body, EntryContext.Default.HashedRekordBody)),
        (HashedRekord, Version002) => From(StrictJson.ParseCanonical(body, EntryContext.Default.HashedRekord002Body)),
        (Dsse, Version001) => From(StrictJson.ParseCanonical(body, EntryContext.Default.DsseBody)),
        (InToto, Version002) => From(StrictJson.ParseCanonical(body, EntryContext.Default.InTotoBody)),
        _ => throw new LocalizedJsonException($"entries of kind '{kind}' {version} are not read", $"不支持“{kind}”{version} 类型的条目"),
    };

    private static EntryBody From(HashedRekordBody body) =>
        new(Expect(body.Kind, HashedRekord),
            Expect(body.ApiVersion, Version001),
            DigestOf(body.Spec.Data.Hash),
            StrictBase64.Decode(body.Spec.Signature.Content, "signature.content"),
            EntrySigner.FromPem(body.Spec.Signature.PublicKey.Content)) { Algorithm = AlgorithmOf(body.Spec.Data.Hash.Algorithm) };

    private static EntryBody From(HashedRekord002Body body)
    {
        var (data, signature) = body.Spec.HashedRekordV002;
        return new(Expect(body.Kind, HashedRekord),
            Expect(body.ApiVersion, Version002),
            Sized(StrictBase64.Decode(data.Digest, "digest"), AlgorithmOf(data.Algorithm)),
            StrictBase64.Decode(signature.Content, "signature.content"),
            signature.Verifier.ToSigner()) { Algorithm = AlgorithmOf(data.Algorithm) };
    }

    private static EntryBody From(DsseBody body) =>
        body.Spec.Signatures is [var only]
            ? new(Expect(body.Kind, Dsse),
                Expect(body.ApiVersion, Version001),
                DigestOf(body.Spec.PayloadHash),
                StrictBase64.Decode(only.Signature, "signature"),
                EntrySigner.FromPem(only.Verifier)) { Algorithm = AlgorithmOf(body.Spec.PayloadHash.Algorithm) }
            : throw new LocalizedJsonException("a dsse entry has exactly one signature here", "dsse 条目应恰有一个签名");

    private static EntryBody From(InTotoBody body) =>
        body.Spec.Content.Envelope.Signatures is [var only]
            ? new(Expect(body.Kind, InToto),
                Expect(body.ApiVersion, Version002),
                DigestOf(body.Spec.Content.PayloadHash),
                // The envelope's base64 is bytes there, in base64 once more.
                StrictBase64.Decode(Encoding.Latin1.GetString(StrictBase64.Decode(only.Sig, "sig")), "sig"),
                EntrySigner.FromPem(only.PublicKey)) { Algorithm = AlgorithmOf(body.Spec.Content.PayloadHash.Algorithm) }
            : throw new LocalizedJsonException("an intoto entry has exactly one signature here", "intoto 条目应恰有一个签名");

    private static string Expect(string found, string expected) =>
        found == expected ? found : throw new LocalizedJsonException($"the body says '{found}' and not '{expected}'", $"条目内容为“{found}”而非“{expected}”");

    private static byte[] DigestOf(HashJson hash) =>
        hash.Value.All(c => char.IsAsciiHexDigitLower(c) || char.IsAsciiDigit(c)) && hash.Value.Length is > 0 and <= 128 and var length && length % 2 == 0
            ? Sized(Convert.FromHexString(hash.Value), AlgorithmOf(hash.Algorithm))
            : throw new LocalizedJsonException("a digest is not lower-case hexadecimal", "摘要不是小写十六进制");

    private static byte[] Sized(byte[] digest, HashAlgorithmName algorithm) =>
        digest.Length == (algorithm == HashAlgorithmName.SHA256 ? SHA256.HashSizeInBytes : algorithm == HashAlgorithmName.SHA384 ? SHA384.HashSizeInBytes : SHA512.HashSizeInBytes)
            ? digest
            : throw new LocalizedJsonException("a digest has not its algorithm's size", "摘要长度与其算法不符");

    /// <summary>By Rekor v1's names and by those of sigstore_common.proto.</summary>
    internal static HashAlgorithmName AlgorithmOf(string name) => name switch
    {
        HashJson.Sha256 or HashedRekord002Data.Sha256 => HashAlgorithmName.SHA256,
        "sha384" or "SHA2_384" => HashAlgorithmName.SHA384,
        "sha512" or "SHA2_512" => HashAlgorithmName.SHA512,
        _ => throw new LocalizedJsonException($"digests by '{name}' are not read", $"不支持“{name}”摘要"),
    };
}

/// <summary>Who an entry says has signed.</summary>
/// <param name="Der">A SubjectPublicKeyInfo, or an X.509 certificate.</param>
public sealed record EntrySigner(byte[] Der, bool IsCertificate)
{
    private const string KeyLabel = "PUBLIC KEY";
    private const string CertificateLabel = "CERTIFICATE";

    public bool IsKey(ReadOnlySpan<byte> publicKey) => !IsCertificate && Der.AsSpan().SequenceEqual(publicKey);

    /// <summary>Base64 of the PEM form that Go writes: lines of 64 characters, a line end after each.</summary>
    public string ToPemBase64() =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(PemEncoding.WriteString(IsCertificate ? CertificateLabel : KeyLabel, Der) + "\n"));

    /// <param name="base64">Base64 of one PEM block, as Rekor v1 entries carry it.</param>
    /// <exception cref="JsonException">Not a public key or a certificate in PEM.</exception>
    public static EntrySigner FromPem(string base64)
    {
        var pem = Encoding.Latin1.GetString(StrictBase64.Decode(base64, "public key"));
        return PemEncoding.TryFind(pem, out var fields) && pem[fields.Label] is KeyLabel or CertificateLabel
            ? new(Convert.FromBase64String(pem[fields.Base64Data]), pem[fields.Label] == CertificateLabel)
            : throw new LocalizedJsonException("a public key is not PEM", "公钥不是 PEM");
    }
}
