using CiCompliance.Attestations;

namespace CiCompliance.Assessment;

/// <summary>What a person wants to know first.</summary>
internal enum Outcome
{
    CouldNotDecide,
    MustNotShip,
    MayShip,
    Demonstration,
}

internal static class Outcomes
{
    public static Outcome Of(AssessmentRecord record) => record switch
    {
        { Run.Mode: RunMode.Demonstration } => Outcome.Demonstration,
        { Verdict: Verdict.Fail } => Outcome.MustNotShip,
        { Verdict: Verdict.Pass, Run.Mode: RunMode.Production } => Outcome.MayShip,
        _ => Outcome.CouldNotDecide,
    };

    public static LocalizedText Headline(Outcome outcome) => outcome switch
    {
        Outcome.MayShip => new("May ship", "可以发布"),
        Outcome.MustNotShip => new("Must not ship", "不得发布"),
        Outcome.Demonstration => new("DEMONSTRATION", "演示运行"),
        _ => new("Could not decide", "无法判定"),
    };

    /// <summary>One sentence below the headline, with its full stop.</summary>
    public static LocalizedText Sentence(AssessmentRecord record)
    {
        var stages = record.Stages.Select(stage => (stage.Name, stage.Verdict)).Concat(record.MissingStages.Select(stage => (stage, Verdict.Undecided))).ToList();
        var failed = StageNames(stages.Where(stage => stage.Item2 == Verdict.Fail).Select(stage => stage.Item1));
        var open = StageNames(stages.Where(stage => stage.Item2 == Verdict.Undecided).Select(stage => stage.Item1));
        return Of(record) switch
        {
            Outcome.MayShip => new("Every check that the policy requires passed for this commit.", "策略要求的检查对本提交全部通过。"),
            Outcome.MustNotShip => new($"Not passed: {failed.En}.", $"未通过：{failed.Zh}。"),
            Outcome.Demonstration => new(
                $"Not evidence, must not ship: the keys lived for this run only. {ChecksWere(record.Verdict).En}",
                $"不构成证据，不得发布：密钥仅存在于本次运行。{ChecksWere(record.Verdict).Zh}"),
            _ when open.En.Length > 0 => new($"Must not ship: not knowing is not a pass. Not decided: {open.En}.", $"不得发布：未知不等于通过。未能判定：{open.Zh}。"),
            _ => new("Must not ship: not knowing is not a pass.", "不得发布：未知不等于通过。"),
        };
    }

    private static LocalizedText ChecksWere(Verdict verdict) => verdict switch
    {
        Verdict.Pass => new("Its checks passed.", "各项检查已通过。"),
        Verdict.Fail => new("Its checks did not pass.", "检查未通过。"),
        _ => new("Its checks could not be decided.", "检查未能判定。"),
    };

    private static LocalizedText StageNames(IEnumerable<string> names)
    {
        var titles = names.Distinct(StringComparer.Ordinal).Select(Wording.Stage).ToList();
        return new(string.Join(", ", titles.Select(title => title.En)), string.Join("、", titles.Select(title => title.Zh)));
    }
}
