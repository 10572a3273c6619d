using CiCompliance.Keys;
using CiCompliance.Policy;

namespace CiCompliance.Source;

/// <summary>What is thought of a commit or tag: its signatures first, then the policy's demands.</summary>
/// <param name="Diagnostic">Null exactly when <paramref name="Verdict"/> is <see cref="Verdict.Pass"/>.</param>
/// <param name="Signers">As in <see cref="SignatureAssessment.Signers"/>.</param>
/// <param name="Demands">Empty where the signatures were refused.</param>
public sealed record ObjectVerdict(
    SignatureFormat Format, Verdict Verdict, Diagnostic? Diagnostic, LocalizedText Detail, IReadOnlyList<ObjectSigner> Signers, IReadOnlyList<SignerDemand> Demands)
{
    /// <summary>Null for a pass.</summary>
    public Finding? ToFinding(string type, string oid) => Diagnostic is null ? null : new(Diagnostic, $"{type} {oid}", Detail, SourceFixes.For(Diagnostic));
}

/// <summary>
/// Judges one object from its bytes: the one place that the source stage, the recheck before signing and the offline verifier share. Safe for
/// many threads if the signature verifier is.
/// </summary>
/// <param name="committers">Keys with <see cref="KeyRole.Committer"/> that cover the repository.</param>
public sealed class ObjectJudge(IObjectSignatureVerifier signatures, IReadOnlyList<TrustedKey> committers, SourcePolicy policy, string? branch)
{
    public SignerPolicy Policy { get; } = new(policy, committers, branch);

    /// <param name="touched">As <see cref="SignerPolicy.RulesTouched"/> gives it for this commit.</param>
    public ObjectVerdict Judge(CommitObject commit, IReadOnlyDictionary<SignerRule, string>? touched) =>
        Judge(commit.ReadSignature(), signers => Policy.OfCommit(commit, signers, touched));

    public ObjectVerdict Judge(TagObject tag) => Judge(tag.ReadSignature(), signers => Policy.OfTag(tag, signers));

    private ObjectVerdict Judge(ObjectSignature signature, Func<IReadOnlyList<ObjectSigner>, IReadOnlyList<SignerDemand>> demandsOn)
    {
        var assessment = signature.Format switch
        {
            SignatureFormat.None => Refuse(SourceDiagnostics.Unsigned, new("it carries no signature", "该对象没有签名")),
            SignatureFormat.Unknown => Refuse(SourceDiagnostics.UnsupportedSignature,
                new("its signature is of an unknown kind, for another object format, or not the only one", "其签名类型未知、属于另一种对象格式,或不止一个")),
            _ => signatures.Verify(signature, committers),
        };
        if (assessment is not { Verdict: Verdict.Pass, Diagnostic: null, Signers.Count: > 0 })
        {
            var verdict = assessment.Verdict == Verdict.Pass ? Verdict.Undecided : assessment.Verdict;
            return new(signature.Format, verdict, assessment.Diagnostic ?? SourceDiagnostics.BadSignature, assessment.Detail, assessment.Signers, []);
        }

        var demands = demandsOn(assessment.Signers);
        var refused = demands.Where(demand => demand.Refusal is not null).ToList();
        if (refused.Count == 0)
        {
            return new(signature.Format, Verdict.Pass, null, assessment.Detail, assessment.Signers, demands);
        }

        var deciding = refused.FirstOrDefault(demand => demand.Refusal!.Kind == DiagnosticKind.NotCompliant) ?? refused[0];
        return new(signature.Format, deciding.Refusal!.Kind == DiagnosticKind.NotCompliant ? Verdict.Fail : Verdict.Undecided, deciding.Refusal,
            new($"{deciding.Name}: {deciding.Detail.En}", $"{deciding.Name}:{deciding.Detail.Zh}"), assessment.Signers, demands);
    }

    private static SignatureAssessment Refuse(Diagnostic diagnostic, LocalizedText detail) => new(Verdict.Fail, diagnostic, [], detail);
}
