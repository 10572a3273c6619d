namespace CiCompliance.Assessment;

/// <summary>Something the evidence does not show. Gaps are always printed; they change no verdict.</summary>
/// <param name="Always">True of every run, however it is set up.</param>
/// <param name="Items">Ids of <see cref="AssessedItem"/> it bears on; empty: the whole report.</param>
public sealed record Gap(string Id, bool Always, IReadOnlyList<string> Items, LocalizedText Text);
