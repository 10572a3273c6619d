using System.Net;

namespace CiCompliance.Server.Tests.Log;

public sealed class ClockTests
{
    [Test]
    public async Task LastEntryInTheClocksFuture_Is503AndUnready_UntilTheClockIsRight()
    {
        var clock = new SetClock { Now = new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero) };
        await using var log = await RunningLog.StartAsync(clock: clock);
        using var key = new SigningKey();
        var body = key.HashedRekord();
        await log.UuidOfAsync(body);
        clock.Now -= TimeSpan.FromMinutes(10);
        await log.UuidOfAsync(key.HashedRekord());

        clock.Now -= TimeSpan.FromSeconds(1);
        for (var i = 0; i < 2; i++)
        {
            using var refused = await log.CreateAsync(key.HashedRekord());
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        using var known = await log.CreateAsync(body);
        known.StatusCode.ShouldBe(HttpStatusCode.Conflict, "nothing has to be promised for it");
        using var unready = await log.Client.GetAsync("/readyz");
        unready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await unready.Content.ReadAsStringAsync()).ShouldBe("the last entry is in the future of the clock\n");
        log.Events.ToString().Split("\"event\":\"clock-behind\",\"lastEntry\":\"2026-11-20T08:00:00Z\"").Length.ShouldBe(2, "it is said once");

        clock.Now += TimeSpan.FromSeconds(1);
        await log.UuidOfAsync(key.HashedRekord());
        (await log.Client.GetStringAsync("/readyz")).ShouldBe("ready\n");
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
