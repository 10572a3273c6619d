using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography.Cms;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Cms;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CmsTests : IDisposable
{
    private static readonly byte[] Payload = [.. "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\ncommit\n"u8];
    private static readonly DateTimeOffset Then = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private readonly TempDirectory directory = new();
    private readonly ObjectSignatureVerifier verifier = new();
    private readonly GeneratedKey key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
    private readonly byte[] certificate;
    private readonly ISigner signer;

    public CmsTests()
    {
        using var bare = key.OpenSigner();
        certificate = SelfSignedCertificate.Create(bare, "Dev", Then.AddDays(-1), Then.AddDays(1));
        signer = key.OpenSigner(certificate);
    }

    public void Dispose()
    {
        signer.Dispose();
        key.Dispose();
        directory.Dispose();
    }

    [Test]
    public void Verify_WhenCmsSignerSigned_PassesAndItsTwinsFail()
    {
        var signature = CmsSigner.Sign(signer, Payload, Then);
        var assessment = Verify(signature);
        assessment.Diagnostic.ShouldBeNull();
        assessment.Verdict.ShouldBe(Verdict.Pass);
        assessment.Signers.ShouldBe([new ObjectSigner(key.KeyId, Then)]);

        Code(Verify(signature, [.. Payload, 0])).ShouldBe(SourceDiagnostics.BadSignature);
        Code(verifier.Verify(SignatureFormat.Cms, signature, Payload, [])).ShouldBe(SourceDiagnostics.UnknownKey);
        using var other = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        Code(verifier.Verify(SignatureFormat.Cms, signature, Payload, [Trust() with { PublicKey = other.PublicKey }])).ShouldBe(SourceDiagnostics.UnknownKey);
    }

    [Test]
    public void Verify_WhenPkcs7IdentifiersAreUsed_Passes() => Verify(Armor(Pkcs7())).Verdict.ShouldBe(Verdict.Pass);

    [Test]
    public void Verify_WhenAnyByteIsChanged_NeverPassesOutsideTheCertificate()
    {
        var der = Pkcs7();
        var start = der.AsSpan().IndexOf(certificate);
        for (var i = 0; i < der.Length; i++)
        {
            var twin = der.ToArray();
            twin[i] ^= 1;
            var assessment = Verify(Armor(twin));

            // The trusted key vouches for what it signed: the certificate's other fields, version and digest list are not part of that.
            var isSigned = i > start + certificate.Length || PublicKeyPosition(der) is var position && i >= position && i < position + key.PublicKey.Length;
            if (isSigned)
            {
                assessment.Verdict.ShouldBe(Verdict.Fail, $"byte {i}");
            }
        }
    }

    [Test]
    public void Verify_WhenTruncatedOrExtended_Fails()
    {
        var der = Pkcs7();
        for (var length = 0; length < der.Length; length += 7)
        {
            Verify(Armor(der[..length])).Verdict.ShouldBe(Verdict.Fail);
        }

        Code(Verify(Armor([.. der, 0]))).ShouldBe(SourceDiagnostics.BadSignature);
        Code(Verify([.. Armor(der), .. Armor(der)])).ShouldBe(SourceDiagnostics.BadSignature);
        Code(Verify(Encoding.ASCII.GetBytes("-----BEGIN SIGNED MESSAGE-----\n"))).ShouldBe(SourceDiagnostics.BadSignature);
        Code(Verify([])).ShouldBe(SourceDiagnostics.BadSignature);
        Code(Verify(new byte[1 << 20])).ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public void Verify_WhenTimeIsOutsideTheCertificate_TheKeyWasNotValid()
    {
        Code(Verify(CmsSigner.Sign(signer, Payload, Then.AddDays(2)))).ShouldBe(SourceDiagnostics.ExpiredKey);
        Code(Verify(CmsSigner.Sign(signer, Payload, Then.AddDays(-2)))).ShouldBe(SourceDiagnostics.ExpiredKey);
        Code(Verify(CmsSigner.Sign(signer, Payload, DateTimeOffset.UtcNow.AddYears(30)))).ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public void Verify_WhenTrustStoreRevokesTheKey_SaysSo()
    {
        var signature = CmsSigner.Sign(signer, Payload, Then);
        SignatureAssessment With(TrustedKey trusted) => verifier.Verify(SignatureFormat.Cms, signature, Payload, [trusted]);
        Code(With(Trust() with { Revocation = new KeyRevocation(RevocationReason.Compromised, Then.AddYears(1)) })).ShouldBe(SourceDiagnostics.RevokedKey);
        With(Trust() with { Revocation = new KeyRevocation(RevocationReason.Retired, Then) }).Verdict.ShouldBe(Verdict.Pass);
        Code(With(Trust() with { Revocation = new KeyRevocation(RevocationReason.Retired, Then.AddSeconds(-1)) })).ShouldBe(SourceDiagnostics.RevokedKey);
        Code(With(Trust() with { ValidUntil = Then.AddSeconds(-1) })).ShouldBe(SourceDiagnostics.ExpiredKey);
    }

    [Test]
    public void Verify_WhenThereAreNoSignedAttributes_JudgesTheKeyAsOfNow()
    {
        var direct = Encode(Payload, certificate);
        Code(Verify(Armor(direct))).ShouldBe(SourceDiagnostics.ExpiredKey);
        using var bare = key.OpenSigner();
        var current = SelfSignedCertificate.Create(bare, "Dev", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var assessment = Verify(Armor(Encode(Payload, current)));
        assessment.Verdict.ShouldBe(Verdict.Pass);
        assessment.Signers.ShouldHaveSingleItem().SignedAt.ShouldBeNull();
        Code(Verify(Armor(Encode(Payload, current)), [.. Payload, 0])).ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public void Verify_WhenTheContentIsInside_IsUnsupported() =>
        Code(Verify(Armor(Encode(Payload, certificate, isDetached: false)))).ShouldBe(SourceDiagnostics.UnsupportedSignature);

    [Test]
    public void Verify_WhenCertificateIsMissing_Fails() =>
        Code(Verify(Armor(Encode(Payload, certificate: null)))).ShouldBe(SourceDiagnostics.BadSignature);

    [Test]
    public void Sign_WhenOpensslChecks_TheSignatureOverTheAttributesVerifies()
    {
        var data = SignedData.Parse(Pkcs7());
        var (attributes, signature) = (directory.Combine("attributes"), directory.Combine("signature"));
        File.WriteAllBytes(attributes, data.Signers[0].Attributes!);
        File.WriteAllBytes(signature, data.Signers[0].Signature);
        Peer.Run("openssl", ["dgst", "-sm3", "-verify", directory.Write("pub", key.PublicKeyPem), "-sigopt", "distid:1234567812345678", "-signature", signature, attributes])
            .Text.ShouldContain("Verified OK");
    }

    [Test]
    public void Sign_WhenOpensslReadsTheMessage_FindsTheSigner()
    {
        var text = Peer.Run("openssl", ["cms", "-cmsout", "-print", "-inform", "DER"], input: Pkcs7()).Text;
        text.ShouldContain("sm3");
        text.ShouldContain("signingTime");
    }

    [Test]
    public void Verify_WhenOpensslMadeTheSm2Signature_Passes()
    {
        key.Save(directory.Combine("key"));
        var content = directory.Combine("content");
        File.WriteAllBytes(content, Payload);
        var signature = Peer.Run("openssl", ["dgst", "-sm3", "-sign", directory.Combine("key"), "-sigopt", "distid:1234567812345678", content]).Output;
        using var bare = key.OpenSigner();
        var current = SelfSignedCertificate.Create(bare, "Dev", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Verify(Armor(Encode(Payload, current, signature: signature))).Verdict.ShouldBe(Verdict.Pass);
    }

    [Test]
    public void SelfSignedCertificate_WhenOpensslChecksIt_Verifies()
    {
        using var bare = key.OpenSigner();
        var der = SelfSignedCertificate.Create(bare, "张三", Then, Then.AddYears(40));
        var pem = directory.Write("cert.pem", SelfSignedCertificate.ToPem(der));
        var reader = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var (body, signature) = (directory.Combine("body"), directory.Combine("signature"));
        File.WriteAllBytes(body, reader.ReadEncodedValue().ToArray());
        reader.ReadSequence();
        File.WriteAllBytes(signature, reader.ReadBitString(out _));

        // OpenSSL 3's verify command doesn't carry the user id to a self-signed certificate; this is the same check.
        Peer.Run("openssl", ["dgst", "-sm3", "-verify", directory.Write("pub", key.PublicKeyPem), "-sigopt", "distid:1234567812345678", "-signature", signature, body])
            .Text.ShouldContain("Verified OK");
        var text = Peer.Run("openssl", ["x509", "-in", pem, "-noout", "-text"]).Text;
        text.ShouldContain("Digital Signature");
        text.ShouldContain("Code Signing");
        text.ShouldContain("SM2-with-SM3");
    }

    [Test]
    public void Sign_WhenThereIsNoCertificate_AsksForIt()
    {
        using var bare = key.OpenSigner();
        Should.Throw<CiComplianceException>(() => CmsSigner.Sign(bare, Payload, Then)).Diagnostic.ShouldBe(KeyDiagnostics.ChainNeeded);
    }

    [Test]
    public void Sign_WhenKeyIsNotSm2_Refuses()
    {
        using var p256 = KeyGenerator.Generate(KeyAlgorithm.EcdsaP256);
        using var other = p256.OpenSigner(certificate);
        Should.Throw<CiComplianceException>(() => CmsSigner.Sign(other, Payload, Then)).Diagnostic.ShouldBe(KeyDiagnostics.WrongAlgorithm);
    }

    private static Diagnostic Code(SignatureAssessment assessment)
    {
        assessment.Verdict.ShouldBe(Verdict.Fail);
        return assessment.Diagnostic.ShouldNotBeNull();
    }

    private static byte[] Armor(byte[] der) => Encoding.ASCII.GetBytes(PemEncoding.WriteString("SIGNED MESSAGE", der) + "\n");

    private int PublicKeyPosition(byte[] der) => der.AsSpan().IndexOf(key.PublicKey);

    private byte[] Pkcs7() => CmsSigner.Encode(signer, Payload, Then, CmsOids.Pkcs7SignedData, CmsOids.Pkcs7Data);

    private TrustedKey Trust() => new(key.KeyId, "dev", KeyRole.Committer, KeyAlgorithm.Sm2, key.PublicKey, []);

    private SignatureAssessment Verify(byte[] signature) => Verify(signature, Payload);

    private SignatureAssessment Verify(byte[] signature, byte[] payload) => verifier.Verify(SignatureFormat.Cms, signature, payload, [Trust()]);

    // A message without signed attributes, which CmsSigner never makes.
    private byte[] Encode(byte[] content, byte[]? certificate, bool isDetached = true, byte[]? signature = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(CmsOids.GmSignedData);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                writer.PushSetOf().Dispose();
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(CmsOids.GmData);
                    if (!isDetached)
                    {
                        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                        {
                            writer.WriteOctetString(content);
                        }
                    }
                }

                if (certificate is not null)
                {
                    using (writer.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    {
                        writer.WriteEncodedValue(certificate);
                    }
                }

                var info = CiCompliance.Cryptography.Keys.X509CertificateInfo.TryRead(certificate ?? this.certificate)!;
                using (writer.PushSetOf())
                {
                    WriteSigner(writer, info.Issuer, info.Serial, signature ?? signer.Sign(content));
                }
            }
        }

        return writer.Encode();
    }

    private static void WriteSigner(AsnWriter writer, byte[] issuer, byte[] serial, byte[] signature)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(issuer);
                writer.WriteInteger(serial);
            }

            foreach (var oid in new[] { CmsOids.Sm3, CmsOids.Sm2Signature })
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(oid);
                    writer.WriteNull();
                }
            }

            writer.WriteOctetString(signature);
        }
    }
}
