using System.Security.Cryptography;
using System.Text;
using CiCompliance.Signing;
using CiCompliance.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Testing.Sigstore;

/// <summary>A whole Sigstore instance in memory: Fulcio, certificate log, time-stamping authority, Rekor v1 and v2.</summary>
public sealed class TestSigstore
{
    public const string Identity = "dev@example.cn";
    public const string Issuer = "https://issuer.example.cn";

    /// <summary>When everything is signed: whole seconds, some days ago.</summary>
    public static readonly DateTimeOffset SignedAt = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(-5).ToUnixTimeSeconds());

    public static readonly byte[] Artifact = "an artefact\n"u8.ToArray();

    private static readonly DateTimeOffset Start = SignedAt.AddDays(-30);

    public TestFulcio Fulcio { get; } = new(Start);

    public TestTimestampAuthority Tsa { get; } = new(Start);

    public TestRekor Rekor1 { get; } = new("rekor1.test", new EcdsaTestSigner(), isV2: false, Start);

    public TestRekor Rekor2 { get; } = new("rekor2.test", Ed25519Fixture.Random(), isV2: true, Start);

    public TrustedRoot Root => new([Rekor1.Trusted, Rekor2.Trusted], [Fulcio.CertificateLog], [Fulcio.Trusted], [Tsa.Trusted]);

    public static byte[] Statement { get; } = Encoding.UTF8.GetBytes(
        $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"{{{Convert.ToHexStringLower(SHA256.HashData(Artifact))}}}"}}],"predicateType":"https://example.cn/p","predicate":{}}""");

    public static SignedContent.Message Message(ECDsa key) => new(
        new MessageDigest("SHA2_256", SHA256.HashData(Artifact)), key.SignData(Artifact, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    public static SignedContent.Dsse Envelope(ECDsa key, byte[]? statement = null, string type = DsseEnvelope.InTotoPayloadType) => new(
        type, statement ?? Statement,
        key.SignData(DsseEnvelope.PreAuthenticationEncoding(type, statement ?? Statement), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    public IssuedCertificate Issue(Func<CertificateWish, CertificateWish>? change = null)
    {
        var wish = new CertificateWish(SignedAt.AddMinutes(-1));
        return Fulcio.Issue(change?.Invoke(wish) ?? wish);
    }

    /// <summary>v0.3, Rekor v1, time by the log.</summary>
    public Bundle SignV1(IssuedCertificate signer, SignedContent content, DateTimeOffset? time = null) => new(
        BundleVersion.V03, new SigningMaterial.Certificates([signer.Der]), content, [LogV1(content, new EntrySigner(signer.Der, true), time)], []);

    /// <summary>v0.3, Rekor v2, time by the authority.</summary>
    public Bundle SignV2(IssuedCertificate signer, SignedContent content, DateTimeOffset? time = null, Func<Checkpoint, string>? seal = null) => new(
        BundleVersion.V03, new SigningMaterial.Certificates([signer.Der]), content,
        [LogV2(content, new EntrySigner(signer.Der, true), seal)], [Tsa.Stamp(content.Signature, time ?? SignedAt)]);

    /// <summary>v0.3 with a managed key, Rekor v1.</summary>
    public Bundle SignWithKey(ECDsa key, SignedContent content) => new(
        BundleVersion.V03, new SigningMaterial.Key("hint"), content, [LogV1(content, new EntrySigner(key.ExportSubjectPublicKeyInfo(), false))], []);

    public LoggedEntry LogV1(SignedContent content, EntrySigner signer, DateTimeOffset? time = null) => content switch
    {
        SignedContent.Dsse dsse => Rekor1.Log("dsse", "0.0.1", EntryBodies.Dsse(dsse.Payload, dsse.Signature, signer), time ?? SignedAt),
        _ => Rekor1.Log("hashedrekord", "0.0.1", EntryBodies.HashedRekord(SHA256.HashData(Artifact), content.Signature, signer), time ?? SignedAt),
    };

    public LoggedEntry LogV2(SignedContent content, EntrySigner signer, Func<Checkpoint, string>? seal = null) => Rekor2.Log("hashedrekord", "0.0.2",
        EntryBodies.HashedRekord2(SHA256.HashData(content is SignedContent.Dsse dsse ? dsse.SignedBytes : Artifact), content.Signature, signer), SignedAt, seal);
}
