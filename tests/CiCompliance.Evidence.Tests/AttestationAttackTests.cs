using System.Text.Json.Nodes;
using CiCompliance.Attestations;

namespace CiCompliance.Evidence.Tests;

/// <summary>Step 7, and what statements say against what they stand beside.</summary>
public sealed class AttestationAttackTests
{
    private Forgery forgery = null!;

    private static ForgeKeys Keys => EvidenceForge.Shared.Keys;

    private static IReadOnlyList<string> Predicates => Forgery.Predicates;

    [SetUp]
    public void SetUp() => forgery = new Forgery();

    [TearDown]
    public void TearDown() => forgery.Dispose();

    [TestCaseSource(nameof(Predicates))]
    public void Attestation_WhenABundleIsMissing_IsRefused(string predicate)
    {
        var name = EvidencePaths.SigstoreBundle(forgery.Output, predicate);
        File.Delete(forgery.PathOf(name));
        forgery.Assess().Reseal().ShouldBeRefused("CIC2220", name);
    }

    [TestCaseSource(nameof(Predicates))]
    public void Attestation_WhenAnSm2EnvelopeIsMissing_IsRefused(string predicate)
    {
        var name = EvidencePaths.Sm2Envelope(forgery.Output, predicate);
        File.Delete(forgery.PathOf(name));
        forgery.Assess().Reseal().ShouldBeRefused("CIC2220", name);
    }

    [Test]
    public void Attestation_WhenItIsForNoOutput_IsRefused()
    {
        var name = EvidencePaths.SigstoreBundle("other-linux-amd64", "source");
        forgery.Write(name, forgery.Read(EvidencePaths.SigstoreBundle(forgery.Output, "source")));
        forgery.Assess().Reseal().ShouldBeRefused("CIC2240", name);
    }

    [Test]
    public void Attestation_WhenThereIsNoOutput_IsRefused()
    {
        Directory.Delete(forgery.PathOf("bin"), recursive: true);
        Directory.Delete(forgery.PathOf("attestations"), recursive: true);
        forgery.Assess().Reseal().ShouldBeRefused("CIC2240", EvidencePaths.Outputs);
    }

    [Test]
    public void Output_WhenItHasNoAttestation_IsRefused()
    {
        forgery.Write("bin/other-linux-amd64", forgery.Read(EvidencePaths.Output(forgery.Output)));
        forgery.Assess().Reseal().ShouldBeRefused("CIC2220", EvidencePaths.SigstoreBundle("other-linux-amd64", "provenance"));
    }

    [TestCaseSource(nameof(Predicates))]
    public void Attestation_WhenTheSignaturesAreOverDifferentBytes_IsRefused(string predicate)
    {
        var name = EvidencePaths.Sm2Envelope(forgery.Output, predicate);
        var envelope = forgery.Read(name);
        forgery.Resign(predicate, statement => With(statement, "note", "other"));
        forgery.Write(name, envelope);
        forgery.Assess().Reseal().ShouldBeRefused("CIC2241", name);
    }

    [TestCaseSource(nameof(Predicates))]
    public void Attestation_WhenItIsOfAnotherRun_IsRefused(string predicate)
    {
        forgery.Resign(predicate, statement =>
        {
            var body = statement.Predicate.DeepClone().AsObject();
            var holder = predicate == "provenance" ? body["buildDefinition"]!["internalParameters"]! : body;
            holder["run"]!["runId"] = Guid.NewGuid().ToString("D");
            return statement with { Predicate = body };
        });
        forgery.Assess().Reseal().ShouldBeRefused("CIC2242", EvidencePaths.SigstoreBundle(forgery.Output, predicate));
    }

    [TestCaseSource(nameof(Predicates))]
    public void Attestation_WhenItNamesNoRun_IsRefused(string predicate)
    {
        forgery.Resign(predicate, statement => statement with { Predicate = new JsonObject { ["run"] = new JsonArray() } });
        var report = forgery.Assess().Reseal().Verify();
        report.Verdict.ShouldBe(Verdict.Fail);
    }

    [TestCaseSource(nameof(Predicates))]
    public void Attestation_WhenItsSubjectIsAnotherArtifact_IsRefused(string predicate)
    {
        var name = EvidencePaths.SigstoreBundle(forgery.Output, predicate);
        forgery.Resign(predicate, statement => statement with { Subject = [new(forgery.Output, forgery.Digest(EvidencePaths.Report))] });
        forgery.Assess().Reseal().ShouldBeRefused("CIC2243", name);
    }

    [TestCaseSource(nameof(Predicates))]
    public void Attestation_WhenItHasASecondSubject_IsRefused(string predicate)
    {
        var name = EvidencePaths.SigstoreBundle(forgery.Output, predicate);
        forgery.Resign(predicate, statement => statement with { Subject = [.. statement.Subject, new("other", forgery.Digest(EvidencePaths.Report))] });
        forgery.Assess().Reseal().ShouldBeRefused("CIC2243", name);
    }

