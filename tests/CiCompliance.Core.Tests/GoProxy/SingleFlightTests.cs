using CiCompliance.GoProxy;

namespace CiCompliance.Core.Tests.GoProxy;

public sealed class SingleFlightTests
{
    [Test]
    public async Task RunAsync_OfManyAtOnce_WorksOnce()
    {
        var flights = new SingleFlight<string, int>();
        var gate = new TaskCompletionSource();
        var runs = 0;
        var waiting = Enumerable.Range(0, 50).Select(_ => flights.RunAsync("a", async () => { await gate.Task; return Interlocked.Increment(ref runs); }, CancellationToken.None)).ToList();
        var other = await flights.RunAsync("b", () => Task.FromResult(7), CancellationToken.None);
        gate.SetResult();

        (await Task.WhenAll(waiting)).ShouldAllBe(result => result == 1);
        other.ShouldBe(7);
        (await flights.RunAsync("a", () => Task.FromResult(2), CancellationToken.None)).ShouldBe(2, "what has landed is asked anew");
    }

    [Test]
    public async Task RunAsync_WhenTheFirstGoesAway_GoesOnForTheOthers()
    {
        var flights = new SingleFlight<string, int>();
        var gate = new TaskCompletionSource();
        using var first = new CancellationTokenSource();
        var gone = flights.RunAsync("a", async () => { await gate.Task; return 1; }, first.Token);
        var stays = flights.RunAsync("a", () => Task.FromResult(2), CancellationToken.None);
        await first.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(gone);
        gate.SetResult();

        (await stays).ShouldBe(1);
    }

    [Test]
    public async Task RunAsync_WhenItFails_FailsForAllAndIsTriedAnew()
    {
        var flights = new SingleFlight<string, int>();
        var gate = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 3).Select(_ => flights.RunAsync("a", async () => { await gate.Task; throw new IOException("disk"); }, CancellationToken.None)).ToList();
        gate.SetResult();
        foreach (var one in waiting)
        {
            (await Should.ThrowAsync<IOException>(one)).Message.ShouldBe("disk");
        }

        await Should.ThrowAsync<InvalidOperationException>(() => flights.RunAsync("a", () => throw new InvalidOperationException(), CancellationToken.None));
        (await flights.RunAsync("a", () => Task.FromResult(2), CancellationToken.None)).ShouldBe(2);
    }
}
