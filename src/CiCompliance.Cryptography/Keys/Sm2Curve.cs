using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace CiCompliance.Cryptography.Keys;

/// <summary>The SM2 curve of GB/T 32918.5 and the standard's user id.</summary>
internal static class Sm2Curve
{
    public const string Oid = "1.2.156.10197.1.301";

    /// <summary>GB/T 35276 §10; OpenSSL before 4.0 defaults to an empty id, such signatures are refused.</summary>
    private static readonly byte[] UserId = [.. "1234567812345678"u8];

    public static readonly ECDomainParameters Domain = CreateDomain();

    /// <summary>The operating system's generator.</summary>
    public static readonly SecureRandom Random = new(new CryptoApiRandomGenerator());

    /// <exception cref="ArgumentException">The point is not on the curve.</exception>
    public static ECPublicKeyParameters PublicKey(ReadOnlySpan<byte> point) => new(Domain.Curve.DecodePoint(point.ToArray()), Domain);

    /// <summary>A signer for one key; reusable after Reset() only.</summary>
    public static SM2Signer Signer(ECPrivateKeyParameters key) => Initialized(true, new ParametersWithRandom(key, Random));

    public static SM2Signer Verifier(ECPublicKeyParameters key) => Initialized(false, key);

    private static SM2Signer Initialized(bool signing, Org.BouncyCastle.Crypto.ICipherParameters key)
    {
        var signer = new SM2Signer(new SM3Digest());
        signer.Init(signing, new ParametersWithID(key, UserId));
        return signer;
    }

    private static ECDomainParameters CreateDomain()
    {
        // The same curve as GMNamedCurves gives, with arithmetic made for it: many times faster.
        var curve = CustomNamedCurves.GetByOid(GMObjectIdentifiers.sm2p256v1);
        return new ECDomainParameters(curve.Curve, curve.G, curve.N, curve.H);
    }
}
