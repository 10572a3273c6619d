using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.GoProxy.Configuration;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.GoProxy;

/// <summary>What the proxy does by itself: it keeps its cache within its bounds, and looks at the public database's newest tree, so that ages are known.</summary>
internal sealed class Housekeeping(
    CacheLimits cache, ModuleRules rules, IReadOnlyList<ICacheContent> contents, PublicDatabase? database, IDecisionLog decisions,
    GoProxyMetrics metrics, ServerEvents events, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    public async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (true)
        {
            // First what hangs on nobody's answer.
            await TryAsync(() => Evict(stopping), stopping);
            await TryAsync(() => ObserveAsync(stopping), stopping);
            await Task.Delay(Interval, clock, stopping);
        }
    }

    private async Task TryAsync(Func<Task> step, CancellationToken stopping)
    {
        try
        {
            await step();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever went wrong, it is said, and tried again the next time: without it the cache grows until the disk is full.
        catch (Exception e)
#pragma warning restore CA1031
        {
            events.Error(e);
        }
    }

    private async Task ObserveAsync(CancellationToken stopping)
    {
        if (database is null || rules.MinimumAge == TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await database.ObserveAsync(stopping);
        }
        catch (CiComplianceException e)
        {
            // Ages stay as they were known, which makes modules younger and never older.
            decisions.Refused(new(database.Name, "latest"), "tree", e.Finding);
            events.Error(e);
        }
    }

    private Task Evict(CancellationToken stopping)
    {
        metrics.Evicted(CacheEviction.Run(contents, cache.MaxBytes, cache.MaxAge, clock, stopping));
        return Task.CompletedTask;
    }
}
