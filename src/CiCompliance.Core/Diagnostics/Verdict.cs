namespace CiCompliance.Diagnostics;

/// <summary>The answer of a gate. The zero value decides nothing, so that a forgotten assignment can't pass.</summary>
public enum Verdict
{
    Undecided,
    Fail,
    Pass,
    NotApplicable,
}

public static class VerdictExtensions
{
    /// <summary>The worst of several: fail, then undecided, then pass, then not applicable. Nothing at all is undecided.</summary>
    public static Verdict Worst(this IEnumerable<Verdict> verdicts)
    {
        var seen = verdicts.ToHashSet();
        return seen.Contains(Verdict.Fail) ? Verdict.Fail
            : seen.Count == 0 || seen.Contains(Verdict.Undecided) ? Verdict.Undecided
            : seen.Contains(Verdict.Pass) ? Verdict.Pass
            : Verdict.NotApplicable;
    }

    /// <summary>Lower-case name used in evidence files: <c>pass</c>, <c>fail</c>, <c>not-applicable</c>, <c>undecided</c>.</summary>
    public static string ToWord(this Verdict verdict) => verdict switch
    {
        Verdict.Pass => "pass",
        Verdict.Fail => "fail",
        Verdict.NotApplicable => "not-applicable",
        _ => "undecided",
    };
}
