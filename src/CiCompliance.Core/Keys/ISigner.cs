namespace CiCompliance.Keys;

/// <summary>An open private key. Opened only after the last child process that touched the repository has ended; disposed at once after use.</summary>
public interface ISigner : IDisposable
{
    KeyAlgorithm Algorithm { get; }

    /// <summary>Lower-case hex SHA-256 of <see cref="PublicKey"/>.</summary>
    string KeyId { get; }

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    byte[] PublicKey { get; }

    /// <summary>DER certificates, the key's own first; empty for a bare key.</summary>
    IReadOnlyList<byte[]> CertificateChain { get; }

    /// <summary>Signs the message itself (the algorithm's own hashing included), in the form of <see cref="KeyAlgorithm"/>.</summary>
    byte[] Sign(ReadOnlySpan<byte> message);
}

/// <summary>Opens private keys from PEM files (PKCS#8, plain or encrypted) or from inherited descriptors.</summary>
public interface ISignerFactory
{
    /// <exception cref="Diagnostics.CiComplianceException">The key or the passphrase is missing, malformed or of another algorithm.</exception>
    ISigner Open(KeyReference reference, KeyAlgorithm algorithm);
}

/// <summary>Where a key is. Each part is a file path or <c>fd:N</c>; never the secret itself.</summary>
public sealed record KeyReference(string Key, string? Passphrase, string? CertificateChain);

/// <summary>Verifies one raw signature with a key whose algorithm the trust store gave.</summary>
public interface ISignatureVerifier
{
    /// <summary><see cref="Verdict.Pass"/> or <see cref="Verdict.Fail"/>; malformed keys and signatures fail, they don't throw.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo of exactly that algorithm.</param>
    Verdict Verify(KeyAlgorithm algorithm, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}
