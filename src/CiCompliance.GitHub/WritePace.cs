namespace CiCompliance.GitHub;

/// <summary>Keeps writes below GitHub's secondary limits for requests that create content: 80 a minute, 500 an hour.</summary>
internal sealed class WritePace(TimeProvider clock)
{
    private static readonly (int Count, TimeSpan Span)[] Limits = [(80, TimeSpan.FromMinutes(1)), (500, TimeSpan.FromHours(1))];

    private readonly List<DateTimeOffset> sent = [];

    /// <summary>How long the next write has to wait.</summary>
    public TimeSpan Next()
    {
        var now = clock.GetUtcNow();
        return Limits.Where(limit => sent.Count >= limit.Count).Select(limit => sent[^limit.Count] + limit.Span - now)
            .Append(TimeSpan.Zero).Max();
    }

    public void Count() => sent.Add(clock.GetUtcNow());
}
