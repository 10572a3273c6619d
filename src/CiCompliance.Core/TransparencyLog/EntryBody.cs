using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CiCompliance.Json;

namespace CiCompliance.TransparencyLog;

/// <summary>What a log entry's body says, the same for both kinds: a signature by a key over content with a SHA-256 digest.</summary>
/// <param name="Digest">SHA-256 of the artefact (hashedrekord) or of the payload (dsse).</param>
/// <param name="PublicKey">DER SubjectPublicKeyInfo.</param>
public sealed record EntryBody(string Kind, byte[] Digest, byte[] Signature, byte[] PublicKey)
{
    public const string HashedRekord = "hashedrekord";
    public const string Dsse = "dsse";

    /// <summary>Whether this product reads that kind and version.</summary>
    public static bool Supports(string kind, string version) => kind is HashedRekord or Dsse && version == "0.0.1";

    /// <exception cref="JsonException">Not the canonical body of an entry of that kind in version 0.0.1, with exactly one signature.</exception>
    public static EntryBody Parse(string kind, ReadOnlySpan<byte> body) => kind switch
    {
        HashedRekord => From(StrictJson.ParseCanonical(body, EntryContext.Default.HashedRekordBody)),
        Dsse => From(StrictJson.ParseCanonical(body, EntryContext.Default.DsseBody)),
        _ => throw new LocalizedJsonException($"entries of kind '{kind}' are not read", $"不支持“{kind}”类型的条目"),
    };

    /// <summary>Base64 of the PEM form that Go writes: lines of 64 characters, a line end after each.</summary>
    internal static string PemBase64(ReadOnlySpan<byte> publicKey) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", publicKey) + "\n"));

    private static EntryBody From(HashedRekordBody body) =>
        new(KindOf(body.Kind, HashedRekord, body.ApiVersion),
            Sha256(body.Spec.Data.Hash),
            StrictBase64.Decode(body.Spec.Signature.Content, "signature.content"),
            PublicKeyOf(body.Spec.Signature.PublicKey.Content));

    private static EntryBody From(DsseBody body) =>
        body.Spec.Signatures is [var only]
            ? new(KindOf(body.Kind, Dsse, body.ApiVersion),
                Sha256(body.Spec.PayloadHash),
                StrictBase64.Decode(only.Signature, "signature"),
                PublicKeyOf(only.Verifier))
            : throw new LocalizedJsonException("a dsse entry has exactly one signature here", "dsse 条目应恰有一个签名");

    private static string KindOf(string found, string expected, string version) =>
        found == expected && Supports(found, version) ? found : throw new LocalizedJsonException($"the body is of kind '{found}' {version}", $"条目类型为“{found}”{version}");

    private static byte[] Sha256(HashJson hash)
    {
        if (hash.Algorithm != HashJson.Sha256 || hash.Value.Length != 64 || hash.Value.Any(c => !char.IsAsciiHexDigitLower(c) && !char.IsAsciiDigit(c)))
        {
            throw new LocalizedJsonException("a digest is not a lower-case SHA-256", "摘要不是小写 SHA-256");
        }

        return Convert.FromHexString(hash.Value);
    }

    private static byte[] PublicKeyOf(string base64)
    {
        var pem = Encoding.Latin1.GetString(StrictBase64.Decode(base64, "public key"));
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != "PUBLIC KEY")
        {
            throw new LocalizedJsonException("a public key is not PEM", "公钥不是 PEM");
        }

        return Convert.FromBase64String(pem[fields.Base64Data]);
    }
}
