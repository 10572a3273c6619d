using CiCompliance.Attestations;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>A whole run in the real Rekor v2 server, its checkpoint co-signed by a real witness and its signatures stamped by openssl.</summary>
[Category(Peers.Category)]
public sealed class WitnessedEvidencePeerTests
{
    private RekorV2Server server = null!;
    private LiteWitness witness = null!;
    private OpensslTsa tsa = null!;
    private EvidenceForge forge = null!;

    [OneTimeSetUp]
    public void Run()
    {
        server = new RekorV2Server(KeyAlgorithm.Ed25519);
        witness = new LiteWitness();
        witness.AddLog(RekorV2Server.Origin, server.Trusted);
        tsa = new OpensslTsa("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072");
        forge = new EvidenceForge(
            $"{{ kind: external, url: \"{server.Url}\", api: v2, tiles: \"{server.TilesUrl}\", witnesses: [\"{witness.Url}\"], cosignatures: 1, timestamp-authority: \"{tsa.Url}\" }}",
            server.Trusted, mayFail: false, witness.Trusted, tsa.Trusted(KeyAlgorithm.Rsa));
    }

    [OneTimeTearDown]
    public void End()
    {
        forge?.Dispose();
        tsa?.Dispose();
        witness?.Dispose();
        server?.Dispose();
    }

    [Test]
    public void Verify_CountsTheWitnessAndTakesTheTimeFromTheAuthority()
    {
        var report = forge.Verify(Expected with { Commit = forge.Commit, Witnesses = 1 });

        foreach (var row in report.Rows)
        {
            TestContext.Out.WriteLine($"{row.Step,2} {row.Id} {row.Verdict}: {row.Detail.En}");
        }

        report.Verdict.ShouldBe(Verdict.Pass, string.Join("\n", report.Findings.Select(finding => finding.What.En)));
        report.Rows.Single(row => row.Id == "log.witnesses").Detail.En.ShouldContain(LiteWitness.Name);
        report.Rows.Single(row => row.Id == "time").Detail.En.ShouldContain("'test tsa' stamped the seal");
    }

    [Test]
    public void Verify_WhenTheSignersKeysHaveExpiredSince_PassesByTheStampAlone()
    {
        var soon = DateTimeOffset.UtcNow.AddMinutes(-1);
        var stampedAt = DateTimeOffset.UtcNow.AddHours(-1);
        var expired = Change(key => key.Role is KeyRole.EvidenceP256 or KeyRole.EvidenceSm2, key => key with { Revocation = new(RevocationReason.Retired, DateTimeOffset.UtcNow) });

        Verify(expired).Verdict.ShouldBe(Verdict.Pass);
        Verify(Without(expired, KeyRole.Tsa)).Findings.ShouldAllBe(finding => finding.Diagnostic == VerificationDiagnostics.TimeUnproved);
        Verify(Change(expired, key => key.Role == KeyRole.Tsa, key => key with { Independent = false })).Verdict.ShouldBe(Verdict.Undecided);
        Verify(Change(expired, key => key.Role == KeyRole.Tsa, key => key with { ValidUntil = stampedAt })).Verdict.ShouldBe(Verdict.Undecided);
        Verify(Change(expired, key => key.Role == KeyRole.Tsa, key => key with { Revocation = new(RevocationReason.Compromised, soon) })).Verdict.ShouldBe(Verdict.Undecided);
    }

    [Test]
    public void Verify_WhenAKeyWasCompromisedBeforeTheStamp_Refuses() =>
        Verify(Change(key => key.Role == KeyRole.EvidenceP256, key => key with { Revocation = new(RevocationReason.Compromised, DateTimeOffset.UtcNow.AddHours(-1)) }))
            .Verdict.ShouldBe(Verdict.Fail);

    [Test]
    public void Verify_WhenTheWitnessIsNotTrusted_Refuses() =>
        Verify(Without(forge.Trust, KeyRole.Witness)).Findings.ShouldContain(finding => finding.Diagnostic == VerificationDiagnostics.Cosignature);

    [Test]
    public void OpensslTs_VerifiesTheStampsOfEveryBundle()
    {
        using var temp = new TempDirectory();
        File.WriteAllBytes(temp.Combine("tsa.crt"), tsa.CertificatePem);
        var bundles = Directory.GetFiles(forge.Evidence, "*.sigstore.json", SearchOption.AllDirectories);
        bundles.Length.ShouldBe(5);
        foreach (var path in bundles)
        {
            var bundle = SigstoreBundle.Parse(File.ReadAllBytes(path));
            File.WriteAllBytes(temp.Combine("signature"), bundle.Content.Signature);
            File.WriteAllBytes(temp.Combine("stamp"), bundle.Timestamps.ShouldHaveSingleItem());

            PeerTranscript.Run("openssl", ["ts", "-verify", "-data", temp.Combine("signature"), "-in", temp.Combine("stamp"), "-CAfile", temp.Combine("tsa.crt")]).ExitCode.ShouldBe(0);
        }
    }

    private static Expectation Expected => new(EvidenceForge.Repository, null, null);

    private TrustStore Change(Func<TrustedKey, bool> which, Func<TrustedKey, TrustedKey> change) => Change(forge.Trust, which, change);

    private static TrustStore Change(TrustStore trust, Func<TrustedKey, bool> which, Func<TrustedKey, TrustedKey> change) =>
        trust with { Keys = [.. trust.Keys.Select(key => which(key) ? change(key) : key)] };

    private static TrustStore Without(TrustStore trust, KeyRole role) => trust with { Keys = [.. trust.Keys.Where(key => key.Role != role)] };

    private VerificationReport Verify(TrustStore trust) => new EvidenceVerifier(
        new VerificationServices(forge.Signatures, forge.Objects, forge.Digests, new CiCompliance.Cryptography.TimestampTokens()), TimeProvider.System)
        .Verify(forge.Evidence, trust, forge.TrustFile, Expected with { Commit = forge.Commit }, CancellationToken.None);
}
