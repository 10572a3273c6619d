using CiCompliance.Policy;

namespace CiCompliance.Source;

/// <summary>Why one commit or tag passes or not.</summary>
/// <param name="Author">Of a commit; null for a tag.</param>
/// <param name="Maker">The committer or tagger.</param>
/// <param name="NotApplying">Names of the policy's rules that say nothing about this object.</param>
public sealed record ObjectExplanation(
    string Oid, string Type, GitIdentity? Author, GitIdentity? Maker, ObjectVerdict Answer, IReadOnlyList<string> NotApplying)
{
    /// <summary>Judges what a revision names, exactly as the source stage does: its annotated tags, outermost first, then the commit.</summary>
    /// <exception cref="CiComplianceException">Unknown (CIC1009), malformed, or reading failed.</exception>
    public static IReadOnlyList<ObjectExplanation> Of(IGitRepository repository, string revision, ObjectJudge judge, SourcePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(judge);
        ArgumentNullException.ThrowIfNull(policy);
        var found = SourceRevision.Resolve(repository, revision);
        var touched = judge.Policy.NeedsChanges ? new RangeChanges(repository, judge.Policy).RulesTouched(found.Commit) : null;
        var explanations = new List<ObjectExplanation>();
        if (found.LightweightTag is { } name && judge.Policy.RulesTag(name))
        {
            var refusal = SourceFailures.LightweightTag(name);
            explanations.Add(new(found.Commit.Oid, GitObjectType.Tag, null, null,
                new(SignatureFormat.None, Verdict.Fail, refusal.Diagnostic, refusal.What, [], []), []));
        }

        foreach (var raw in found.Tags)
        {
            var tag = TagObject.Parse(raw.Raw, GitObjectId.FormatOf(raw.Oid));
            explanations.Add(Make(raw, null, tag.Tagger, judge.Judge(tag), policy));
        }

        explanations.Add(Make(found.Commit, found.Parsed.Author, found.Parsed.Committer, judge.Judge(found.Parsed, touched), policy));
        return explanations;
    }

    private static ObjectExplanation Make(GitObject raw, GitIdentity? author, GitIdentity? maker, ObjectVerdict answer, SourcePolicy policy)
    {
        var applying = answer.Demands.Select(demand => demand.Name).ToHashSet(StringComparer.Ordinal);
        return new(raw.Oid, raw.Type, author, maker, answer, [.. policy.Rules.Select(rule => rule.Name).Where(name => !applying.Contains(name))]);
    }
}
