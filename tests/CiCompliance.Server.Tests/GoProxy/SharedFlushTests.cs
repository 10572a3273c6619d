using CiCompliance.Server.GoProxy;

namespace CiCompliance.Server.Tests.GoProxy;

public sealed class SharedFlushTests
{
    [Test]
    public async Task Run_WhileAFlushIsUnderWay_WaitsForOneAfterItTogetherWithAllOthers()
    {
        using var begun = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        var flushes = 0;
        var shared = new SharedFlush(() =>
        {
            flushes++;
            begun.Release();
            go.Wait();
        });
        var first = shared.RunAsync();
        await begun.WaitAsync();
        var later = Enumerable.Range(0, 50).Select(_ => shared.RunAsync()).ToArray();

        go.Release();
        await first;
        later.ShouldAllBe(task => !task.IsCompleted, "what they wrote may have come after that flush began");
        go.Release();
        await Task.WhenAll(later);
        flushes.ShouldBe(2);
    }

    [Test]
    public async Task Run_BehindAFlushThatFails_FailsToo()
    {
        using var begun = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        var flushes = 0;
        var shared = new SharedFlush(() =>
        {
            flushes++;
            begun.Release();
            go.Wait();
            throw new IOException("the disk is broken");
        });
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
}
