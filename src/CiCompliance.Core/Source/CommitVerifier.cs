using CiCompliance.Policy;

namespace CiCompliance.Source;

/// <param name="Line">The row as it stands in the evidence.</param>
/// <param name="Finding">Why it was refused; null exactly when its verdict is <see cref="Verdict.Pass"/>.</param>
public sealed record VerifiedObject(SignedObjectRow Row, byte[] Line, Finding? Finding);

/// <summary>An object and what the policy's rules need to know of it besides its bytes.</summary>
/// <param name="Touched">As <see cref="SignerPolicy.RulesTouched"/>; null for tags, and where no rule has paths.</param>
public sealed record JudgedObject(GitObject Object, IReadOnlyDictionary<SignerRule, string>? Touched);

/// <summary>Judges the commits and tags of a range and makes their rows. Safe for many threads if the judge is.</summary>
public sealed class CommitVerifier(ObjectJudge judge)
{
    private const int WindowPerProcessor = 64;

    /// <param name="signed">A commit or a tag.</param>
    /// <exception cref="CiComplianceException">It is neither, or malformed (CIC1015).</exception>
    public VerifiedObject Verify(JudgedObject signed)
    {
        var (oid, type, raw) = signed.Object;
        var answer = Judge(signed);
        IReadOnlyList<string> keyIds = answer.Verdict == Verdict.Pass ? [.. answer.Signers.Select(signer => signer.KeyId)] : [];
        var row = new SignedObjectRow(oid, type, raw, answer.Format, keyIds, answer.Verdict, answer.Diagnostic?.Code);
        return new VerifiedObject(row, row.ToJson(), answer.ToFinding(type, oid));
    }

    /// <summary>Verifies on all processors with a bounded number of objects under way; answers come in the order of the objects.</summary>
    public IEnumerable<VerifiedObject> VerifyInOrder(IEnumerable<JudgedObject> objects, CancellationToken cancellationToken)
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

    private ObjectVerdict Judge(JudgedObject signed)
    {
        var (oid, type, raw) = signed.Object;
        try
        {
            return type switch
            {
                GitObjectType.Commit => judge.Judge(CommitObject.Parse(raw, GitObjectId.FormatOf(oid)), signed.Touched),
                GitObjectType.Tag => judge.Judge(TagObject.Parse(raw, GitObjectId.FormatOf(oid))),
                _ => throw new LocalizedFormatException($"a {type} carries no signature", $"{type} 类型的对象不带签名"),
            };
        }
        catch (FormatException e)
        {
            throw SourceFailures.Malformed($"{type} {oid}", e.Message);
        }
    }
}
