namespace CiCompliance.Build.Testing;

/// <summary>A test that failed or was skipped, and why.</summary>
internal sealed record TestNote(string Test, string Reason);

internal sealed record TestOutcome(int Passed, IReadOnlyList<TestNote> Failed, IReadOnlyList<TestNote> Skipped)
{
    /// <summary>How a skip begins whose missing part no script of this repository can install.</summary>
    public const string UnavailablePrefix = "unavailable:";

    public static TestOutcome Nothing { get; } = new(0, [], []);

    public string Line => $"{Passed} passed, {Failed.Count} failed, {Skipped.Count} skipped";

    /// <summary>No test at all is not good.</summary>
    public bool IsGood => Failed.Count == 0 && Passed > 0;

    public static TestOutcome Sum(IReadOnlyCollection<TestOutcome> outcomes) => new(
        outcomes.Sum(outcome => outcome.Passed),
        [.. outcomes.SelectMany(outcome => outcome.Failed)],
        [.. outcomes.SelectMany(outcome => outcome.Skipped)]);

    /// <summary>In CI the scripts install every peer, so a skipped test is one that was lost on the way.</summary>
    public TestOutcome WithSkipsRefused() => this with
    {
        Failed = [.. Failed, .. Skipped.Where(IsAvoidable).Select(note => note with { Reason = $"skipped in CI: {note.Reason}" })],
        Skipped = [.. Skipped.Where(note => !IsAvoidable(note))],
    };

    /// <summary>Skips with their reasons, failures, and at the end the one line.</summary>
    public void Describe(Action<string> write)
    {
        foreach (var reason in Skipped.GroupBy(note => note.Reason))
        {
            write($"skipped ({reason.Key}):");
            foreach (var note in reason)
            {
                write($"  {note.Test}");
            }
        }

        foreach (var note in Failed)
        {
            write($"FAILED {note.Test}");
            write($"  {note.Reason.ReplaceLineEndings("\n  ")}");
        }

        write(Line);
    }

    private static bool IsAvoidable(TestNote note) => !note.Reason.StartsWith(UnavailablePrefix, StringComparison.Ordinal);
}
