using System.Security.Cryptography;
using CiCompliance.Keys;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace CiCompliance.Cryptography.Keys;

/// <summary>An open key with its signing operation. Thread safe: the operation runs under a lock, since neither library promises more.</summary>
internal abstract class PrivateKeySigner(KeyMaterial key, IReadOnlyList<byte[]> certificateChain) : ISigner
{
    private readonly Lock gate = new();
    private bool isDisposed;

    public KeyAlgorithm Algorithm => Key.Algorithm;

    public string KeyId { get; } = PublicKeyInfo.KeyId(key.PublicKey);

    public byte[] PublicKey => [.. Key.PublicKey];

    public IReadOnlyList<byte[]> CertificateChain { get; } = certificateChain;

    protected KeyMaterial Key { get; } = key;

    /// <summary>Takes <paramref name="key"/> over.</summary>
    public static ISigner Create(KeyMaterial key, IReadOnlyList<byte[]> certificateChain) => key.Algorithm switch
    {
        KeyAlgorithm.Sm2 => new Sm2KeySigner(key, certificateChain),
        KeyAlgorithm.EcdsaP256 => new P256KeySigner(key, certificateChain),
        _ => new Ed25519KeySigner(key, certificateChain),
    };

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return SignLocked(message);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            Release();
            Key.Dispose();
        }
    }

    protected abstract byte[] SignLocked(ReadOnlySpan<byte> message);

    protected virtual void Release()
    {
    }
}

/// <summary>BouncyCastle keeps the number in an immutable BigInteger, which nothing can clear; the reference is dropped.</summary>
internal sealed class Sm2KeySigner(KeyMaterial key, IReadOnlyList<byte[]> certificateChain) : PrivateKeySigner(key, certificateChain)
{
    private SM2Signer? signer = Sm2Curve.Signer(key.ToSm2());

    protected override byte[] SignLocked(ReadOnlySpan<byte> message)
    {
        var bytes = message.ToArray();
        signer!.Reset();
        signer.BlockUpdate(bytes, 0, bytes.Length);
        return signer.GenerateSignature();
    }

    protected override void Release() => signer = null;
}

internal sealed class P256KeySigner(KeyMaterial key, IReadOnlyList<byte[]> certificateChain) : PrivateKeySigner(key, certificateChain)
{
    private readonly ECDsa ecdsa = key.ToP256();

    protected override byte[] SignLocked(ReadOnlySpan<byte> message) =>
        ecdsa.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    protected override void Release() => ecdsa.Dispose();
}

internal sealed class Ed25519KeySigner(KeyMaterial key, IReadOnlyList<byte[]> certificateChain) : PrivateKeySigner(key, certificateChain)
{
    protected override byte[] SignLocked(ReadOnlySpan<byte> message)
    {
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(Key.Secret, 0, message.ToArray(), 0, message.Length, signature, 0);
        return signature;
    }
}
