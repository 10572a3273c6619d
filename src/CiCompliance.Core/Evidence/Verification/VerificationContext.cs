using System.Text.Json;
using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Keys;
using CiCompliance.Sigstore;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Verification;

/// <summary>The adapters that verification needs.</summary>
public sealed record VerificationServices(ISignatureVerifier Signatures, IObjectSignatureVerifier Objects, IDigestCalculator Digests, ITimestampTokens Timestamps);

/// <summary>What the steps share: the folder, what is expected, and the rows and findings so far.</summary>
internal sealed class VerificationContext(
    EvidenceSnapshot snapshot, TrustStore trust, Expectation expected, VerificationServices services, DateTimeOffset now)
{
    private readonly List<VerifiedRow> rows = [];
    private readonly List<Finding> findings = [];

    public EvidenceSnapshot Snapshot => snapshot;

    public TrustStore Trust => trust;

    public Expectation Expected => expected;

    public VerificationServices Services => services;

    public DateTimeOffset Now => now;

    public IReadOnlyList<VerifiedRow> Rows => rows;

    public IReadOnlyList<Finding> Findings => findings;

    public bool Refused => findings.Exists(finding => finding.Diagnostic.Kind == DiagnosticKind.NotCompliant);

    /// <summary>Set by step 3.</summary>
    public Manifest Manifest { get; set; } = null!;

    /// <summary>Set by step 6: the time before which the seal is proved to have existed, or null where nobody independent says so.</summary>
    public DateTimeOffset? ProvedTime { get; set; }

    public RunIdentity Run => Manifest.Run;

    /// <summary>Names of the outputs in <c>bin/</c>.</summary>
    public IEnumerable<string> Outputs =>
        snapshot.Files.Keys.Where(name => name.StartsWith(EvidencePaths.Outputs + "/", StringComparison.Ordinal))
            .Select(name => name[(EvidencePaths.Outputs.Length + 1)..]);

    public void Recomputed(int step, string id, LocalizedText detail) => rows.Add(new(step, id, Basis.Recomputed, Verdict.Pass, detail));

    public void NotApplicable(int step, string id, LocalizedText detail) => rows.Add(new(step, id, Basis.Recomputed, Verdict.NotApplicable, detail));

    public void Attested(int step, string id, LocalizedText detail) => rows.Add(new(step, id, Basis.Attested, Verdict.NotApplicable, detail));

    /// <summary>Refuses, or leaves undecided where the diagnostic is of that kind.</summary>
    public void Refuse(int step, string id, Diagnostic diagnostic, string origin, LocalizedText what) =>
        Refuse(step, id, new Finding(diagnostic, origin, what, VerificationDiagnostics.AskForAgain));

    public void Refuse(int step, string id, Finding finding)
    {
        findings.Add(finding);
        var refused = finding.Diagnostic.Kind == DiagnosticKind.NotCompliant;
        rows.Add(new(step, id, refused ? Basis.Recomputed : Basis.Undecided, refused ? Verdict.Fail : Verdict.Undecided, finding.What));
    }

    /// <summary>Parses a small file; what its strict format refuses is CIC2215, a missing one CIC2220.</summary>
    public T? Document<T>(int step, string name, Func<byte[], T> parse)
        where T : class
    {
        if (snapshot.Find(name) is not { } file)
        {
            Refuse(step, name, VerificationDiagnostics.Missing, name, new("the file is missing", "文件缺失"));
            return null;
        }

        if (file.Content is null)
        {
            Refuse(step, name, VerificationDiagnostics.TooLarge, name, new($"it has {file.Size} bytes", $"大小为 {file.Size} 字节"));
            return null;
        }

        try
        {
            return parse(file.Content);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            Refuse(step, name, VerificationDiagnostics.BadFormat, name, new($"it does not have its format: {e.Problem().En}", $"格式不正确:{e.Problem().Zh}"));
            return null;
        }
    }
}
