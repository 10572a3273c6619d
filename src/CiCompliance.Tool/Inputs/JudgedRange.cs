using CiCompliance.Source;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Commands;
using CiCompliance.Tool.Inputs.CiRanges;

namespace CiCompliance.Tool.Inputs;

/// <summary>What is judged, and by what: the range of the command line or of the CI, with the policy and trust that count for it.</summary>
/// <param name="Commit">As it was named: a tag's name leads to its signature.</param>
/// <param name="Why">Where the CI chose the range: for people; null where the command line did.</param>
internal sealed record JudgedRange(Judgement Judgement, string Commit, Revision Tested, Revision? Base, string? Branch, LocalizedText? Why)
{
    private const string FromCi = "ci";

    /// <summary>By another name than its own no rule about the branch would apply.</summary>
    private static string? NamedBranch(Arguments arguments) =>
        arguments.Value(OptionTable.Branch) is not { } name ? null
        : !name.StartsWith("refs/", StringComparison.Ordinal) && !name.StartsWith("origin/", StringComparison.Ordinal) && !name.Any(char.IsControl) ? name
        : throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Branch.Long,
            new("it is not the branch's own name", "不是分支自身的名称"), new("Write --branch main, without refs/heads/ or origin/", "请写成 --branch main,不带 refs/heads/ 或 origin/"));

    /// <param name="revision">Judges this instead of what the range ends with; null: as the range says.</param>
    /// <exception cref="CiComplianceException">As <see cref="CommitRange.From"/>, <see cref="CiRange.Find"/> and <see cref="PolicySource.Load"/>.</exception>
    public static JudgedRange Load(IComposition parts, CommandContext context, IRevisions revisions, string? revision = null)
    {
        var arguments = context.Arguments;
        var (config, trust) = (context.PathOf(OptionTable.Config), context.PathOf(OptionTable.Trust));
        var ci = arguments.Value(OptionTable.Range) == FromCi ? CiRange.Find(context.Ci, context.Host.Environment, revisions) : null;
        var range = ci is null ? CommitRange.From(arguments) : new CommitRange(ci.Base, ci.Commit);
        if (ci is not null && (arguments.Value(OptionTable.Base) ?? arguments.Value(OptionTable.Commit)) is not null)
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new("--range ci stands for --base and --commit", "--range ci 已包含 --base 和 --commit"), new("Give one or the other", "请只给出其中一种"));
        }

        var commit = revision ?? range.Commit;
        var (tested, @base) = (revisions.Resolve(commit), range.Base is null ? null : revisions.Resolve(range.Base));
        var kept = arguments.Value(OptionTable.Protected) ?? (ci is null ? range.Base : ci.Protected);
        if (ci is not null && kept is null && (config is null || trust is null))
        {
            throw CiRange.Unclear("--range ci", new(
                $"{ci.Why.En}: no protected revision says which policy and trust count", $"{ci.Why.Zh}:没有受保护的版本可说明以哪份策略和信任库为准"));
        }

        var judgement = new PolicySource(revisions, parts.ParsePolicy)
            .Load(context.ProjectDirectory, config, trust, kept, kept is null ? null : revisions.Resolve(kept), tested);
        return new(judgement, commit, tested, @base, NamedBranch(arguments) ?? (ci is null ? context.Ci.BranchOf(tested.Commit) : ci.Branch), ci?.Why);
    }
}
