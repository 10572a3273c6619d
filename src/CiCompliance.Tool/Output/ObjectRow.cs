using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Tool.Output;

/// <summary>One commit or tag that <c>trust explain</c> judged.</summary>
internal sealed record ObjectRow(ObjectExplanation Explanation, TrustStore Trust)
{
    /// <summary>As in the rows of the evidence.</summary>
    public static string WordOf(SignatureFormat format) => format.ToString().ToLowerInvariant();
}

/// <summary>The wire form of <see cref="ObjectRow"/>.</summary>
/// <param name="Code">The diagnostic that refuses it, or null.</param>
/// <param name="NotApplying">Names of rules that say nothing about it.</param>
internal sealed record ObjectDocument(
    string Id, string Type, string Signature, string Verdict, string? Code, string Detail, string? Author, string? Maker,
    IReadOnlyList<SignerDocument> Signers, IReadOnlyList<RuleDocument> Rules, IReadOnlyList<string> NotApplying)
{
    public static ObjectDocument From(ObjectRow row, Language language)
    {
        var (oid, type, author, maker, answer, notApplying) = row.Explanation;
        return new(oid, type, ObjectRow.WordOf(answer.Format), answer.Verdict.ToWord(), answer.Diagnostic?.Code, answer.Detail.In(language), author?.Mail, maker?.Mail,
            [.. answer.Signers.Select(signer => new SignerDocument(signer.KeyId, row.Trust.Keys.FirstOrDefault(key => key.Id == signer.KeyId)?.Name, signer.SignedAt))],
            [.. answer.Demands.Select(demand => new RuleDocument(demand.Name, demand.Refusal is null ? "pass" : demand.Refusal.Kind == DiagnosticKind.NotCompliant ? "fail" : "undecided", demand.Refusal?.Code, demand.Detail.In(language)))],
            notApplying);
    }
}

/// <param name="SignedAt">The signer's word.</param>
internal sealed record SignerDocument(string KeyId, string? Name, DateTimeOffset? SignedAt);

internal sealed record RuleDocument(string Name, string Verdict, string? Code, string Detail);
