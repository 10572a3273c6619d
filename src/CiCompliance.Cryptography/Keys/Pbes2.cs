using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Paddings;
using Org.BouncyCastle.Crypto.Parameters;

namespace CiCompliance.Cryptography.Keys;

/// <summary>
/// EncryptedPrivateKeyInfo with PBES2 (RFC 8018 §6.2): PBKDF2 (SHA-1, SHA-2, SM3) or scrypt (RFC 7914), then AES-CBC or SM4-CBC, as OpenSSL
/// and GmSSL write them. The older PBES1 and PKCS#12 schemes are refused.
/// </summary>
internal static class Pbes2
{
    private const string Scheme = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";
    private const string Scrypt = "1.3.6.1.4.1.11591.4.11";
    private const string HmacSha1 = "1.2.840.113549.2.7";
    private const string HmacSha256 = "1.2.840.113549.2.9";
    private const string HmacSha384 = "1.2.840.113549.2.10";
    private const string HmacSha512 = "1.2.840.113549.2.11";
    private const string HmacSm3 = "1.2.156.10197.1.401.3.1";
    private const string HmacSm3Gm = "1.2.156.10197.1.401.2";
    private const string Aes128 = "2.16.840.1.101.3.4.1.2";
    private const string Aes192 = "2.16.840.1.101.3.4.1.22";
    private const string Aes256 = "2.16.840.1.101.3.4.1.42";
    private const string Sm4 = "1.2.156.10197.1.104.2";

    private const int BlockSize = 16;
    private const int MaxIterations = 10_000_000;
    private const int MaxScryptMemory = 64 << 20;

    // OWASP's figure for PBKDF2-HMAC-SHA256.
    private const int Iterations = 600_000;

    /// <summary>The PrivateKeyInfo inside; the caller clears it.</summary>
    /// <exception cref="AsnContentException">Not an EncryptedPrivateKeyInfo.</exception>
    /// <exception cref="NotSupportedException">Another scheme, or parameters beyond the limits.</exception>
    /// <exception cref="CryptographicException">The passphrase is wrong, or the key damaged.</exception>
    public static byte[] Decrypt(ReadOnlyMemory<byte> der, ReadOnlySpan<byte> passphrase)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var info = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var algorithm = info.ReadSequence();
        var encrypted = info.ReadOctetString();
        info.ThrowIfNotEmpty();
        if (algorithm.ReadObjectIdentifier() != Scheme)
        {
            throw new NotSupportedException("not PBES2");
        }

        var parameters = algorithm.ReadSequence();
        var derivation = parameters.ReadSequence();
        var cipher = parameters.ReadSequence();
        var cipherOid = cipher.ReadObjectIdentifier();
        var iv = cipher.ReadOctetString();
        if (iv.Length != BlockSize || encrypted.Length == 0 || encrypted.Length % BlockSize != 0)
        {
            throw new AsnContentException("not whole blocks");
        }

