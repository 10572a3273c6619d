using System.Security.Cryptography;

namespace CiCompliance.Sigstore;

/// <summary>What a bundle is checked against, besides the trusted root: who must have signed what. Nothing of it comes from the bundle.</summary>
public sealed record SigstoreExpectation(ExpectedSigner Signer, SignedArtifact Artifact);

/// <summary>Who must have signed.</summary>
public abstract record ExpectedSigner
{
    private ExpectedSigner()
    {
    }

    /// <summary>The holder of a certificate.</summary>
    /// <param name="Name">The whole subject alternative name: a mail address, a URI or a user name.</param>
    /// <param name="Issuer">The whole URL of the OpenID Connect issuer.</param>
    public sealed record Identity(string Name, string Issuer) : ExpectedSigner;

    /// <summary>A key that both sides know. It is imported once: keep it for many bundles; not thread safe.</summary>
    public sealed record Key : ExpectedSigner
    {
        private Key(SignatureKey value) => Value = value;

        internal SignatureKey Value { get; }

        /// <summary>Null unless it is ECDSA P-256, P-384 or P-521, RSA of 2048 to 16384 bits, or Ed25519.</summary>
        /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
        public static Key? TryRead(ReadOnlySpan<byte> publicKey) => SignatureKey.TryRead(publicKey) is { } key ? new Key(key) : null;

        /// <summary>Null unless the text holds exactly one PEM block, a <c>PUBLIC KEY</c> of these kinds.</summary>
        public static Key? TryReadPem(string pem) =>
            PemEncoding.TryFind(pem, out var fields) && pem[fields.Label] == "PUBLIC KEY"
            && !PemEncoding.TryFind(pem.AsSpan(fields.Location.End.GetOffset(pem.Length)), out _)
                ? TryRead(Convert.FromBase64String(pem[fields.Base64Data])) : null;
    }
}

/// <summary>The artefact as the verifier has it.</summary>
/// <param name="Sha256">Known in any case.</param>
public sealed record SignedArtifact(byte[] Sha256)
{
    /// <summary>Other digests (SHA-384, SHA-512); null where only the SHA-256 is known.</summary>
    public Func<HashAlgorithmName, byte[]>? OtherDigest { get; init; }

    /// <summary>The bytes themselves, which only Ed25519 signs; null where they are not at hand or too many.</summary>
    public Func<byte[]?>? Content { get; init; }

    public static SignedArtifact Of(byte[] content) => new(SHA256.HashData(content))
    {
        OtherDigest = algorithm => CryptographicOperations.HashData(algorithm, content),
        Content = () => content,
    };

    internal byte[]? Digest(HashAlgorithmName algorithm) => algorithm == HashAlgorithmName.SHA256 ? Sha256 : OtherDigest?.Invoke(algorithm);
}
