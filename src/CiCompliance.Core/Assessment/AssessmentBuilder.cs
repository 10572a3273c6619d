using CiCompliance.Attestations;
using CiCompliance.Pipeline;
using CiCompliance.Policy;

namespace CiCompliance.Assessment;

/// <summary>Maps a run to clauses. A function of its input alone: no clock, no host, no order but the data's.</summary>
public static class AssessmentBuilder
{
    public static AssessmentRecord Build(AssessmentInput input)
    {
        var verdicts = input.Stages
            .GroupBy(stage => stage.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(stage => stage.Effective).Worst(), StringComparer.Ordinal);
        var required = StageCatalog.RequiredBy(input.Policy).Intersect(StageCatalog.Assessed, StringComparer.Ordinal).ToList();
        var missing = required.Where(stage => !verdicts.ContainsKey(stage)).ToList();
        var undecided = missing.Count > 0 || input.Run.Mode == RunMode.Unspecified ? [Verdict.Undecided] : Array.Empty<Verdict>();
        var overall = verdicts.Values.Concat(undecided).Worst();
        var facts = Facts(input, verdicts);
        var gaps = Gaps.Of(input, missing);
        return new AssessmentRecord(
            AssessmentRecord.CurrentVersion,
            input.Run,
            overall == Verdict.NotApplicable ? Verdict.Undecided : overall,
            missing,
            [.. input.Stages.DistinctBy(stage => stage.Name).Select(stage => new StageRow(stage.Name, verdicts[stage.Name], required.Contains(stage.Name)))],
            [.. AssessedItem.All.Select(item => Row(item, verdicts, gaps))],
            [.. Clauses.All.Select(clause => Row(clause, facts, input))],
            [.. gaps.Select(gap => new GapRow(gap.Id, gap.Always, gap.Items, gap.Text.En, gap.Text.Zh))]);
    }

    private static Dictionary<string, Verdict> Facts(AssessmentInput input, Dictionary<string, Verdict> verdicts)
    {
        // Facts last: a stage that calls itself by the name of a fact doesn't make it true.
        var facts = new Dictionary<string, Verdict>(verdicts, StringComparer.Ordinal);
        foreach (var (fact, verdict) in RunFacts.Of(input))
        {
            facts[fact] = verdict;
        }

        return facts;
    }

    private static ItemRow Row(AssessedItem item, Dictionary<string, Verdict> verdicts, IReadOnlyList<Gap> gaps) => new(
        item.Id,
        item.Title.En,
        item.Title.Zh,
        item.Stages.Select(stage => verdicts.GetValueOrDefault(stage)).Worst(),
        [.. item.Stages.Select(CheckPattern)],
        item.Clauses,
        [.. gaps.Where(gap => gap.Items.Contains(item.Id, StringComparer.Ordinal)).Select(gap => gap.Id)]);

    private static ClauseRow Row(Clause clause, Dictionary<string, Verdict> facts, AssessmentInput input)
    {
        var status = StatusOf(clause, facts, input.Run.Mode);
        var shown = status is not (ClauseStatus.NotShown or ClauseStatus.NotApplicable);
        return new ClauseRow(clause.Id, clause.Standard, clause.Number, clause.Title.En, clause.Title.Zh, clause.Obligation, clause.Automation,
            clause.Provenance, status, clause.Paraphrase.En, clause.Paraphrase.Zh,
            [.. clause.Needs.Select(CheckPattern)],
            [.. clause.Evidence.Where(path => shown && input.Evidence.Any(file => IsAt(file.Name, path)))],
            clause.Open?.En, clause.Open?.Zh);
    }

    /// <summary>Every need must hold: one that failed, was not decided or was not observed shows nothing.</summary>
    private static ClauseStatus StatusOf(Clause clause, Dictionary<string, Verdict> facts, RunMode mode)
    {
        var verdicts = clause.Needs.Select(need => facts.GetValueOrDefault(need)).ToList();
        if (clause.Automation == Automation.None || verdicts.Count == 0 || verdicts.Any(verdict => verdict is Verdict.Fail or Verdict.Undecided))
        {
            return ClauseStatus.NotShown;
        }

        var stages = clause.Needs.Where(need => !IsFact(need)).Select(need => facts.GetValueOrDefault(need)).ToList();
        if (stages.Count > 0 && stages.TrueForAll(verdict => verdict == Verdict.NotApplicable))
        {
            return ClauseStatus.NotApplicable;
        }

        if (mode != RunMode.Production)
        {
            return ClauseStatus.Demonstrated;
        }

        var whole = clause is { Automation: Automation.Pipeline, Open: null } && verdicts.TrueForAll(verdict => verdict == Verdict.Pass);
        return whole ? ClauseStatus.Supported : ClauseStatus.Partly;
    }

    private static string CheckPattern(string need) => IsFact(need) ? need : need + ".*";

    private static bool IsFact(string need) => need.Contains('.', StringComparison.Ordinal);

    private static bool IsAt(string file, string path) =>
        path.EndsWith('/') ? file.StartsWith(path, StringComparison.Ordinal) : file == path;
}
