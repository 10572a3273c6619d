using System.Net;

namespace CiCompliance.Server.Tests.Log;

/// <summary>The log's own files, changed while the server has them open: nothing is promised any more.</summary>
public sealed class DamagedLogTests
{
    [Test]
    public async Task EntriesCutShort_AreFoundByTheNextAppend()
    {
        await using var log = await RunningLog.StartAsync();
        using var key = new SigningKey();
        await log.UuidOfAsync(key.HashedRekord());
        var checkpoint = await File.ReadAllTextAsync(Path.Combine(log.Path, "checkpoint"));
        Change(log, entries => RandomAccess.SetLength(entries, RandomAccess.GetLength(entries) - 1));

        await ShouldTakeNothingAsync(log, key);

        (await File.ReadAllTextAsync(Path.Combine(log.Path, "checkpoint"))).ShouldBe(checkpoint);
        log.Events.ToString().Split("CIC4001").Length.ShouldBe(2, "said once, not with every request");
        await log.StopServerAsync();
        (await Should.ThrowAsync<CiComplianceException>(() => log.StartServerAsync())).Diagnostic.Code.ShouldBe("CIC4001");
    }

    [Test]
    public async Task EntryChanged_IsFoundByItsReader()
    {
        await using var log = await RunningLog.StartAsync();
        using var key = new SigningKey();
        await log.UuidOfAsync(key.HashedRekord());
        Change(log, entries => RandomAccess.Write(entries, "!"u8, RandomAccess.GetLength(entries) - 1));
        (await log.Client.GetStringAsync("/readyz")).ShouldBe("ready\n", "nobody has looked yet");

        using var read = await log.Client.GetAsync("/api/v1/log/entries?logIndex=1");

        read.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        log.Events.ToString().ShouldContain("CIC4001");
        await ShouldTakeNothingAsync(log, key);
        (await log.GetJsonAsync("/api/v1/log/entries?logIndex=0")).ShouldNotBeNull("what is whole is still read");
    }

    private static async Task ShouldTakeNothingAsync(RunningLog log, SigningKey key)
    {
        foreach (var body in new[] { key.HashedRekord(), key.HashedRekord() })
        {
            using var refused = await log.CreateAsync(body);
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        using var unready = await log.Client.GetAsync("/readyz");
        unready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await unready.Content.ReadAsStringAsync()).ShouldBe("the log is damaged\n");
        (await log.Client.GetStringAsync("/metrics")).ShouldContain("cicompliance_log_ready 0\n");
        ((long)(await log.GetJsonAsync("/api/v1/log"))["treeSize"]!).ShouldBe(2);
    }

    private static void Change(RunningLog log, Action<Microsoft.Win32.SafeHandles.SafeFileHandle> change)
    {
        using var entries = File.OpenHandle(Path.Combine(log.Path, "entries"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        change(entries);
    }
}
