using CiCompliance.Keys;

namespace CiCompliance.Source;

/// <param name="Line">The row as it stands in the evidence.</param>
/// <param name="Finding">Why it was refused; null exactly when its verdict is <see cref="Verdict.Pass"/>.</param>
public sealed record VerifiedObject(SignedObjectRow Row, byte[] Line, Finding? Finding);

/// <summary>Judges commits and tags by their signatures. Safe for many threads if the signature verifier is.</summary>
/// <param name="committers">Keys with <see cref="KeyRole.Committer"/> that cover the repository.</param>
public sealed class CommitVerifier(IObjectSignatureVerifier signatures, IReadOnlyList<TrustedKey> committers)
{
    private const int WindowPerProcessor = 64;

    /// <param name="signed">A commit or a tag.</param>
    /// <exception cref="CiComplianceException">It is neither, or malformed (CIC1015).</exception>
    public VerifiedObject Verify(GitObject signed)
    {
        ObjectSignature signature;
        try
        {
            signature = ObjectSignature.Of(signed.Type, signed.Raw);
        }
        catch (FormatException e)
        {
            throw SourceFailures.Malformed($"{signed.Type} {signed.Oid}", e.Message);
        }

        var assessment = Assess(signature);
        var verdict = assessment is { Verdict: Verdict.Pass, Diagnostic: not null } ? Verdict.Undecided : assessment.Verdict;
        var diagnostic = verdict == Verdict.Pass ? null : assessment.Diagnostic ?? SourceDiagnostics.BadSignature;
        var keyId = verdict == Verdict.Pass ? assessment.KeyId : null;
        var row = new SignedObjectRow(signed.Oid, signed.Type, signed.Raw, signature.Format, keyId, verdict, diagnostic?.Code);
        var finding = diagnostic is null ? null : new Finding(diagnostic, $"{signed.Type} {signed.Oid}", assessment.Detail, FixFor(diagnostic));
        return new VerifiedObject(row, row.ToJson(), finding);
    }

    /// <summary>Verifies on all processors with a bounded number of objects under way; answers come in the order of the objects.</summary>
    public IEnumerable<VerifiedObject> VerifyInOrder(IEnumerable<GitObject> objects, CancellationToken cancellationToken)
    {
        var window = WindowPerProcessor * Environment.ProcessorCount;
        var underWay = new Queue<Task<VerifiedObject>>(window);
        foreach (var signed in objects)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (underWay.Count == window)
            {
                yield return underWay.Dequeue().GetAwaiter().GetResult();
            }

            underWay.Enqueue(Task.Run(() => Verify(signed), cancellationToken));
        }

        while (underWay.TryDequeue(out var next))
        {
            yield return next.GetAwaiter().GetResult();
        }
    }

    private SignatureAssessment Assess(ObjectSignature signature) => signature.Format switch
    {
        SignatureFormat.None => new SignatureAssessment(Verdict.Fail, SourceDiagnostics.Unsigned, null, null,
            new("it carries no signature", "该对象没有签名")),
        SignatureFormat.Unknown => new SignatureAssessment(Verdict.Fail, SourceDiagnostics.UnsupportedSignature, null, null,
            new("its signature is of an unknown kind, for another object format, or not the only one", "其签名类型未知、属于另一种对象格式,或不止一个")),
        _ => signatures.Verify(signature.Format, signature.Armour.Span, signature.Payload.Span, committers),
    };

    private static LocalizedText FixFor(Diagnostic diagnostic) => diagnostic.Code switch
    {
        "CIC1001" => new("Sign it: git rebase --exec 'git commit --amend --no-edit -S' BASE (a tag: git tag -s -f NAME)",
            "请签名:git rebase --exec 'git commit --amend --no-edit -S' BASE(标签:git tag -s -f NAME)"),
        "CIC1002" => new("Make sure whose key it is, then add it with cicompliance trust import KEYRING --role committer",
            "请先核实密钥归属,再用 cicompliance trust import KEYRING --role committer 导入"),
        "CIC1004" => new("Sign again with a key that is valid, or correct its window in the trust store", "请用有效密钥重新签名,或更正信任库中的有效期"),
        "CIC1005" => new("Sign once, with OpenPGP or with SM2 through cicompliance git-sign", "请只签名一次:使用 OpenPGP,或通过 cicompliance git-sign 使用 SM2"),
        "CIC1006" => new("Sign again with SM2, Ed25519, P-256 or RSA of 3072 bits", "请改用 SM2、Ed25519、P-256 或 3072 位 RSA 重新签名"),
        "CIC1007" => new("Find out why the key was revoked, then sign again with another", "请查明吊销原因,并用其他密钥重新签名"),
        _ => new("Do not build it; ask the signer to look at it and sign again", "请勿构建;请签名者检查并重新签名"),
    };
}
