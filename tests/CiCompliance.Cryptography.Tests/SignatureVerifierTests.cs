using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests;

public sealed class SignatureVerifierTests
{
    private static readonly byte[] Message = TestVectors.Read("sm2", "message.bin");
    private static readonly byte[] Sm2Key = Pem("signer.pub.pem");

    private readonly SignatureVerifier verifier = new();

    [TestCase("sig-openssl.der", Verdict.Pass)]
    [TestCase("sig-bouncycastle.der", Verdict.Pass)]
    [TestCase("sig-openssl.raw64.bin", Verdict.Fail, Description = "the PKCS#11 form is not DER")]
    [TestCase("sig-empty-id.der", Verdict.Fail)]
    [TestCase("sig-other-id.der", Verdict.Fail)]
    [TestCase("sig-other-key.der", Verdict.Fail)]
    [TestCase("sig-tampered.der", Verdict.Fail)]
    [TestCase("sig-trailing-bytes.der", Verdict.Fail)]
    [TestCase("sig-nonminimal-der.der", Verdict.Fail)]
    [TestCase("sig-zero.der", Verdict.Fail)]
    [TestCase("sig-r-plus-n.der", Verdict.Fail)]
    public void Verify_WhenSm2VectorIsGiven_DecidesAsItsReadmeSays(string file, Verdict expected) =>
        verifier.Verify(KeyAlgorithm.Sm2, Sm2Key, Message, TestVectors.Read("sm2", file)).ShouldBe(expected);

    [Test]
    public void Verify_WhenExampleOfGbt32918IsGiven_Passes()
    {
        using var document = JsonDocument.Parse(TestVectors.Read("sm2", "vectors.json"));
        var vector = document.RootElement.GetProperty("sm2_gbt32918_5");
        string Text(string name) => vector.GetProperty(name).GetString()!;
        var key = PublicKeyInfo.Encode(KeyAlgorithm.Sm2, Convert.FromHexString("04" + Text("x") + Text("y")));
        verifier.Verify(KeyAlgorithm.Sm2, key, Encoding.ASCII.GetBytes(Text("message_ascii")), Convert.FromHexString(Text("der"))).ShouldBe(Verdict.Pass);
    }

