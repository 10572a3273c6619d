using System.Text.Json;
using CiCompliance.Keys;

namespace CiCompliance.Evidence.Verification;

/// <summary>
/// <c>verify evidence</c>: judges an evidence folder offline, against the auditor's own trust store and expectation, in the twelve steps of
/// docs/evidence-format.md. Nothing in the folder is believed before the seal over it is verified.
/// </summary>
public sealed class EvidenceVerifier(VerificationServices services, TimeProvider clock)
{
    /// <param name="trustFile">Where <paramref name="trust"/> was read from: not in the folder.</param>
    /// <exception cref="CiComplianceException">Nothing is expected, or the folder can't be read or holds links or special files.</exception>
    public VerificationReport Verify(
        string directory, TrustStore trust, string trustFile, Expectation expected, CancellationToken cancellationToken)
    {
        ExpectationStep.Demand(directory, trustFile, expected);
        using var snapshot = EvidenceSnapshot.Open(directory, services.Digests, cancellationToken);
        var context = new VerificationContext(snapshot, trust, expected, services, clock.GetUtcNow());
        try
        {
            Run(context, cancellationToken);
        }
        catch (IOException e)
        {
            context.Refuse(2, "stable", VerificationDiagnostics.ChangedMeanwhile, directory, new($"a file could not be read again: {e.Message}", $"文件无法再次读取:{e.Message}"));
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException or OverflowException
            or InvalidDataException or AggregateException)
        {
            // What no step foresaw: hostile values must end in a refusal, never in a crash.
            context.Refuse(2, "format", VerificationDiagnostics.BadFormat, directory, new($"a file does not have its format: {e.Problem().En}", $"文件格式不正确:{e.Problem().Zh}"));
        }

        foreach (var name in snapshot.ChangedSince())
        {
            context.Refuse(2, "stable", VerificationDiagnostics.ChangedMeanwhile, name, new("it was written to during verification", "验证期间被写入"));
        }

        return new VerificationReport([.. context.Rows.OrderBy(row => row.Step)], context.Findings);
    }

    /// <summary>What <see cref="Verify"/> begins with; needs neither the folder nor the keys.</summary>
    /// <exception cref="CiComplianceException">Nothing is expected (CIC2210), or the trust store lies in the folder (CIC2211).</exception>
    public static void Demand(string directory, string trustFile, Expectation expected) => ExpectationStep.Demand(directory, trustFile, expected);

    private static void Run(VerificationContext context, CancellationToken cancellationToken)
    {
        ManifestStep.Verify(context);
        if (context.Refused || SealStep.Verify(context) is not { } seal)
        {
            return;
        }

        // From here on the folder is what its signers sealed: every later step runs, so that an auditor sees all that is wrong with it.
        ExpectationStep.Verify(context);
        var kept = CheckpointStep.Verify(context, seal);
        var statements = AttestationStep.Verify(context, seal, kept);
        cancellationToken.ThrowIfCancellationRequested();
        if (SourceStep.Verify(context, cancellationToken) is var (source, tree) && DependencyStep.Verify(context, source, tree) is { } dependencies)
        {
            PredicateStep.Verify(context, statements, source, dependencies);
            ArtifactStep.Verify(context, statements, source, dependencies, cancellationToken);
        }

        VerdictStep.Verify(context);
    }
}
