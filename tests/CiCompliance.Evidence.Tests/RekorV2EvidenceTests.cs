using CiCompliance.Cryptography;
using System.Net;
using CiCompliance.Pipeline;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>Whole runs whose log is a Rekor v2 server: it proves no time, so keys must be valid now.</summary>
public sealed class RekorV2EvidenceTests
{
    private StubRekorV2 server = null!;
    private EvidenceForge forge = null!;

    [OneTimeSetUp]
    public void Run()
    {
        server = new StubRekorV2(Ed25519Fixture.Random());
        forge = new EvidenceForge($"{{ kind: external, url: \"{server.Url}\", api: v2 }}", server.Trusted with { Independent = true });
    }

    [OneTimeTearDown]
    public void End()
    {
        forge.Dispose();
        server.Dispose();
    }

    [Test]
    public void Verify_WhenTheLogIsRekorV2_Passes()
    {
        var report = forge.Verify(new Expectation(EvidenceForge.Repository, forge.Commit, null));

        report.Verdict.ShouldBe(Verdict.Pass, string.Join("\n", report.Findings.Select(finding => finding.What.En)));
        report.Rows.Single(row => row.Id == "time").Detail.En.ShouldContain("nobody independent proves the time");
        report.Rows.Single(row => row.Id == "log.sm2").Detail.En.ShouldContain(StubRekorV2.Origin + "+sm2");
    }

    [Test]
    public void Verify_WhenAWitnessIsWanted_DoesNotCountTheLogItself()
    {
        var refused = forge.Verify(new Expectation(EvidenceForge.Repository, forge.Commit, null) { Witnesses = 1 }).Findings.ShouldHaveSingleItem();

        refused.Diagnostic.ShouldBe(VerificationDiagnostics.Cosignature);
        refused.Origin.ShouldBe(EvidencePaths.Checkpoint);
        refused.What.En.ShouldEndWith("verified: none");
    }

    [TestCase(KeyRole.EvidenceSm2)]
    [TestCase(KeyRole.EvidenceP256)]
    [TestCase(KeyRole.Log)]
    public void Verify_WhenAKeyIsNotValidAnyMore_IsUndecided(KeyRole role)
    {
        var trust = Change(role, key => key with { ValidUntil = DateTimeOffset.UtcNow.AddMinutes(-1) });

        var report = Verify(trust);

        report.Verdict.ShouldBe(Verdict.Undecided);
        report.Findings.ShouldAllBe(finding => finding.Diagnostic == VerificationDiagnostics.TimeUnproved);
    }

    [TestCase(KeyRole.EvidenceSm2)]
    [TestCase(KeyRole.EvidenceP256)]
    public void Verify_WhenAKeyIsCompromised_Refuses(KeyRole role) =>
        Verify(Change(role, key => key with { Revocation = new(RevocationReason.Compromised, DateTimeOffset.UtcNow.AddMinutes(1)) })).Verdict.ShouldBe(Verdict.Fail);

    [Test]
    public void Verify_WhenTheLogIsNotTrusted_Refuses() =>
        Verify(Change(KeyRole.Log, _ => server.Trusted with { Name = "other.example.test" })).Verdict.ShouldBe(Verdict.Fail);

    private TrustStore Change(KeyRole role, Func<TrustedKey, TrustedKey> change) =>
        forge.Trust with { Keys = [.. forge.Trust.Keys.Select(key => key.Role == role ? change(key) : key)] };

    private VerificationReport Verify(TrustStore trust) =>
        new EvidenceVerifier(new VerificationServices(forge.Signatures, forge.Objects, forge.Digests, new TimestampTokens()), TimeProvider.System)
            .Verify(forge.Evidence, trust, forge.TrustFile, new Expectation(EvidenceForge.Repository, forge.Commit, null), CancellationToken.None);
}

/// <summary>A whole run without its log: nothing that could be taken for verified evidence, until it is resumed.</summary>
public sealed class PendingEvidenceTests
{
    [Test]
    public void Run_WhoseLogIsDown_IsRefusedUntilItIsResumed()
    {
        var isDown = true;
        using var server = new StubRekorV2(Ed25519Fixture.Random()) { Fail = _ => isDown ? (HttpStatusCode.ServiceUnavailable, "0") : null };
        using var forge = new EvidenceForge($"{{ kind: external, url: \"{server.Url}\", api: v2, offline: allowed }}", server.Trusted, mayFail: true);

        forge.Results.Where(result => result.Verdict is not (Verdict.Pass or Verdict.NotApplicable)).Select(result => $"{result.Stage} {result.Verdict}")
            .ShouldBe(["record Undecided", "seal Undecided"]);
        PipelineRunner.ExitCodeOf(forge.Results).ShouldBe(ExitCode.Undecided);
        File.ReadAllText(Path.Combine(forge.Evidence, EvidencePaths.Summary)).ShouldContain("Could not decide");
        File.ReadAllText(Path.Combine(forge.Evidence, EvidencePaths.Report)).ShouldContain("waits to be recorded");
        forge.Verify().Verdict.ShouldBe(Verdict.Fail);

        var again = forge.Resume();
        PipelineRunner.ExitCodeOf(again).ShouldBe(ExitCode.Undecided);
        forge.Verify().Verdict.ShouldBe(Verdict.Fail);

        isDown = false;
        var resumed = forge.Resume();

        PipelineRunner.ExitCodeOf(resumed).ShouldBe(ExitCode.Compliant);
        forge.Verify().Verdict.ShouldBe(Verdict.Pass);
        File.Exists(Path.Combine(forge.Evidence, EvidencePaths.Pending)).ShouldBeFalse();
    }

    [Test]
    public void Run_WhoseEvidenceWasChangedMeanwhile_IsNotResumed()
    {
        var isDown = true;
        using var server = new StubRekorV2(Ed25519Fixture.Random()) { Fail = _ => isDown ? (HttpStatusCode.ServiceUnavailable, "0") : null };
        using var forge = new EvidenceForge($"{{ kind: external, url: \"{server.Url}\", api: v2, offline: allowed }}", server.Trusted, mayFail: true);
        isDown = false;

        // The verdicts of the stages before, which no statement holds.
        var path = Path.Combine(forge.Evidence, EvidencePaths.Evidence);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"durationMilliseconds\":", "\"durationMilliseconds\":1", StringComparison.Ordinal));
        var resumed = forge.Resume();

        resumed[0].Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(LogDiagnostics.PendingChanged);
        PipelineRunner.ExitCodeOf(resumed).ShouldBe(ExitCode.NotCompliant);
        server.Size.ShouldBe(0);
        forge.Verify().Verdict.ShouldBe(Verdict.Fail);
    }
}
