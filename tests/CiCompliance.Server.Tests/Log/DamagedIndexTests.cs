using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CiCompliance.Server.Log.Search;
using CiCompliance.Server.Search;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Tests.Log;

/// <summary>A bit of the search index that the disk has changed, as clients see it.</summary>
public sealed class DamagedIndexTests
{
    private const int Tail = 64;

    [TestCase(false)]
    [TestCase(true)]
    public async Task Entry_WhoseRecordsAreDamaged_IsNeverLoggedTwiceOrMissed(bool whileOpen)
    {
        await using var log = await RunningLog.StartAsync(options => options with { TailEntries = Tail });
        using var key = new SigningKey();
        var digest = RandomNumberGenerator.GetBytes(32);
        var body = key.HashedRekord(digest);
        var uuid = await log.UuidOfAsync(body);
        var leaf = log.Service.Store.LeafHash(1);
        await log.StopServerAsync();
        Fill(log, Tail);
        await log.StartServerAsync();
        await log.StopServerAsync();
        var run = Directory.GetFiles(Path.Combine(log.Path, "search")).ShouldHaveSingleItem();
        if (whileOpen)
        {
            await log.StartServerAsync();
        }

        Damage(run, EntryKeys.Of(KeyKind.Leaf, leaf));
        Damage(run, EntryKeys.Of(KeyKind.Artifact, digest));
        if (!whileOpen)
        {
            await log.StartServerAsync();
        }

        using var found = await OnceWholeAsync(() => log.PostAsync("/api/v1/index/retrieve", $"{{\"hash\":\"sha256:{Convert.ToHexStringLower(digest)}\"}}"));
        ((string?)JsonNode.Parse(await found.Content.ReadAsStringAsync())![0]).ShouldBe(uuid);
        using var again = await OnceWholeAsync(() => log.CreateAsync(body));
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        again.Headers.Location!.OriginalString.ShouldEndWith(uuid);
        log.Events.ToString().ShouldContain("\"event\":\"index-damaged\"");
        await log.UuidOfAsync(key.HashedRekord());
    }

    [Test]
    public async Task WhatTheDamageLeavesOpen_Is503_AndTheRestIsAnswered()
    {
        await using var log = await RunningLog.StartAsync(options => options with { TailEntries = Tail });
        using var key = new SigningKey();
        var body = key.HashedRekord();
        await log.UuidOfAsync(body);
        var leaf = log.Service.Store.LeafHash(1);
        await log.StopServerAsync();
        Fill(log, Tail);
        await log.StartServerAsync();
        await log.StopServerAsync();
        var folder = Path.Combine(log.Path, "search");
        Damage(Directory.GetFiles(folder).ShouldHaveSingleItem(), EntryKeys.Of(KeyKind.Leaf, leaf));
        await log.StartServerAsync();
        // Nothing can be made again there.
        Directory.Delete(folder, recursive: true);

        using var refused = await log.CreateAsync(body);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.ToString().ShouldBe("1");
        (await log.Client.GetStringAsync("/readyz")).ShouldBe("ready\n");
        (await log.Client.GetStringAsync("/metrics")).ShouldContain("cicompliance_log_rejected_total{reason=\"index-damaged\"} 1\n");
        (await log.GetJsonAsync("/api/v1/log/entries?logIndex=1")).ShouldNotBeNull();
        ((long)(await log.GetJsonAsync("/api/v1/log"))["treeSize"]!).ShouldBe(Tail + 2);
    }

    private static void Fill(RunningLog log, int count)
    {
        using var store = LogStore.Open(log.Path, log.Key, log.Verifier, TimeProvider.System);
        store.Append([.. Enumerable.Range(0, count).Select(_ => ProposedEntry.HashedRekord(RandomNumberGenerator.GetBytes(32), [1], log.Key.PublicKey).Body)], CancellationToken.None);
    }

    /// <summary>Changes a record so that its entry would no longer be found by it.</summary>
    private static void Damage(string run, ulong key)
    {
        var record = new byte[IndexRecord.Size];
        new IndexRecord(key, 1).Write(record);
        var at = File.ReadAllBytes(run).AsSpan().IndexOf(record);
        at.ShouldBePositive();
        using var file = File.OpenHandle(run, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, [(byte)(record[6] ^ 1)], at + 6);
    }

    private static async Task<HttpResponseMessage> OnceWholeAsync(Func<Task<HttpResponseMessage>> send)
    {
        for (var i = 0; ; i++)
        {
            var answer = await send();
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                return answer;
            }

            i.ShouldBeLessThan(600, await answer.Content.ReadAsStringAsync());
            answer.Dispose();
            await Task.Delay(100);
        }
    }
}