    [TestCase("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        Description = "RFC 8032 §7.1 test 2")]
    public void Verify_WhenEd25519VectorIsGiven_PassesAndItsTwinsFail(string key, string message, string signature)
    {
        var publicKey = PublicKeyInfo.Encode(KeyAlgorithm.Ed25519, Convert.FromHexString(key));
        var bytes = Convert.FromHexString(signature);
        verifier.Verify(KeyAlgorithm.Ed25519, publicKey, Convert.FromHexString(message), bytes).ShouldBe(Verdict.Pass);
        verifier.Verify(KeyAlgorithm.Ed25519, publicKey, [0x73], bytes).ShouldBe(Verdict.Fail);
        foreach (var twin in Twins(bytes))
        {
            verifier.Verify(KeyAlgorithm.Ed25519, publicKey, Convert.FromHexString(message), twin).ShouldBe(Verdict.Fail);
        }
    }

    [TestCase(KeyAlgorithm.Sm2)]
    [TestCase(KeyAlgorithm.EcdsaP256)]
    [TestCase(KeyAlgorithm.Ed25519)]
    public void Verify_WhenSignatureOrKeyIsChangedAnywhere_Fails(KeyAlgorithm algorithm)
    {
        using var key = KeyGenerator.Generate(algorithm);
        using var signer = key.OpenSigner();
        var signature = signer.Sign(Message);
        verifier.Verify(algorithm, key.PublicKey, Message, signature).ShouldBe(Verdict.Pass);
        foreach (var twin in Twins(signature))
        {
            verifier.Verify(algorithm, key.PublicKey, Message, twin).ShouldBe(Verdict.Fail, Convert.ToHexString(twin));
        }

        foreach (var twin in Twins(key.PublicKey))
        {
            verifier.Verify(algorithm, twin, Message, signature).ShouldBe(Verdict.Fail, Convert.ToHexString(twin));
        }
    }

    [Test]
    public void Verify_WhenSignatureIsOfAnotherAlgorithm_Fails()
    {
        foreach (var algorithm in Enum.GetValues<KeyAlgorithm>().Where(algorithm => algorithm != KeyAlgorithm.Sm2))
        {
            verifier.Verify(algorithm, Sm2Key, Message, TestVectors.Read("sm2", "sig-openssl.der")).ShouldBe(Verdict.Fail);
        }
    }

    [Test]
    public void Verify_WhenP256SignatureIsNotMinimalDer_Fails()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var raw = ecdsa.SignData(Message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        byte[] padded = [0x30, 0x46, 0x02, 0x21, 0x00, .. raw.AsSpan(0, 32), 0x02, 0x21, 0x00, .. raw.AsSpan(32)];
        var isMinimal = raw[0] >= 0x80 && raw[32] >= 0x80;
        verifier.Verify(KeyAlgorithm.EcdsaP256, ecdsa.ExportSubjectPublicKeyInfo(), Message, padded).ShouldBe(isMinimal ? Verdict.Pass : Verdict.Fail);
        byte[] longLength = [0x30, 0x81, .. ecdsa.SignData(Message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence).AsSpan(1)];
        verifier.Verify(KeyAlgorithm.EcdsaP256, ecdsa.ExportSubjectPublicKeyInfo(), Message, longLength).ShouldBe(Verdict.Fail);
    }

    // CVE-2024-29857: such a key costs BouncyCastle seconds, so it may not even see it.
    [TestCase(KeyAlgorithm.Sm2)]
    [TestCase(KeyAlgorithm.EcdsaP256)]
    [TestCase(KeyAlgorithm.Ed25519)]
    [TestCase(KeyAlgorithm.OpenPgp)]
    public void Verify_WhenKeyHasExplicitCurveParameters_Fails(KeyAlgorithm algorithm)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var named = ecdsa.ExportParameters(includePrivateParameters: false);
        var curve = ecdsa.ExportExplicitParameters(includePrivateParameters: false).Curve;
        using var explicitly = ECDsa.Create(new ECParameters { Curve = curve, Q = named.Q });
        var signature = ecdsa.SignData(Message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        verifier.Verify(algorithm, explicitly.ExportSubjectPublicKeyInfo(), Message, signature).ShouldBe(Verdict.Fail);
        PublicKeyInfo.AlgorithmOf(explicitly.ExportSubjectPublicKeyInfo()).ShouldBe(KeyAlgorithm.None);
    }

    [Test]
    public void AlgorithmOf_WhenKeyIsNamed_TellsIt()
    {
        PublicKeyInfo.AlgorithmOf(Sm2Key).ShouldBe(KeyAlgorithm.Sm2);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PublicKeyInfo.AlgorithmOf(ecdsa.ExportSubjectPublicKeyInfo()).ShouldBe(KeyAlgorithm.EcdsaP256);
        PublicKeyInfo.AlgorithmOf(PublicKeyInfo.Encode(KeyAlgorithm.Ed25519, new byte[32])).ShouldBe(KeyAlgorithm.Ed25519);
        using var rsa = RSA.Create(2048);
        PublicKeyInfo.AlgorithmOf(rsa.ExportSubjectPublicKeyInfo()).ShouldBe(KeyAlgorithm.Rsa);
    }

    // These sign commits only, and ObjectSignatureVerifier is for those.
    [Test]
    public void Verify_WhenKeyIsACommittersOnly_Fails()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        verifier.Verify(KeyAlgorithm.EcdsaP384, p384.ExportSubjectPublicKeyInfo(), Message,
            p384.SignData(Message, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence)).ShouldBe(Verdict.Fail);
        using var rsa = RSA.Create(2048);
        verifier.Verify(KeyAlgorithm.Rsa, rsa.ExportSubjectPublicKeyInfo(), Message, rsa.SignData(Message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)).ShouldBe(Verdict.Fail);
    }

    internal static IEnumerable<byte[]> Twins(byte[] good)
    {
        yield return [];
        yield return good[..^1];
        yield return [.. good, 0];
        yield return [0, .. good];
        for (var i = 0; i < good.Length; i++)
        {
            var twin = good.ToArray();
            twin[i] ^= 1;
            yield return twin;
        }
    }

    private static byte[] Pem(string file)
    {
        var text = File.ReadAllText(TestVectors.PathOf("sm2", file));
        return Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]);
    }
}
