using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Cryptography.Tests;

public sealed class CosignatureTests
{
    // What litewitness (torchwood 0.9.0) answered for this checkpoint.
    private const string WitnessKey = "MCowBQYDK2VwAyEAfko4CH7hu/EjcN9jboDhe4HLau2zUo7VzFZdrtxXwzM=";
    private const string Line = "\u2014 witness.example/w1 TzkR/gAAAABrB49KUBTtTJwt5FCqHzxBvBQg1RxF9cZtQaPULboaTjufzUX9et4JVsTLn4NsuhlpseC+7KEF2D0lZ4K5nH4MzRQGBQ==";

    private static readonly SignatureVerifier Verifier = new();

    private static readonly byte[] Root = MerkleProof.LeafHash([0]);

    private static TrustedKey Witness => new(
        new string('0', 64), "witness.example/w1", KeyRole.Witness, KeyAlgorithm.Ed25519, Convert.FromBase64String(WitnessKey), []);

    private static Checkpoint Cosigned => new("rekor.local", 1, Root, [NoteSignature.Parse(Line)]);

    [Test]
    public void Verify_WhenARealWitnessSigned_Passes() => Cosignature.Verify(Cosigned, Witness, Verifier).ShouldBe(Verdict.Pass);

    [Test]
    public void Verify_WhenAnythingDiffers_Fails()
    {
        var later = Cosigned.Signatures[0];
        later.Signature[7] ^= 1;

        Cosignature.Verify(Cosigned with { Size = 2 }, Witness, Verifier).ShouldBe(Verdict.Fail);
        Cosignature.Verify(Cosigned with { Origin = "rekor.local - 1" }, Witness, Verifier).ShouldBe(Verdict.Fail);
        Cosignature.Verify(Cosigned with { Signatures = [later] }, Witness, Verifier).ShouldBe(Verdict.Fail);
        Cosignature.Verify(Cosigned, Witness with { Name = "witness.example/w2" }, Verifier).ShouldBe(Verdict.Fail);
        Cosignature.Verify(Cosigned with { Signatures = [.. Cosigned.Signatures, .. Cosigned.Signatures] }, Witness, Verifier).ShouldBe(Verdict.Fail);
        Cosignature.Verify(Cosigned with { Signatures = [] }, Witness, Verifier).ShouldBe(Verdict.Fail);
    }

    [Test]
    public void Verify_WhenItIsThePlainSignatureOfANote_Fails()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Ed25519).OpenSigner();
        var trusted = new TrustedKey(key.KeyId, "w", KeyRole.Witness, key.Algorithm, key.PublicKey, []);

        Cosignature.Verify((Cosigned with { Signatures = [] }).Cosign("w", key), trusted, Verifier).ShouldBe(Verdict.Fail);
    }

    [TestCase(KeyAlgorithm.Ed25519)]
    [TestCase(KeyAlgorithm.Sm2)]
    [TestCase(KeyAlgorithm.EcdsaP256)]
    public void Sign_GivesWhatVerifies(KeyAlgorithm algorithm)
    {
        using var key = KeyGenerator.Generate(algorithm).OpenSigner();
        var trusted = new TrustedKey(key.KeyId, "w", KeyRole.Witness, algorithm, key.PublicKey, []);
        var line = Cosignature.Sign(Cosigned, "w", key, DateTimeOffset.UnixEpoch.AddYears(60));
        var cosigned = Cosigned with { Signatures = [.. Cosigned.Signatures, NoteSignature.Parse(line.ToString().TrimEnd('\n'))] };

        Cosignature.Verify(cosigned, trusted, Verifier).ShouldBe(Verdict.Pass);
        new WitnessPolicy(2, [Witness, trusted]).Verify(cosigned, Verifier).ShouldBe(Verdict.Pass);
        new WitnessPolicy(3, [Witness, trusted]).Verify(cosigned, Verifier).ShouldBe(Verdict.Fail);
        Cosignature.Verify(cosigned with { Size = 2 }, trusted, Verifier).ShouldBe(Verdict.Fail);
    }
}
