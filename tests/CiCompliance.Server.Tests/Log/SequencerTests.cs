using System.Net;
using System.Security.Cryptography;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log;
using CiCompliance.Server.Log.Entries;
using CiCompliance.Server.Log.Search;
using CiCompliance.Server.Log.Sequencing;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Tests.Log;

public sealed class SequencerTests
{
    private static EntryCandidate Some() => EntryCandidate.Logged(RandomNumberGenerator.GetBytes(40));

    [Test]
    public async Task WhatArrivesDuringABatch_BecomesOneBatch_AndEqualEntriesOneEntry()
    {
        GatedSigner signer = null!;
        await using var log = await RunningLog.StartAsync(signer: key => signer = new GatedSigner(key));
        var sequencer = log.Service.Sequencer;
        signer.Gate.Reset();
        var first = sequencer.AppendAsync(Some());
        signer.WaitUntilAsked();
        var twice = Some();
        var waiting = Enumerable.Range(0, 50).Select(_ => Some()).Append(twice).Append(twice).Select(sequencer.AppendAsync).ToList();
        first.IsCompleted.ShouldBeFalse("nothing is acknowledged before its checkpoint");
        signer.Gate.Set();

        var head = (await first).Head!;
        var logged = await Task.WhenAll(waiting);

        head.Checkpoint.Size.ShouldBe(2);
        logged.Take(51).ShouldAllBe(entry => entry.Head!.Checkpoint.Size == 53);
        logged.Take(51).Select(entry => entry.Index).ShouldBe(Enumerable.Range(2, 51).Select(i => (long)i));
        logged[51].ShouldBe(new SequencedEntry(52, 0, null), "the second of two equal ones is a duplicate of the first");
        log.Service.Metrics.ToText(53, 0, true).ShouldContain("cicompliance_log_batch_size_bucket{le=\"1\"} 1\n");
    }

    [Test]
    public async Task FullQueue_RefusesAndForgetsNothing()
    {
        GatedSigner signer = null!;
        await using var log = await RunningLog.StartAsync(signer: key => signer = new GatedSigner(key));
        var sequencer = log.Service.Sequencer;
        signer.Gate.Reset();
        var waiting = new List<Task<SequencedEntry>> { sequencer.AppendAsync(Some()) };
        signer.WaitUntilAsked();
        for (var i = 0; i < LogSequencer.QueueLength; i++)
        {
            waiting.Add(sequencer.AppendAsync(Some()));
        }

        using var key = new SigningKey();
        using var refused = await log.CreateAsync(key.HashedRekord());
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.ToString().ShouldBe("1");
        (await log.Client.GetStringAsync("/metrics")).ShouldContain("cicompliance_log_rejected_total{reason=\"queue-full\"} 1\n");
        signer.Gate.Set();
        (await Task.WhenAll(waiting)).Select(entry => entry.Index).ShouldBe(Enumerable.Range(1, LogSequencer.QueueLength + 1).Select(i => (long)i));
    }

    [Test]
    public async Task Stop_LogsWhatWaits()
    {
        GatedSigner signer = null!;
        await using var log = await RunningLog.StartAsync(signer: key => signer = new GatedSigner(key));
        signer.Gate.Reset();
        var waiting = Enumerable.Range(0, 20).Select(_ => log.Service.Sequencer.AppendAsync(Some())).ToList();
        var stopping = log.StopServerAsync();
        signer.Gate.Set();
        await stopping;

        (await Task.WhenAll(waiting)).Length.ShouldBe(20);
        using var store = LogStore.Open(log.Path, null, log.Verifier, TimeProvider.System);
        store.Checkpoint.Size.ShouldBe(21);
        log.Events.ToString().ShouldContain("\"event\":\"stopped\",\"size\":");
    }

    [Test]
    public async Task Fixture_WhoseGateIsStillClosed_Ends()
    {
        GatedSigner signer = null!;
        Task<SequencedEntry> waiting;
        await using (var log = await RunningLog.StartAsync(signer: key => signer = new GatedSigner(key)))
        {
            signer.Gate.Reset();
            waiting = log.Service.Sequencer.AppendAsync(Some());
            signer.WaitUntilAsked();
        }

        (await waiting).Index.ShouldBe(1, "a test that failed in between would end here too");
    }

