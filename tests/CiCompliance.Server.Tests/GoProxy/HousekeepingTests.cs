using System.Collections.Concurrent;
using System.Net;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Configuration;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Server.GoProxy;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Tests.Log;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>What goes on though the operator's own log can't be written, and whatever goes wrong in one round.</summary>
internal sealed class HousekeepingTests
{
    [Test]
    public async Task Loop_AfterARoundThatFailed_GoesOnAndSaysWhatItWas()
    {
        using var directory = new TempDirectory();
        await using var events = new EventText();
        var clock = new FailingClock();
        var store = new FileModuleStore(directory.Combine("cache"), 1, clock);
        store.Prepare();
        using var decisions = new DecisionFile(directory.Combine("decisions.jsonl"), new ServerEvents(events, TimeProvider.System), new GoProxyMetrics(), TimeProvider.System);
        directory.Write("cache/files/aa/old", "content");
        using var stopping = new CancellationTokenSource();

        var loop = new Housekeeping(
            new CacheLimits(1 << 20, TimeSpan.FromDays(-2)), new ModuleRules([], [], [], TimeSpan.Zero), [store], null, decisions, new GoProxyMetrics(),
            new ServerEvents(events, TimeProvider.System), clock).RunAsync(stopping.Token);

        for (var i = 0; i < 600 && File.Exists(directory.Combine("cache", "files", "aa", "old")) && !loop.IsCompleted; i++)
        {
            await Task.Delay(20);
        }

        loop.IsCompleted.ShouldBeFalse();
        File.Exists(directory.Combine("cache", "files", "aa", "old")).ShouldBeFalse("the second round evicts it");
        events.ToString().ShouldContain("nothing that anybody thought of");
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(loop);
    }

    [Test]
    public async Task Repositories_AreOfTheCache_AndPreparedByWhoeverHasTheFolder()
    {
        var repositories = new StandInRepositories();
        await using var proxy = await RunningProxy.StartAsync(
            configuration => configuration with { Cache = new(100, TimeSpan.FromDays(1)) }, before: proxy => proxy.Repositories = repositories);

        for (var i = 0; i < 600 && repositories.Removed.Count < 2; i++)
        {
            await Task.Delay(20);
        }

        repositories.Removed.Order().ShouldBe(["old", "too much"]);
        (await Should.ThrowAsync<CiComplianceException>(proxy.StartSecondAsync())).Diagnostic.Code.ShouldBe("CIC4002");
        repositories.Prepared.ShouldBe(1, "what the first one is making is no leftover");
        for (var i = 0; i < 600 && !(await proxy.GetAsync("/metrics")).Text.Contains("evictions_total 2\n", StringComparison.Ordinal); i++)
        {
            await Task.Delay(20);
        }

        (await proxy.GetAsync("/metrics")).Text.ShouldContain("cicompliance_goproxy_evictions_total 2\n");
    }

    [Test]
    public async Task EventsThatCannotBeWritten_TakeNothingFromAnswersOrTheEnd()
    {
        await using var output = new FullOutput();
        var proxy = await RunningProxy.StartAsync(before: proxy => proxy.Output = output);
        try
        {
            proxy.Public.Add("example.com/a", "v1.0.0", new Dictionary<string, string> { ["go.mod"] = "module example.com/a\n" });
            proxy.Public.Add("example.com/b", "v1.0.0", new Dictionary<string, string> { ["go.mod"] = "module example.com/b\n" });
            proxy.Public.Lie = path => path == "/example.com/a/@v/v1.0.0.zip" ? (200, [1]) : null;
            (await proxy.RefusesAsync("/example.com/a/@v/v1.0.0.zip", HttpStatusCode.Forbidden, "CIC7111")).ShouldNotBeEmpty();
            proxy.DecisionsOf("CIC7111").ShouldHaveSingleItem();
            (await proxy.GetAsync("/example.com/b/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
            output.Lost.ShouldBeGreaterThan(1, "the start and the alarm");
            await proxy.StopServerAsync();
        }
        finally
        {
            await proxy.DisposeAsync();
        }
    }

    private sealed class StandInRepositories : ICacheContent
    {
        public ConcurrentQueue<string> Removed { get; } = new();

        public int Prepared { get; private set; }

        public void Prepare() => Prepared++;

        public IEnumerable<CacheItem> Items() => Removed.IsEmpty ? [Item("used", 0, 60), Item("too much", 1, 50), Item("old", 30, 1)] : [];

        private CacheItem Item(string name, int days, long bytes) => new(DateTime.UtcNow - TimeSpan.FromDays(days), bytes, () =>
        {
            Removed.Enqueue(name);
            return true;
        });
    }

    /// <summary>Fails when it is asked for the first time, and lets every wait be over at once.</summary>
    private sealed class FailingClock : TimeProvider
    {
        private int asked;

        public override DateTimeOffset GetUtcNow() => asked++ == 0 ? throw new InvalidOperationException("nothing that anybody thought of") : base.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
    }

    /// <summary>A file on a full disk.</summary>
    private sealed class FullOutput : StringWriter
    {
        private int lost;

        public int Lost => lost;

        public override void WriteLine(string? value)
        {
            Interlocked.Increment(ref lost);
            throw new IOException("No space left on device");
        }
    }
}
