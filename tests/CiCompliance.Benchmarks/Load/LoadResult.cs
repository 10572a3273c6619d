namespace CiCompliance.Benchmarks.Load;

/// <summary>What one step of load gave. Times are from the first byte of a request to the last of its answer.</summary>
/// <param name="Rate">Entries acknowledged (201) a second.</param>
/// <param name="Errors">Answers other than 201, and connections that were lost.</param>
/// <param name="GeneratorCores">Processor time of this process, in cores.</param>
/// <param name="ServerCores">Processor time of the server, in cores.</param>
internal sealed record LoadResult(int Writers, double Rate, TimeSpan P50, TimeSpan P99, int Errors, double GeneratorCores, double ServerCores)
{
    public static TimeSpan Quantile(IReadOnlyList<TimeSpan> sorted, double part) =>
        sorted.Count == 0 ? TimeSpan.Zero : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * part))];

    public string Text => $"{Rate,8:F0} a second   p50 {P50.TotalMilliseconds,8:F1} ms   p99 {P99.TotalMilliseconds,8:F1} ms   {Errors} errors   "
        + $"cores: server {ServerCores:F2}, writers {GeneratorCores:F2}";
}
