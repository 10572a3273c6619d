using CiCompliance.Diagnostics;
using CiCompliance.Source;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>Good signatures of every kind, where or when they don't belong.</summary>
public sealed class ReplayTests
{
    private readonly Specimens makers = new();
    private IReadOnlyList<Specimen> specimens = [];

    [OneTimeSetUp]
    public void MakeAll() => specimens = makers.MakeAll();

    [OneTimeTearDown]
    public void Dispose() => makers.Dispose();

    [Test]
    public void Verify_WhenItIsAnotherObjectsOrAnotherKeys_Fails()
    {
        foreach (var specimen in specimens)
        {
            Code(specimen, CommitObject.Parse(Specimen.Commit(specimen.Armour)).ReadSignature()).ShouldBeNull(specimen.Kind);
            Code(specimen, CommitObject.Parse(Specimen.Commit(specimen.Tag)).ReadSignature()).ShouldBe("CIC1003", specimen.Kind);
            Code(specimen, TagObject.Parse((byte[])[.. Specimen.TagPayload, .. specimen.Armour]).ReadSignature()).ShouldBe("CIC1003", specimen.Kind);
            Code(specimen, CommitObject.Parse(Specimen.Commit(specimen.Foreign)).ReadSignature()).ShouldBe("CIC1002", specimen.Kind);
        }
    }

    [Test]
    public void Verify_WhenTheSignersClockIsAhead_ToleratesTenMinutes()
    {
        foreach (var specimen in specimens)
        {
            var signature = CommitObject.Parse(Specimen.Commit(specimen.Armour)).ReadSignature();
            var signedAt = new ObjectSignatureVerifier().Verify(signature, [specimen.Key.Trusted]).Signers.ShouldHaveSingleItem().SignedAt!.Value;
            Code(specimen, signature, signedAt.AddMinutes(-10)).ShouldBeNull(specimen.Kind);
            Code(specimen, signature, signedAt.AddMinutes(-10).AddSeconds(-1)).ShouldBe("CIC1003", specimen.Kind);
        }
    }

    private static string? Code(Specimen specimen, ObjectSignature signature, DateTimeOffset? now = null)
    {
        var verifier = new ObjectSignatureVerifier(now is { } time ? new StandingClock(time) : TimeProvider.System);
        var assessment = verifier.Verify(signature, [specimen.Key.Trusted]);
        assessment.Verdict.ShouldBe(assessment.Diagnostic is null ? Verdict.Pass : Verdict.Fail);
        return assessment.Diagnostic?.Code;
    }

    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
