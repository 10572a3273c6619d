using System.Buffers.Binary;
using System.Security.Cryptography;
using CiCompliance.Cryptography.Keys;

namespace CiCompliance.Cryptography.Ssh;

/// <summary>The mathematics of one SSH signature (RFC 5656 §3.1.2, RFC 8332 §3, RFC 8709 §6, OpenSSH's PROTOCOL.u2f).</summary>
internal static class SshProof
{
    private const byte UserPresent = 1;

    /// <param name="isPresent">False where the authenticator says that nobody touched it.</param>
    public static bool Verifies(SshPublicKey key, SshSignature signature, ReadOnlySpan<byte> payload, out bool isPresent)
    {
        isPresent = true;
        var message = signature.Message(payload);
        try
        {
            var reader = new SshReader(signature.Material);
            var value = reader.ReadString();
            if (key.Application is { } application)
            {
                var (flags, counter) = (reader.ReadByte(), reader.ReadUInt32());
                isPresent = (flags & UserPresent) != 0;
                message = Asserted(application, flags, counter, message);
            }

            reader.RequireEnd();
            return key.Ed25519 is { } ed25519 ? SignatureVerifier.VerifyEd25519(ed25519, message, value)
                : key.Ecdsa is { } ecdsa ? VerifyEcdsa(ecdsa, key.FieldSize, message, value)
                : key.Rsa is { } rsa && VerifyRsa(rsa, key.FieldSize, message, value, signature.Algorithm == "rsa-sha2-256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512);
        }
        catch (CryptographicException)
        {
            // A point off its curve, or a key that is none.
            return false;
        }
    }

    private static byte[] Asserted(byte[] application, byte flags, uint counter, byte[] message)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, counter);
        return [.. SHA256.HashData(application), flags, .. count, .. SHA256.HashData(message)];
    }

    private static bool VerifyEcdsa(PreparedKey<ECDsa> key, int size, byte[] message, ReadOnlySpan<byte> value)
    {
        var reader = new SshReader(value);
        byte[] signature = [.. Pad(reader.ReadMpint(), size), .. Pad(reader.ReadMpint(), size)];
        reader.RequireEnd();
        using var ecdsa = key.Take();
        var hash = size switch { 32 => HashAlgorithmName.SHA256, 48 => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
        return ecdsa.Key.VerifyData(message, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    // Some agents leave leading zeros away; OpenSSH puts them back, too.
    private static bool VerifyRsa(PreparedKey<RSA> key, int size, byte[] message, ReadOnlySpan<byte> value, HashAlgorithmName hash)
    {
        using var rsa = key.Take();
        return rsa.Key.VerifyData(message, Pad(value, size), hash, RSASignaturePadding.Pkcs1);
    }

    private static byte[] Pad(ReadOnlySpan<byte> number, int size)
    {
        if (number.Length > size)
        {
            throw new FormatException("a number larger than its field");
        }

        var padded = new byte[size];
        number.CopyTo(padded.AsSpan(size - number.Length));
        return padded;
    }
}
