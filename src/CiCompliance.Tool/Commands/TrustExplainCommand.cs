using System.Text;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Source;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Says why a commit or tag passes or not: who signed it, what the trust store says of them, and each rule of the policy.</summary>
internal sealed class TrustExplainCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        JudgedRange range;
        using (var revisions = parts.Revisions(context.ProjectDirectory, cancellationToken))
        {
            range = JudgedRange.Load(parts, context, revisions, context.Arguments.Operands is [var named] ? named : null);
        }

        var judgement = range.Judgement;
        var objects = parts.Explain(context.ProjectDirectory, range.Commit, judgement, range.Branch, cancellationToken);
        var findings = objects.Select(item => item.Answer.ToFinding(item.Type, item.Oid)).OfType<Finding>().ToList();
        var verdict = objects.Select(item => item.Answer.Verdict).Worst();
        return Task.FromResult(new Answer(ExitCode.From(verdict), findings, new(Text(objects, judgement, Language.English), Text(objects, judgement, Language.Chinese)))
        {
            Verdict = verdict,
            Objects = [.. objects.Select(item => new ObjectRow(item, judgement.Trust))],
        });
    }

    private static string Text(IReadOnlyList<ObjectExplanation> objects, Judgement judgement, Language language)
    {
        var text = new StringBuilder();
        foreach (var item in objects)
        {
            Line("", $"{item.Type} {item.Oid}");
            if (item.Author is { } author)
            {
                Row(new("author", "作者"), author.Mail ?? "?");
            }

            Row(item.Author is null ? new("tagger", "标签者") : new("committer", "提交者"), item.Maker?.Mail ?? "?");
            Row(new("signature", "签名"), $"{ObjectRow.WordOf(item.Answer.Format)}: {item.Answer.Detail.In(language)}");
            foreach (var signer in item.Answer.Signers)
            {
                Row(new("signer", "签名者"), Describe(signer, judgement.Trust, language));
            }

            foreach (var demand in item.Answer.Demands)
            {
                Row(new("rule", "规则"), $"{demand.Name}: {(demand.Refusal is null ? "✓" : demand.Refusal.Code)} {demand.Detail.In(language)}");
            }

            foreach (var name in item.NotApplying.Where(_ => item.Answer.Demands.Count > 0 || item.Answer.Verdict == Verdict.Pass))
            {
                Row(new("rule", "规则"), $"{name}: {new LocalizedText("does not apply", "不适用").In(language)}");
            }

            Row(new("verdict", "结论"), item.Answer.Verdict.ToWord());
        }

        Line("", $"{new LocalizedText("policy", "策略").In(language)} {judgement.PolicyOrigin}, {new LocalizedText("trust", "信任库").In(language)} {judgement.TrustOrigin}");
        return text.ToString();

        void Row(LocalizedText label, string value) => Line("  ", label.In(language) + new string(' ', Math.Max(1, 12 - TextWidth.Of(label.In(language)))) + value);
        void Line(string indent, string value) => text.Append(indent).Append(SafeText.Line(value)).Append('\n');
    }

    private static string Describe(ObjectSigner signer, TrustStore trust, Language language)
    {
        var at = signer.SignedAt is { } time ? $", {time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}" : "";
        return trust.Keys.FirstOrDefault(key => key.Id == signer.KeyId) is not { } key
            ? signer.KeyId + at + new LocalizedText(", not in the trust store", ",不在信任库中").In(language)
            : $"{key.Name} ({string.Join(", ", (key.Identities ?? []).Prepend(key.Id))}){at}{Window(key)}{(key.IsForge ? ", forge" : "")}";
    }

    private static string Window(TrustedKey key) =>
        key is { ValidFrom: null, ValidUntil: null, Revocation: null } ? ""
        : $", [{key.ValidFrom:yyyy-MM-dd}..{key.ValidUntil:yyyy-MM-dd}]{(key.Revocation is { } revocation ? $" {revocation.Reason.ToString().ToLowerInvariant()} {revocation.At:yyyy-MM-dd}" : "")}";
}
