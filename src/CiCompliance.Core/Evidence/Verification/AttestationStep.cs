using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.Signing;
using CiCompliance.Sigstore;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 7: four attestations for each output and no other; both signatures over the same bytes; same run; subjects equal to <c>bin/</c>.</summary>
internal static class AttestationStep
{
    private static readonly (string Name, string Type)[] Predicates =
    [
        ("provenance", PredicateTypes.Provenance),
        ("source", PredicateTypes.Source),
        ("dependencies", PredicateTypes.Dependencies),
        ("binary", PredicateTypes.Binary),
    ];

    /// <summary>The verified statements by output and predicate; incomplete where some were refused.</summary>
    public static IReadOnlyDictionary<(string Output, string Predicate), Statement> Verify(
        VerificationContext context, LogAssessment seal, KeptCheckpoint? kept)
    {
        var statements = new Dictionary<(string, string), Statement>();
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in context.Outputs)
        {
            foreach (var (name, type) in Predicates)
            {
                expected.Add(EvidencePaths.Sm2Envelope(output, name));
                expected.Add(EvidencePaths.SigstoreBundle(output, name));
                if (VerifyOne(context, output, name, type, seal, kept) is { } statement)
                {
                    statements.Add((output, name), statement);
                }
            }
        }

        foreach (var name in context.Snapshot.Files.Keys.Where(name =>
            name.StartsWith(EvidencePaths.Attestations + "/", StringComparison.Ordinal) && !expected.Contains(name)))
        {
            context.Refuse(7, "attestations", VerificationDiagnostics.AttestationMissing, name,
                new("it belongs to no output", "不属于任何产物"));
        }

        if (expected.Count == 0)
        {
            context.Refuse(7, "attestations", VerificationDiagnostics.AttestationMissing, EvidencePaths.Outputs,
                new("the evidence has no output", "证据中没有产物"));
        }
        else if (statements.Count * 2 == expected.Count)
        {
            context.Recomputed(7, "attestations", new(
                $"{statements.Count} statements, each signed with SM2 and P-256 and logged", $"{statements.Count} 份声明,均有 SM2 与 P-256 签名并已入日志"));
        }

        return statements;
    }

    private static Statement? VerifyOne(
        VerificationContext context, string output, string predicate, string type, LogAssessment seal, KeptCheckpoint? kept)
    {
        var bundleName = EvidencePaths.SigstoreBundle(output, predicate);
        if (Bundles.Verify(context, 7, bundleName, payload: null) is not { Bundle.Content: SignedContent.Dsse dsse, Signer: { } signer, Log: { } log })
        {
            return null;
        }

        var envelopeName = EvidencePaths.Sm2Envelope(output, predicate);
        if (Sm2Verification.Verify(context, 7, envelopeName, DsseEnvelope.InTotoPayloadType, dsse.Payload, VerificationDiagnostics.AttestationSignature)
            is not { } sm2Key)
        {
            return null;
        }

        foreach (var key in new[] { signer, sm2Key })
        {
            if (KeyJudge.Judge(key, context.ProvedTime, context.Now) is { } refusal)
            {
                context.Refuse(7, bundleName, refusal.Diagnostic, key.Name, refusal.What);
                return null;
            }
        }

        if (log.Key.Id != seal.Key.Id || log.Checkpoint.Origin != seal.Checkpoint.Origin || log.IntegratedTime > seal.IntegratedTime)
        {
            context.Refuse(7, bundleName, VerificationDiagnostics.NotInLog, bundleName,
                new("it is not in the seal's log, or later than the seal", "不在封存所用的日志中,或晚于封存"));
            return null;
        }

        return kept is null || kept.Holds(context, bundleName, log.Checkpoint)
            ? Judge(context, output, type, bundleName, Statement.Parse(dsse.Payload))
            : null;
    }

    private static Statement? Judge(VerificationContext context, string output, string type, string name, Statement statement)
    {
        var artifact = context.Snapshot.Find(EvidencePaths.Output(output))!;
        if (statement.PredicateType != type || statement.Subject is not [var subject] || subject != new Subject(output, artifact.Digests))
        {
            context.Refuse(7, name, VerificationDiagnostics.SubjectDiffers, name,
                new($"it does not speak of {EvidencePaths.Output(output)} as it is", $"其内容与 {EvidencePaths.Output(output)} 不符"));
            return null;
        }

        if (RunOf(statement) != context.Run)
        {
            context.Refuse(7, name, VerificationDiagnostics.AnotherRunsStatement, name,
                new("its run identity is not the seal's", "其运行标识与封存不符"));
            return null;
        }

        return statement;
    }

    private static RunIdentity? RunOf(Statement statement)
    {
        JsonNode? holder = statement.Predicate;
        if (statement.PredicateType == PredicateTypes.Provenance)
        {
            holder = ((statement.Predicate["buildDefinition"] as JsonObject)?["internalParameters"]) as JsonObject;
        }

        return (holder as JsonObject)?["run"].Deserialize(StatementContext.Default.RunIdentity);
    }
}
