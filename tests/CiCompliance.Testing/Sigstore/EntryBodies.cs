using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Json;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Testing.Sigstore;

/// <summary>Bodies of log entries as the real logs write them, for keys and certificates.</summary>
public static class EntryBodies
{
    public static byte[] HashedRekord(byte[] digest, byte[] signature, EntrySigner signer, string algorithm = "sha256") => Body("hashedrekord", "0.0.1", new JsonObject
    {
        ["data"] = new JsonObject { ["hash"] = Hash(digest, algorithm) },
        ["signature"] = new JsonObject { ["content"] = Base64(signature), ["publicKey"] = new JsonObject { ["content"] = Pem(signer) } },
    });

    public static byte[] HashedRekord2(byte[] digest, byte[] signature, EntrySigner signer, string algorithm = "SHA2_256") => Body("hashedrekord", "0.0.2", new JsonObject
    {
        ["hashedRekordV002"] = new JsonObject
        {
            ["data"] = new JsonObject { ["algorithm"] = algorithm, ["digest"] = Base64(digest) },
            ["signature"] = new JsonObject
            {
                ["content"] = Base64(signature),
                ["verifier"] = new JsonObject
                {
                    ["keyDetails"] = "PKIX_ECDSA_P256_SHA_256",
                    [signer.IsCertificate ? "x509Certificate" : "publicKey"] = new JsonObject { ["rawBytes"] = Base64(signer.Der) },
                },
            },
        },
    });

    public static byte[] Dsse(byte[] payload, byte[] signature, EntrySigner signer) => Body("dsse", "0.0.1", new JsonObject
    {
        ["envelopeHash"] = Hash(SHA256.HashData(signature), "sha256"),
        ["payloadHash"] = Hash(SHA256.HashData(payload), "sha256"),
        ["signatures"] = new JsonArray(new JsonObject { ["signature"] = Base64(signature), ["verifier"] = Pem(signer) }),
    });

    public static byte[] InToto(byte[] payload, byte[] signature, EntrySigner signer) => Body("intoto", "0.0.2", new JsonObject
    {
        ["content"] = new JsonObject
        {
            ["envelope"] = new JsonObject
            {
                ["payloadType"] = "application/vnd.in-toto+json",
                ["signatures"] = new JsonArray(new JsonObject { ["publicKey"] = Pem(signer), ["sig"] = Base64(Encoding.ASCII.GetBytes(Base64(signature))) }),
            },
            ["hash"] = Hash(SHA256.HashData(signature), "sha256"),
            ["payloadHash"] = Hash(SHA256.HashData(payload), "sha256"),
        },
    });

    private static byte[] Body(string kind, string version, JsonObject spec) =>
        CanonicalJson.Canonicalize(new JsonObject { ["apiVersion"] = version, ["kind"] = kind, ["spec"] = spec });

    private static JsonObject Hash(byte[] value, string algorithm) => new() { ["algorithm"] = algorithm, ["value"] = Convert.ToHexStringLower(value) };

    private static string Pem(EntrySigner signer) =>
        Base64(Encoding.ASCII.GetBytes(PemEncoding.WriteString(signer.IsCertificate ? "CERTIFICATE" : "PUBLIC KEY", signer.Der) + "\n"));

    private static string Base64(byte[] value) => Convert.ToBase64String(value);
}
