using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Source;

namespace CiCompliance.Testing;

/// <summary>Hands out keys by the name in the reference, and remembers which were opened.</summary>
public sealed class TestSignerFactory(IReadOnlyDictionary<string, ISigner> keys) : ISignerFactory
{
    public List<string> Opened { get; } = [];

    public ISigner Open(KeyReference reference, KeyAlgorithm algorithm)
    {
        Opened.Add(reference.Key);
        return keys[reference.Key];
    }
}

/// <summary>Gives every object signature the same verdict, and remembers what it was asked.</summary>
public sealed class TestObjectVerifier : IObjectSignatureVerifier
{
    public Verdict Answer { get; set; } = Verdict.Pass;

    public List<byte[]> Payloads { get; } = [];

    public SignatureAssessment Verify(ObjectSignature signature, IReadOnlyList<TrustedKey> committers)
    {
        Payloads.Add(signature.Payload.ToArray());
        return new(Answer, Answer == Verdict.Pass ? null : SourceDiagnostics.BadSignature, [new("key", null)], new("as told", "as told"));
    }
}

/// <summary>A run whose stages have the verdicts given; the others have not run.</summary>
public sealed class TestRunRecord(RunIdentity identity) : IRunRecord
{
    public Dictionary<string, Verdict> Verdicts { get; } = [];

    public RunIdentity Identity => identity;

    public DateTimeOffset StartedAt => DateTimeOffset.UnixEpoch;

    public HostRecord Host { get; init; } = new("none", null, null, null, null, null, "linux", "x64", new string('0', 64));

    public Verdict VerdictOf(string stage) => Verdicts.GetValueOrDefault(stage);
}
