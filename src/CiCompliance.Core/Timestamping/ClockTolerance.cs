namespace CiCompliance.Timestamping;

/// <summary>By how much the clocks of two honest parties may differ.</summary>
internal static class ClockTolerance
{
    public static readonly TimeSpan Value = TimeSpan.FromMinutes(10);

    public static bool IsInFuture(DateTimeOffset time, DateTimeOffset now) => time > now + Value;
}
