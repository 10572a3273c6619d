namespace CiCompliance.Assessment;

/// <summary>
/// The clauses that a run is mapped to. Numbers and wording come from secondary copies (<see cref="ClauseProvenance"/>); GB/T 43698 has no
/// numbers here because its text was not read.
/// </summary>
public static partial class Clauses
{
    public static IReadOnlyList<Clause> All { get; } = [.. Gbt22239Computing, .. Gbt22239Management, .. Others];

    public static Clause Find(string id) => All.First(clause => clause.Id == id);

    /// <param name="number">As cited: <c>8.1.9.4 f</c>.</param>
    private static Clause Gbt22239(string number, LocalizedText title, Automation automation, ClauseProvenance provenance, LocalizedText paraphrase,
        string[] needs, string[] evidence, LocalizedText? open, Obligation obligation = Obligation.Shall) =>
        new("gbt22239-" + number.Replace(' ', '.'), "GB/T 22239-2019", number, title, obligation, automation, provenance, paraphrase, needs, evidence, open);

    private static Clause Gbt39786(string number, LocalizedText title, Automation automation, LocalizedText paraphrase,
        string[] needs, string[] evidence, LocalizedText open) =>
        new("gbt39786-" + number.Replace(' ', '.'), "GB/T 39786-2021", number, title, Obligation.Should, automation, ClauseProvenance.Counted,
            paraphrase, needs, evidence, open);
}