    [Test]
    public async Task Stop_WhenTheKeyNeverAnswers_EndsAndKeepsTheFolderLocked()
    {
        GatedSigner signer = null!;
        await using var log = await RunningLog.StartAsync(options => options with { StopPatience = TimeSpan.FromMilliseconds(100) }, key => signer = new GatedSigner(key));
        signer.Gate.Reset();
        var (service, waiting) = (log.Service, log.Service.Sequencer.AppendAsync(Some()));
        signer.WaitUntilAsked();

        await log.StopServerAsync();

        waiting.IsCompleted.ShouldBeFalse();
        log.Events.ToString().ShouldContain("\"event\":\"stop-incomplete\"");
        (await Should.ThrowAsync<CiComplianceException>(() => log.StartServerAsync())).Diagnostic.Code.ShouldBe("CIC4002", "the late checkpoint would go over that of another writer");
        signer.Gate.Set();
        (await waiting).Index.ShouldBe(1);
        SpinWait.SpinUntil(() => service.Sequencer.HasEnded, TimeSpan.FromSeconds(60)).ShouldBeTrue();
        service.Dispose();
    }

    [TestCase("sequencer")]
    [TestCase("index")]
    public async Task Stop_WhenAPartThrows_ReleasesTheFolderAllTheSame(string part)
    {
        await using var log = await RunningLog.StartAsync();
        IDisposable broken = part == "sequencer" ? log.Service.Sequencer : log.Service.Index;
        broken.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(log.StopServerAsync);

        await log.StartServerAsync();
        (await log.Client.GetStringAsync("/readyz")).ShouldBe("ready\n");
    }

    [Test]
    public async Task FolderThatCannotBeWritten_Is503AndUnready_UntilItCanAgain()
    {
        await using var log = await RunningLog.StartAsync();
        using var key = new SigningKey();
        var before = await log.UuidOfAsync(key.HashedRekord());
        var obstacle = Path.Combine(log.Path, "checkpoint.new");
        Directory.CreateDirectory(obstacle);
        var body = key.HashedRekord();
        using var refused = await log.CreateAsync(body);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using var unready = await log.Client.GetAsync("/readyz");
        unready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await log.Client.GetStringAsync("/healthz")).ShouldBe("ok\n");
        (await log.GetJsonAsync($"/api/v1/log/entries/{before}")).ShouldNotBeNull("reading goes on");
        log.Events.ToString().ShouldContain("CIC4007");