        var key = DeriveKey(derivation, passphrase, KeySize(cipherOid));
        try
        {
            return cipherOid == Sm4 ? DecryptSm4(key, iv, encrypted) : DecryptAes(key, iv, encrypted);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>AES-256-CBC with PBKDF2-HMAC-SHA256.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> privateKeyInfo, ReadOnlySpan<byte> passphrase)
    {
        var salt = RandomNumberGenerator.GetBytes(BlockSize);
        var iv = RandomNumberGenerator.GetBytes(BlockSize);
        var key = Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, Iterations, HashAlgorithmName.SHA256, 32);
        using var aes = Aes.Create();
        aes.Key = key;
        CryptographicOperations.ZeroMemory(key);
        var encrypted = aes.EncryptCbc(privateKeyInfo, iv);

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Scheme);
                using (writer.PushSequence())
                {
                    WriteDerivation(writer, salt);
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(Aes256);
                        writer.WriteOctetString(iv);
                    }
                }
            }

            writer.WriteOctetString(encrypted);
        }

        return writer.Encode();
    }

    private static void WriteDerivation(AsnWriter writer, byte[] salt)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Pbkdf2);
            using (writer.PushSequence())
            {
                writer.WriteOctetString(salt);
                writer.WriteInteger(Iterations);
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(HmacSha256);
                    writer.WriteNull();
                }
            }
        }
    }

    private static int KeySize(string cipher) => cipher switch
    {
        Aes128 or Sm4 => 16,
        Aes192 => 24,
        Aes256 => 32,
        _ => throw new NotSupportedException("not AES-CBC or SM4-CBC"),
    };

    private static byte[] DeriveKey(AsnReader derivation, ReadOnlySpan<byte> passphrase, int size)
    {
        var oid = derivation.ReadObjectIdentifier();
        var parameters = derivation.ReadSequence();
        var salt = parameters.ReadOctetString();
        return oid switch
        {
            Pbkdf2 => DerivePbkdf2(parameters, salt, passphrase, size),
            Scrypt => DeriveScrypt(parameters, salt, passphrase, size),
            _ => throw new NotSupportedException("not PBKDF2 or scrypt"),
        };
    }

    private static byte[] DerivePbkdf2(AsnReader parameters, byte[] salt, ReadOnlySpan<byte> passphrase, int size)
    {
        var iterations = ReadBounded(parameters, MaxIterations);
        CheckKeyLength(parameters, size);
        var function = parameters.HasData ? parameters.ReadSequence().ReadObjectIdentifier() : HmacSha1;
        return function switch
        {
            // CA5379: the file's writer chose it, and its default by RFC 8018 is SHA-1.
#pragma warning disable CA5379
            HmacSha1 => Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA1, size),
#pragma warning restore CA5379
            HmacSha256 => Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA256, size),
            HmacSha384 => Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA384, size),
            HmacSha512 => Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA512, size),
            HmacSm3 or HmacSm3Gm => DeriveSm3(salt, iterations, passphrase, size),
            _ => throw new NotSupportedException("not a known HMAC"),
        };
    }

    private static byte[] DeriveSm3(byte[] salt, int iterations, ReadOnlySpan<byte> passphrase, int size)
    {
        var generator = new Pkcs5S2ParametersGenerator(new SM3Digest());
        generator.Init(passphrase.ToArray(), salt, iterations);
        return ((KeyParameter)generator.GenerateDerivedMacParameters(size * 8)).GetKey();
    }

    private static byte[] DeriveScrypt(AsnReader parameters, byte[] salt, ReadOnlySpan<byte> passphrase, int size)
    {
        var cost = ReadBounded(parameters, 1 << 20);
        var blockSize = ReadBounded(parameters, 32);
        var parallelism = ReadBounded(parameters, 16);
        CheckKeyLength(parameters, size);
        return cost > 1 && int.IsPow2(cost) && 128L * cost * blockSize <= MaxScryptMemory
            ? SCrypt.Generate(passphrase.ToArray(), salt, cost, blockSize, parallelism, size)
            : throw new NotSupportedException("scrypt parameters beyond the limits");
    }

    private static int ReadBounded(AsnReader reader, int maximum) =>
        reader.TryReadInt32(out var value) && value > 0 && value <= maximum
            ? value
            : throw new NotSupportedException("a cost beyond the limits");

    private static void CheckKeyLength(AsnReader parameters, int size)
    {
        if (parameters.HasData && parameters.PeekTag().HasSameClassAndValue(Asn1Tag.Integer) && ReadBounded(parameters, size) != size)
        {
            throw new NotSupportedException("a key length that is not the cipher's");
        }
    }

    private static byte[] DecryptAes(byte[] key, byte[] iv, byte[] encrypted)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return aes.DecryptCbc(encrypted, iv);
    }

    private static byte[] DecryptSm4(byte[] key, byte[] iv, byte[] encrypted)
    {
        var cipher = new PaddedBufferedBlockCipher(new CbcBlockCipher(new SM4Engine()), new Pkcs7Padding());
        cipher.Init(forEncryption: false, new ParametersWithIV(new KeyParameter(key), iv));
        try
        {
            return cipher.DoFinal(encrypted);
        }
        catch (InvalidCipherTextException e)
        {
            throw new CryptographicException("padding", e);
        }
    }
}
