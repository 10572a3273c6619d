using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography;

/// <summary>Makes key pairs with the operating system's random generator.</summary>
public static class KeyGenerator
{
    /// <param name="algorithm">SM2, ECDSA P-256 or Ed25519.</param>
    /// <exception cref="ArgumentException">Another algorithm.</exception>
    public static GeneratedKey Generate(KeyAlgorithm algorithm) =>
        algorithm is KeyAlgorithm.Sm2 or KeyAlgorithm.EcdsaP256 or KeyAlgorithm.Ed25519
            ? new GeneratedKey(KeyMaterial.Generate(algorithm))
            : throw new ArgumentException("only SM2, P-256 and Ed25519 keys are made here", nameof(algorithm));
}
