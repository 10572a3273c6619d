using System.Security.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.Testing;

/// <summary>tests/vectors/sigstore: bundles that the real tools made, and what a verifier must say of them.</summary>
public static class SigstoreVectors
{
    public static byte[] Bundle(string name) => TestVectors.Read("sigstore", "bundles", name);

    public static byte[] Artifact(string name) => TestVectors.Read("sigstore", "artifacts", name);

    public static TrustedKey Key(string file, KeyRole role, string name, KeyAlgorithm algorithm = KeyAlgorithm.EcdsaP256)
    {
        var pem = File.ReadAllText(TestVectors.PathOf("sigstore", "keys", file));
        var spki = Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
        return new(Convert.ToHexStringLower(SHA256.HashData(spki)), name, role, algorithm, spki, []);
    }

    public static TrustedKey Signer => Key("signer.pub", KeyRole.EvidenceP256, "signer");

    /// <summary>Of the real Rekor v2 server.</summary>
    public static TrustedKey LogV2 => Key("log-v2-ed25519.pub", KeyRole.Log, "rekor.local", KeyAlgorithm.Ed25519);

    public static TrustedKey Log => Key("log-v1-p256.pub", KeyRole.Log, "rekor.local");
}
