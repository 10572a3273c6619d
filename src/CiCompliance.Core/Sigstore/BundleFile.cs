using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Sigstore;

/// <summary>
/// What a file of a bundle may hold: a Sigstore bundle, or what cosign 2 wrote with <c>--bundle</c> before there were any, which says as much as
/// a v0.1 bundle with a signed entry timestamp.
/// </summary>
internal static class BundleFile
{
    /// <exception cref="JsonException">Neither.</exception>
    public static Bundle Read(ReadOnlySpan<byte> json) =>
        // Cheap and only a choice of reader: each refuses the other's form.
        json.IndexOf("\"base64Signature\""u8) >= 0 && json.IndexOf("\"mediaType\""u8) < 0 && json.Length <= Bundle.MaxBytes
            ? ProtoObject.Read(json, "bundle", ReadCosign)
            : Bundle.Parse(json);

    private static Bundle ReadCosign(ProtoObject file)
    {
        var signature = file.NeededBytes("base64Signature");
        var certificate = file.Bytes("cert");
        var entry = file.Object("rekorBundle", ReadEntry);
        return new Bundle(BundleVersion.V01, ReadSigner(certificate), ReadContent(signature), entry is null ? [] : [entry], []);
    }

    /// <summary>Of an attestation the "signature" is the whole envelope.</summary>
    private static SignedContent ReadContent(byte[] signature) => signature is [(byte)'{', ..]
        ? ProtoObject.Read(signature, "envelope", BundleReader.ReadEnvelope)
        : new SignedContent.Message(null, signature);

    /// <summary>PEM: the certificate of who signed, or the public key.</summary>
    private static SigningMaterial ReadSigner(byte[]? pem)
    {
        var text = Encoding.Latin1.GetString(pem ?? []);
        return PemEncoding.TryFind(text, out var fields) && text[fields.Label] == "CERTIFICATE"
            ? new SigningMaterial.Certificates([Convert.FromBase64String(text[fields.Base64Data])])
            : new SigningMaterial.Key("");
    }

    private static LoggedEntry ReadEntry(ProtoObject bundle)
    {
        var promise = bundle.NeededBytes("SignedEntryTimestamp");
        return bundle.Object("Payload", payload =>
        {
            var body = payload.NeededBytes("body");
            var logId = payload.Text("logID");
            var (kind, version) = ProtoObject.Read(body, "entry", entry =>
            {
                entry.Ignore("spec");
                return (entry.Text("kind"), entry.Text("apiVersion"));
            });
            return logId.Length == 64 && logId.All(char.IsAsciiHexDigit)
                ? new LoggedEntry(kind, version, body, payload.Int64("logIndex"), Convert.FromHexString(logId), payload.Int64("integratedTime"), promise, null)
                : throw new LocalizedJsonException("logID is not a SHA-256 in hexadecimal", "logID 不是十六进制 SHA-256");
        }) ?? throw bundle.Missing("Payload");
    }
}
