using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CiCompliance.Json;

namespace CiCompliance.Sigstore;

/// <summary>What an entry's body says, alike for every kind: a signature, who verifies it, and the digest that it is over.</summary>
/// <param name="DigestAlgorithm">Null for an algorithm that is not read.</param>
/// <param name="Verifier">DER SubjectPublicKeyInfo, or the certificate in DER.</param>
internal sealed record LoggedSignature(HashAlgorithmName? DigestAlgorithm, byte[] Digest, byte[] Signature, byte[] Verifier)
{
    public const string HashedRekord = "hashedrekord";
    public const string Dsse = "dsse";
    public const string InToto = "intoto";
    public const string V1 = "0.0.1";
    public const string V2 = "0.0.2";

    /// <summary>Whether such entries are read. dsse and hashedrekord 0.0.2 are Rekor v2's; intoto 0.0.2 is the second of Rekor v1.</summary>
    public static bool Supports(string kind, string version) => (kind, version) is (HashedRekord or Dsse, V1 or V2) or (InToto, V2);

    /// <exception cref="JsonException">Not a body of that kind and version with exactly one signature.</exception>
    public static LoggedSignature Parse(string kind, string version, ReadOnlySpan<byte> body) => ProtoObject.Read(body, "entry", entry =>
    {
        if (entry.Text("kind") != kind || entry.Text("apiVersion") != version)
        {
            throw new LocalizedJsonException("the body is of another kind than the entry says", "条目正文的类型与条目所述不符");
        }

        Func<ProtoObject, LoggedSignature> read = (kind, version) switch
        {
            (HashedRekord, V1) => ReadHashedRekord,
            (HashedRekord, V2) => ReadHashedRekord2,
            (Dsse, V1) => ReadDsse,
            (Dsse, V2) => ReadDsse2,
            (InToto, V2) => ReadInToto,
            _ => throw new LocalizedJsonException($"entries of kind '{kind}' are not read", $"不支持“{kind}”类型的条目"),
        };
        return entry.Object("spec", read) ?? throw entry.Missing("spec");
    });

    private static LoggedSignature ReadHashedRekord(ProtoObject spec)
    {
        var (algorithm, digest) = spec.Object("data", data => data.Object("hash", ReadHash)) ?? throw spec.Missing("data.hash");
        var (signature, key) = spec.Object("signature", value => Tuple.Create(
            value.NeededBytes("content"),
            value.Object("publicKey", inner => ReadPem(inner.NeededBytes("content"))) ?? throw value.Missing("publicKey"))) ?? throw spec.Missing("signature");
        return new(algorithm, digest, signature, key);
    }

    private static LoggedSignature ReadHashedRekord2(ProtoObject spec) => spec.Object("hashedRekordV002", entry =>
    {
        var (algorithm, digest) = entry.Object("data", ReadHash2) ?? throw entry.Missing("data");
        var (signature, verifier) = entry.Object("signature", ReadSignature2) ?? throw entry.Missing("signature");
        return new LoggedSignature(algorithm, digest, signature, verifier);
    }) ?? throw spec.Missing("hashedRekordV002");

    private static LoggedSignature ReadDsse(ProtoObject spec)
    {
        spec.Object("envelopeHash", ReadHash);
        var (algorithm, digest) = spec.Object("payloadHash", ReadHash) ?? throw spec.Missing("payloadHash");
        var (signature, key) = One(spec.List("signatures", 1, value => Tuple.Create(value.NeededBytes("signature"), ReadPem(value.NeededBytes("verifier")))));
        return new(algorithm, digest, signature, key);
    }

    private static LoggedSignature ReadDsse2(ProtoObject spec) => spec.Object("dsseV002", entry =>
    {
        var (algorithm, digest) = entry.Object("payloadHash", ReadHash2) ?? throw entry.Missing("payloadHash");
        var (signature, verifier) = One(entry.List("signatures", 1, ReadSignature2));
        return new LoggedSignature(algorithm, digest, signature, verifier);
    }) ?? throw spec.Missing("dsseV002");

    private static LoggedSignature ReadInToto(ProtoObject spec) => spec.Object("content", content =>
    {
        content.Object("hash", ReadHash);
        var (algorithm, digest) = content.Object("payloadHash", ReadHash) ?? throw content.Missing("payloadHash");
        var (signature, key) = One(content.Object("envelope", envelope =>
        {
            // The log keeps the payload elsewhere, some fakes here: the digest beside it counts.
            envelope.Ignore("payload");
            envelope.Text("payloadType");
            return envelope.List("signatures", 1, value =>
            {
                value.Text("keyid");
                return Tuple.Create(Twice(value.NeededBytes("sig")), ReadPem(value.NeededBytes("publicKey")));
            });
        }) ?? []);
        return new LoggedSignature(algorithm, digest, signature, key);
    }) ?? throw spec.Missing("content");

    private static Tuple<byte[], byte[]> ReadSignature2(ProtoObject signature) => Tuple.Create(
        signature.NeededBytes("content"),
        signature.Object("verifier", ReadVerifier) ?? throw signature.Missing("verifier"));

    private static byte[] ReadVerifier(ProtoObject verifier)
    {
        verifier.Ignore("keyDetails");
        var key = verifier.Object("publicKey", value => value.NeededBytes("rawBytes"));
        var certificate = verifier.Object("x509Certificate", value => value.NeededBytes("rawBytes"));
        return (key, certificate) switch
        {
            ({ } only, null) => only,
            (null, { } only) => only,
            _ => throw new LocalizedJsonException("an entry's verifier is either a key or a certificate", "条目的验证者应为密钥或证书之一"),
        };
    }

    private static Tuple<HashAlgorithmName?, byte[]> ReadHash(ProtoObject hash)
    {
        var (algorithm, value) = (hash.Text("algorithm"), hash.Text("value"));
        return value.Length is > 0 and <= 128 && value.Length % 2 == 0 && value.All(char.IsAsciiHexDigit)
            ? new(NameOf(algorithm), Convert.FromHexString(value))
            : throw new LocalizedJsonException("an entry's digest is not hexadecimal", "条目的摘要不是十六进制");
    }

    private static Tuple<HashAlgorithmName?, byte[]> ReadHash2(ProtoObject hash) => new(NameOf(hash.Text("algorithm")), hash.NeededBytes("digest"));

    internal static HashAlgorithmName? NameOf(string algorithm) => algorithm switch
    {
        "sha256" or "SHA2_256" => HashAlgorithmName.SHA256,
        "sha384" or "SHA2_384" => HashAlgorithmName.SHA384,
        "sha512" or "SHA2_512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static Tuple<byte[], byte[]> One(IReadOnlyList<Tuple<byte[], byte[]>> signatures) => signatures is [var only]
        ? only
        : throw new LocalizedJsonException("an entry has exactly one signature", "条目应恰有一个签名");

    /// <summary>intoto 0.0.2 keeps the envelope's base64 as bytes, in base64 once more.</summary>
    private static byte[] Twice(byte[] base64) => StrictBase64.Decode(Encoding.Latin1.GetString(base64), "sig");

    private static byte[] ReadPem(byte[] bytes)
    {
        var pem = Encoding.Latin1.GetString(bytes);
        return PemEncoding.TryFind(pem, out var fields) && pem[fields.Label] is "PUBLIC KEY" or "CERTIFICATE"
            ? Convert.FromBase64String(pem[fields.Base64Data])
            : throw new LocalizedJsonException("an entry's verifier is not PEM", "条目的验证者不是 PEM");
    }
}
