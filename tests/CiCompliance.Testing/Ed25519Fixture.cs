using CiCompliance.Diagnostics;
using System.Security.Cryptography;
using CiCompliance.Keys;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace CiCompliance.Testing;

/// <summary>An Ed25519 key from a seed, for test databases.</summary>
public sealed class Ed25519Fixture(byte[] seed) : ISigner
{
    private readonly Ed25519PrivateKeyParameters key = new(seed, 0);

    public KeyAlgorithm Algorithm => KeyAlgorithm.Ed25519;

    public string KeyId => Convert.ToHexStringLower(SHA256.HashData(PublicKey));

    public byte[] PublicKey => [.. Convert.FromHexString("302a300506032b6570032100"), .. key.GeneratePublicKey().GetEncoded()];

    public IReadOnlyList<byte[]> CertificateChain => [];

    /// <summary>The key of tests/vectors/sumdb: seed bytes 00 to 1f.</summary>
    public static Ed25519Fixture OfVectors() => new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    public static Ed25519Fixture Random() => new(RandomNumberGenerator.GetBytes(32));

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signature = new byte[64];
        var input = message.ToArray();
        key.Sign(Ed25519.Algorithm.Ed25519, null, input, 0, input.Length, signature, 0);
        return signature;
    }

    public void Dispose()
    {
    }
}

/// <summary>Ed25519 only.</summary>
public sealed class Ed25519FixtureVerifier : ISignatureVerifier
{
    public Verdict Verify(KeyAlgorithm algorithm, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (algorithm != KeyAlgorithm.Ed25519 || publicKey.Length != 44 || signature.Length != 64)
        {
            return Verdict.Fail;
        }

        var input = message.ToArray();
        return Ed25519.Verify(signature.ToArray(), 0, publicKey[12..].ToArray(), 0, input, 0, input.Length) ? Verdict.Pass : Verdict.Fail;
    }
}