        Directory.Delete(obstacle);
        SpinWait.SpinUntil(() => log.Service.Sequencer.IsHealthy, TimeSpan.FromSeconds(60)).ShouldBeTrue();
        using var again = await log.CreateAsync(body);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict, "the refused entry was whole on the disk, so recovery took it in");
        await log.UuidOfAsync(key.HashedRekord());
        ((long)(await log.GetJsonAsync("/api/v1/log"))["treeSize"]!).ShouldBe(4);
    }

    [Test]
    public async Task SlowAppend_LeavesTheServerReady()
    {
        GatedSigner signer = null!;
        await using var log = await RunningLog.StartAsync(signer: key => signer = new GatedSigner(key));
        signer.Gate.Reset();
        var slow = log.Service.Sequencer.AppendAsync(Some());
        signer.WaitUntilAsked();
        (await log.Client.GetStringAsync("/readyz")).ShouldBe("ready\n");
        signer.Gate.Set();
        await slow;
        (await log.Client.GetStringAsync("/readyz")).ShouldBe("ready\n");
    }

    [Test]
    public async Task IndexThatCannotBeWritten_IsUnreadyUntilItCan_AndNotNowAndThen()
    {
        using var log = new TestLog();
        using var output = new EventText();
        var (clock, folder) = (TimeProvider.System, log.File("search"));
        var events = new ServerEvents(output, clock);
        using var index = EntryIndex.Open(log.Store, folder, events, CancellationToken.None, tailEntries: 2);
        using var sequencer = new LogSequencer(log.Store, index, new LogMetrics(clock), events, clock);
        Directory.Delete(folder, recursive: true);
        await Should.ThrowAsync<UnavailableException>(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await sequencer.AppendAsync(Some());
            }
        });
        SpinWait.SpinUntil(() => output.ToString().Split("\"event\":\"error\"").Length > 3, TimeSpan.FromSeconds(60)).ShouldBeTrue("recovery is tried again and again");
        output.ToString().ShouldNotContain("\"event\":\"recovered\"");
        sequencer.IsHealthy.ShouldBeFalse();

        Directory.CreateDirectory(folder);
        SpinWait.SpinUntil(() => sequencer.IsHealthy, TimeSpan.FromSeconds(60)).ShouldBeTrue();
        await sequencer.AppendAsync(Some());
    }

    [Test]
    public async Task KeyThatDoesNotSign_Is503AndUnready_UntilItSignsAgain()
    {
        GatedSigner signer = null!;
        await using var log = await RunningLog.StartAsync(signer: key => signer = new GatedSigner(key));
        using var key = new SigningKey();
        signer.Failure = new CryptographicException("the key store does not answer");
        using var refused = await log.CreateAsync(key.HashedRekord());
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var signed = signer.Signed;
        SpinWait.SpinUntil(() => signer.Signed >= signed + 2, TimeSpan.FromSeconds(60)).ShouldBeTrue("recovery is tried again and again");
        using var unready = await log.Client.GetAsync("/readyz");
        unready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        signer.Failure = null;
        SpinWait.SpinUntil(() => log.Service.Sequencer.IsHealthy, TimeSpan.FromSeconds(60)).ShouldBeTrue();
        await log.UuidOfAsync(key.HashedRekord());
    }

    [Test]
    public async Task CheckpointOfV2_WhenItsSignatureFailedOnce_IsSignedForTheNextWhoAsks()
    {
        GatedSigner signer = null!;
        await using var log = await RunningLog.StartAsync(signer: key => signer = new GatedSigner(key));
        signer.Failure = new CryptographicException("the key store does not answer");
        using var failed = await log.Client.GetAsync("/checkpoint");
        failed.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);

        signer.Failure = null;
        var first = await log.Client.GetStringAsync("/checkpoint");
        (await log.Client.GetStringAsync("/checkpoint")).ShouldBe(first);
        signer.Signed.ShouldBe(2);
    }

    [Test]
    public async Task Duplicate_AfterARestart_IsStillOne()
    {
        await using var log = await RunningLog.StartAsync();
        using var key = new SigningKey();
        var body = key.HashedRekord();
        await log.UuidOfAsync(body);
        await log.StopServerAsync();
        await log.StartServerAsync();
        using var duplicate = await log.CreateAsync(body);
        duplicate.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task SecondServer_OnOneFolder_IsRefused()
    {
        await using var log = await RunningLog.StartAsync();
        (await Should.ThrowAsync<CiComplianceException>(() => log.StartServerAsync())).Diagnostic.Code.ShouldBe("CIC4002");
    }

    [Test]
    public async Task ClockMovedBack_NeverMovesTheLogsTimesBack()
    {
        var clock = new SetClock { Now = new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero) };
        await using var log = await RunningLog.StartAsync(clock: clock);
        using var key = new SigningKey();
        await log.UuidOfAsync(key.HashedRekord());
        clock.Now -= TimeSpan.FromMinutes(5);
        await log.UuidOfAsync(key.HashedRekord());
        await log.StopServerAsync();
        clock.Now -= TimeSpan.FromMinutes(5);
        await log.StartServerAsync();
        await log.UuidOfAsync(key.HashedRekord());
        clock.Now += TimeSpan.FromDays(1) + TimeSpan.FromMinutes(10);
        await log.UuidOfAsync(key.HashedRekord());

        var times = new List<long>();
        for (var index = 1; index <= 4; index++)
        {
            times.Add((long)(await log.GetJsonAsync($"/api/v1/log/entries?logIndex={index}")).AsObject().Single().Value!["integratedTime"]!);
        }

        times.ShouldBe([times[0], times[0], times[0], times[0] + (24 * 60 * 60)]);
        (await log.Client.GetStringAsync("/metrics")).ShouldContain("cicompliance_log_checkpoint_age_seconds 0\n");
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