    [TestCaseSource(nameof(Predicates))]
    public void Attestation_WhenAnUntrustedSm2KeySigns_IsRefused(string predicate)
    {
        forgery.Resign(predicate, statement => statement, sm2: Keys.Stranger);
        forgery.Assess().Reseal().ShouldBeRefused("CIC2226", EvidencePaths.Sm2Envelope(forgery.Output, predicate));
    }

    [TestCaseSource(nameof(Predicates))]
    public void Attestation_WhenAnUntrustedP256KeySigns_IsRefused(string predicate)
    {
        forgery.Resign(predicate, statement => statement, p256: Keys.OtherP256);
        forgery.Assess().Reseal().ShouldBeRefused("CIC2102", EvidencePaths.SigstoreBundle(forgery.Output, predicate));
    }

    [Test]
    public void Attestation_WhenItsEntryIsAnothers_IsRefused()
    {
        var name = EvidencePaths.SigstoreBundle(forgery.Output, "source");
        var other = SigstoreBundle.Parse(forgery.Read(EvidencePaths.SigstoreBundle(forgery.Output, "binary")));
        forgery.Write(name, (SigstoreBundle.Parse(forgery.Read(name)) with { Entry = other.Entry }).ToJson());
        forgery.Assess().Reseal().ShouldBeRefused("CIC2107", name);
    }

    [Test]
    public void Attestation_WhenItIsInAnotherTrustedLog_IsRefused()
    {
        forgery.Trust = forgery.Trust with { Keys = [.. forgery.Trust.Keys, Keys.OtherLog.Trusted] };
        forgery.Log = EvidenceForge.Shared.OtherLogFolder;
        forgery.Resign("source", statement => statement);
        forgery.Log = EvidenceForge.Shared.LogFolder;
        forgery.Assess().Reseal().ShouldBeRefused("CIC2230", EvidencePaths.SigstoreBundle(forgery.Output, "source"));
    }

    [TestCase("source", "commits")]
    [TestCase("dependencies", "modules")]
    [TestCase("dependencies", "treeSize")]
    public void Statement_WhenItContradictsTheRecords_IsRefused(string predicate, string member)
    {
        // It travels without the folder: whoever reads only the attestation must not be told otherwise.
        forgery.Resign(predicate, statement => With(statement, member, 99));
        forgery.Assess().Reseal().ShouldBeRefused("CIC2272", EvidencePaths.SigstoreBundle(forgery.Output, predicate));
    }

    [Test]
    public void Statement_WhenTheSourceStatementHidesABase_IsRefused()
    {
        forgery.Resign("source", statement => With(statement, "base", EvidenceForge.Shared.Source.Commits[0]));
        forgery.Assess().Reseal().ShouldBeRefused("CIC2272", EvidencePaths.SigstoreBundle(forgery.Output, "source"));
    }

    [TestCase("goVersion")]
    [TestCase("commit")]
    [TestCase("repository")]
    public void Provenance_WhenItContradictsTheBinary_IsRefused(string member)
    {
        forgery.Resign("provenance", statement =>
        {
            var body = statement.Predicate.DeepClone().AsObject();
            body["buildDefinition"]![member == "goVersion" ? "internalParameters" : "externalParameters"]![member] = "go1.99.9";
            return statement with { Predicate = body };
        });
        forgery.Assess().Reseal().ShouldBeRefused("CIC2272");
    }

    [TestCase("actor")]
    [TestCase("event")]
    [TestCase("ciRunId")]
    public void Provenance_WhenItNamesAnotherHostThanTheEvidence_IsRefused(string member)
    {
        forgery.Resign("provenance", statement =>
        {
            var body = statement.Predicate.DeepClone().AsObject();
            body["buildDefinition"]!["internalParameters"]!["host"]![member] = "somebody else";
            return statement with { Predicate = body };
        });
        forgery.Assess().Reseal().ShouldBeRefused("CIC2272");
    }

    [TestCase("properties")]
    public void Binary_WhenItsRowsAreNotThoseFound_IsRefused(string member)
    {
        forgery.Resign("binary", statement =>
        {
            var body = statement.Predicate.DeepClone().AsObject();
            body[member]!.AsArray().RemoveAt(0);
            return statement with { Predicate = body };
        });
        forgery.Assess().Reseal().ShouldBeRefused("CIC2271", EvidencePaths.Output(forgery.Output));
    }

    private static Statement With(Statement statement, string member, JsonNode value)
    {
        var body = statement.Predicate.DeepClone().AsObject();
        body[member] = value;
        return statement with { Predicate = body };
    }
}
