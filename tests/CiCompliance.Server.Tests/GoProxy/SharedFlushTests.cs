using CiCompliance.Server.GoProxy;

namespace CiCompliance.Server.Tests.GoProxy;

public sealed class SharedFlushTests : IDisposable
{
    private readonly SemaphoreSlim begun = new(0);
    private readonly SemaphoreSlim go = new(0);
    private int flushes;

    public void Dispose()
    {
        begun.Dispose();
        go.Dispose();
    }

    [SetUp]
    public void SetUp() => flushes = 0;

    [Test]
    public async Task Run_WhileAFlushIsUnderWay_WaitsForOneAfterItTogetherWithAllOthers()
    {
        var shared = Held();
        var first = shared.RunAsync();
        await begun.WaitAsync();
        var later = Enumerable.Range(0, 50).Select(_ => shared.RunAsync()).ToArray();

        go.Release();
        await first;
        later.ShouldAllBe(task => !task.IsCompleted, "what they wrote may have come after that flush began");
        go.Release();
        await Task.WhenAll(later);
        await begun.WaitAsync();
        flushes.ShouldBe(2);
    }

    [Test]
    public async Task Run_BehindAFlushThatFails_FailsToo()
    {
        var shared = Held(new IOException("the disk is broken"));
        var first = shared.RunAsync();
        await begun.WaitAsync();
        var behind = shared.RunAsync();
        go.Release();
        await Should.ThrowAsync<IOException>(first);
        await Should.ThrowAsync<IOException>(behind);
        flushes.ShouldBe(1, "the system takes for written what a flush has failed to write");
    }

    [Test]
    public async Task Run_AfterAFlushThatFailed_FlushesAgain()
    {
        var fails = true;
        var shared = new SharedFlush(() => _ = fails ? throw new IOException("the disk is full") : 0);
        await Should.ThrowAsync<IOException>(shared.RunAsync());
        fails = false;
        await shared.RunAsync();
    }

    /// <summary>Each flush says that it has begun, and waits until it may go on.</summary>
    private SharedFlush Held(IOException? failure = null) => new(() =>
    {
        flushes++;
        begun.Release();
        go.Wait();
        if (failure is not null)
        {
            throw failure;
        }
    });
}
