using CiCompliance.Source;

namespace CiCompliance.Evidence.Verification;

/// <summary>The annotated tags that the source stage recorded, judged again from their own bytes, as <see cref="RecordedRange"/> does with commits.</summary>
internal static class RecordedTags
{
    /// <summary>The tag objects lead, one to the next, from the recorded name to the commit; each is signed by whom the rules accept.</summary>
    /// <param name="refuse">Gets every fault: its diagnostic (CIC22nn), the object or file, and what is wrong.</param>
    /// <returns>Whether nothing was refused.</returns>
    /// <exception cref="Exception"><see cref="System.Text.Json.JsonException"/>, <see cref="FormatException"/>: a row is malformed.</exception>
    public static bool Verify(SourceRecord source, IEnumerable<byte[]> lines, ObjectJudge judge, Action<Diagnostic, string, LocalizedText> refuse)
    {
        var format = GitObjectId.ParseFormat(source.ObjectFormat);
        string? name = null;
        var target = source.Commit;
        foreach (var row in lines.Select(line => SignedObjectRow.Parse(line)).Reverse())
        {
            var tag = TagObject.Parse(row.Raw, format);
            if (row.Type != GitObjectType.Tag || GitObjectId.Compute(GitObjectType.Tag, row.Raw, format) != row.Oid || tag.Target != target
                || row.Verdict != Verdict.Pass || judge.Judge(tag) is not { Verdict: Verdict.Pass } answer || !row.KeyIds.SequenceEqual(answer.Signers.Select(signer => signer.KeyId)))
            {
                refuse(VerificationDiagnostics.CommitRefused, row.Oid,
                    new("the tag does not have its id, its target, a trusted signature, or signers that the policy accepts", "标签的标识、所指对象、签名或签名者不符合要求"));
                return false;
            }

            (name, target) = (tag.Name, row.Oid);
        }

        if (name != source.Tag)
        {
            refuse(VerificationDiagnostics.CommitRefused, EvidencePaths.Tags, new("the tag objects do not lead to the recorded name", "标签对象与记录的名称不符"));
        }

        return name == source.Tag;
    }
}
