using System.Net;
using System.Security.Cryptography;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Server.GoProxy;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>Full disks, ends in the middle, second proxies and caches that lose files: nothing unproved is given, and nothing recorded is lost or recorded twice.</summary>
internal sealed class FaultTests
{
    private static readonly ModuleVersion Large = new("example.com/large", "v1.0.0");

    [Test]
    public async Task DiskThatIsFullInMidDownload_Is503AndKeepsNothing_UntilThereIsRoom()
    {
        SmallDisk? disk = null;
        await using var proxy = await RunningProxy.StartAsync(prepare: path => disk = SmallDisk.Mount(Path.Combine(path, "cache"), "2m"));
        using var mounted = disk;
        AddLarge(proxy);
        disk!.Fill();

        await proxy.RefusesAsync(ZipOf(Large), HttpStatusCode.ServiceUnavailable, "CIC7113");

        proxy.KeepsNothing();
        proxy.Cached("quarantine").ShouldBeEmpty();
        proxy.DecisionsOf("CIC7113").ShouldHaveSingleItem()["event"]!.GetValue<string>().ShouldBe("undecided");
        proxy.DecisionsOf("passed").ShouldBeEmpty();
        disk.Empty();
        (await proxy.GetAsync(ZipOf(Large))).Status.ShouldBe(HttpStatusCode.OK);
        (await proxy.RecordsAsync()).Count.ShouldBe(1);
    }

    [Test]
    public async Task DiskThatIsFull_TakesNothingFromAVerdict()
    {
        SmallDisk? disk = null;
        await using var proxy = await RunningProxy.StartAsync(prepare: path => disk = SmallDisk.Mount(path, "4m"));
        using var mounted = disk;
        proxy.Public.Add("example.com/a", "v1.0.0", Files("example.com/a"));
        proxy.Public.Add("example.com/b", "v1.0.0", Files("example.com/b"));
        foreach (var module in new[] { "a", "b" })
        {
            (await proxy.GetAsync($"/sumdb/{RunningProxy.Database}/lookup/example.com/{module}@v1.0.0")).Status.ShouldBe(HttpStatusCode.OK);
        }

        proxy.Public.Lie = path => path.EndsWith(".zip", StringComparison.Ordinal) ? (200, [1]) : null;
        disk!.Fill();
        await FillDecisionsAsync(proxy);
        using (var answer = await proxy.SendAsync("/example.com/a/@v/v1.0.0.zip", _ => { }))
        {
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.ServiceUnavailable, HttpStatusCode.Forbidden);
        }

        proxy.Public.Lie = _ => null;
        (await proxy.GetAsync("/example.com/b/@v/v1.0.0.mod")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable, "what can't be written down does not pass");
        (await proxy.GetAsync("/example.com/b/@v/v1.0.0.mod")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable, "nor the second time");
        proxy.Cached("unverified").ShouldBeEmpty();
        disk.Empty();
        (await proxy.GetAsync("/example.com/b/@v/v1.0.0.mod")).Status.ShouldBe(HttpStatusCode.OK);
        proxy.DecisionsOf("passed").ShouldHaveSingleItem();
    }

    [Test]
    public async Task DatabaseThatCannotBeWritten_Is503AndRecordsNothingTwice()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files("example.com/a"));
        proxy.Public.Add("example.com/b", "v1.0.0", Files("example.com/b"));
        (await proxy.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);

        // The record goes to the disk, and the tree head cannot: whoever asked is told that it is not recorded.
        var obstacle = Directory.CreateDirectory(Path.Combine(proxy.Path, GoProxyOptions.SumdbFolder, "checkpoint.new"));
        await proxy.RefusesAsync("/example.com/b/@v/v1.0.0.zip", HttpStatusCode.ServiceUnavailable, "CIC4007");
        (await proxy.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await proxy.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK, "reading goes on");
        (await proxy.GetAsync($"/sumdb/{RunningProxy.Database}/lookup/example.com/a@v1.0.0")).Status.ShouldBe(HttpStatusCode.OK);
        proxy.DecisionsOf("CIC4007").ShouldHaveSingleItem();

        obstacle.Delete();
        await ReadyAsync(proxy);
        (await proxy.GetAsync("/example.com/b/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
        (await proxy.GetAsync($"/sumdb/{RunningProxy.Database}/lookup/example.com/b@v1.0.0")).Status.ShouldBe(HttpStatusCode.OK);
        var records = await proxy.RecordsAsync();
        records.Count.ShouldBe(2);
        records.Distinct().Count().ShouldBe(2);

        await proxy.StopServerAsync();
        await proxy.StartServerAsync();
        (await proxy.RecordsAsync()).ShouldBe(records);
    }

    [Test]
    public async Task ProcessThatEndsInMidAppend_LosesNoRecordAndRecordsNoneTwice()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files("example.com/a"));
        proxy.Public.Add("example.com/b", "v1.0.0", Files("example.com/b"));
        (await proxy.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
        await proxy.StopServerAsync();
        var database = Path.Combine(proxy.Path, GoProxyOptions.SumdbFolder);
        var before = Directory.GetFiles(database).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        await proxy.StartServerAsync();
        (await proxy.GetAsync("/example.com/b/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
        await proxy.StopServerAsync();
        var after = Directory.GetFiles(database).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        after["entries"].Length.ShouldBeGreaterThan(before["entries"].Length + 100);

        // The record is written, then what follows from it, then the tree head: an end anywhere before the head, and with what follows whole, torn or not begun.
        var copy = proxy.Directory.Combine("copy");
        for (var length = before["entries"].Length; length <= after["entries"].Length; length++)
        {
            foreach (var derived in length == after["entries"].Length ? new[] { before, after } : [before])
            {
                Write(copy, before, after["entries"][..length], derived["index"], derived["hashes"]);
                using var store = SumdbStore.Open(copy, proxy.Signer, proxy.Sm2, proxy.Verifier, proxy.Clock);
                store.Head.Size.ShouldBe(length == after["entries"].Length ? 2 : 1, $"after {length} bytes");
                store.Read(0).Module.Path.ShouldBe("example.com/a");
            }
        }

        // The server over some of these.
        foreach (var cut in new[] { 1, 100, after["entries"].Length - before["entries"].Length })
        {
            Write(database, before, after["entries"][..(before["entries"].Length + cut)], before["index"], before["hashes"]);
            await proxy.StartServerAsync();
            foreach (var module in new[] { "a", "b" })
            {
                (await proxy.GetAsync($"/sumdb/{RunningProxy.Database}/lookup/example.com/{module}@v1.0.0")).Text.ShouldStartWith(module == "a" ? "0\n" : "1\n");
                (await proxy.GetAsync($"/example.com/{module}/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
            }

            (await proxy.RecordsAsync()).Count.ShouldBe(2);
            await proxy.StopServerAsync();
        }
    }

    [Test]
    public async Task FolderThatHoldsLessThanItsTreeHeadSays_IsNotServed()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files("example.com/a"));
        (await proxy.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
        await proxy.StopServerAsync();
        var entries = Path.Combine(proxy.Path, GoProxyOptions.SumdbFolder, "entries");
        await File.WriteAllBytesAsync(entries, (await File.ReadAllBytesAsync(entries))[..^1]);
        (await Should.ThrowAsync<CiComplianceException>(proxy.StartServerAsync())).Diagnostic.Code.ShouldBe("CIC4001");
    }

    [TestCase("decisions.jsonl", true)]
    [TestCase("cache", false)]
    [TestCase("search", false)]
    public async Task FolderThatCannotBeWritten_IsSaidAtTheStart(string name, bool isFile)
    {
        await using var proxy = await RunningProxy.StartAsync();
        await proxy.StopServerAsync();
        var path = Path.Combine(proxy.Path, name);
        if (isFile)
        {
            File.Delete(path);
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.Delete(path, recursive: true);
            await File.WriteAllTextAsync(path, "");
        }

        (await Should.ThrowAsync<CiComplianceException>(proxy.StartServerAsync())).Diagnostic.Code.ShouldBe("CIC7113");

        // Nothing is held: what was wrong is mended, and it starts.
        if (isFile)
        {
            Directory.Delete(path);
        }
        else
        {
            File.Delete(path);
        }

        await proxy.StartServerAsync();
        (await proxy.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task SecondProxyOnTheFolder_IsRefusedAndTheFirstGoesOn()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files("example.com/a"));
        var inFlight = Path.Combine(proxy.Path, "cache", "unverified", "download");
        await File.WriteAllTextAsync(inFlight, "of the first");
        (await Should.ThrowAsync<CiComplianceException>(proxy.StartSecondAsync())).Diagnostic.Code.ShouldBe("CIC4002");
        File.Exists(inFlight).ShouldBeTrue();
        (await proxy.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task Restart_KeepsRecordsLookUpsAndFiles()
    {
        await using var proxy = await RunningProxy.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            proxy.Public.Add($"example.com/m{i}", "v1.0.0", Files($"example.com/m{i}"));
            (await proxy.GetAsync($"/example.com/m{i}/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
        }

        var records = await proxy.RecordsAsync();
        var torn = Path.Combine(proxy.Path, "cache", "unverified", "torn");
        await File.WriteAllTextAsync(torn, "half a download");
        await proxy.StopServerAsync();
        await proxy.StartServerAsync();

        File.Exists(torn).ShouldBeFalse();
        proxy.Public.Lie = _ => (500, []);
        (await proxy.RecordsAsync()).ShouldBe(records);
        for (var i = 0; i < 5; i++)
        {
            (await proxy.GetAsync($"/example.com/m{i}/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
            (await proxy.GetAsync($"/sumdb/{RunningProxy.Database}/lookup/example.com/m{i}@v1.0.0")).Text.ShouldStartWith($"{i}\n");
        }
    }

    [Test]
    public async Task FileThatLeftTheCache_IsFetchedAgainAndMustBeWhatWasRecorded()
    {
        var clock = new SetClock();
        await using var proxy = await RunningProxy.StartAsync(clock: clock);
        proxy.Public.Add("example.com/a", "v1.0.0", Files("example.com/a"));
        (await proxy.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
        Evict(proxy);
        (await proxy.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
        proxy.Public.Requests.Count(path => path.EndsWith(".zip", StringComparison.Ordinal)).ShouldBe(2);

        Evict(proxy);
        var other = FixtureModuleProxy.Zip(new("example.com/a", "v1.0.0"), new Dictionary<string, string> { ["go.mod"] = "module example.com/a\n", ["evil.go"] = "package a\n" });
        proxy.Public.Lie = path => path.EndsWith(".zip", StringComparison.Ordinal) ? (200, other) : null;
        await proxy.RefusesAsync("/example.com/a/@v/v1.0.0.zip", HttpStatusCode.Forbidden, "CIC7106");

        proxy.AlarmsOf("CIC7106").ShouldBe(1);
        proxy.KeepsNothing();
        (await proxy.RecordsAsync()).Count.ShouldBe(1);
        clock.Now += TimeSpan.FromSeconds(11);
        proxy.Public.Lie = _ => null;
        (await proxy.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task FileThatTheDiskCut_IsFetchedAgain()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files("example.com/a"));
        (await proxy.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
        await File.WriteAllTextAsync(proxy.Cached("files").ShouldHaveSingleItem(), "cut");
        using var answer = await proxy.SendAsync("/example.com/a/@v/v1.0.0.zip", _ => { });
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(proxy.Public.ZipOf("example.com/a", "v1.0.0"));
    }

    [Test]
    public async Task ManyWhoAskAtOnce_AreOneDownloadAndOneRecord()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files("example.com/a"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => proxy.GetAsync(i % 2 == 0 ? "/example.com/a/@v/v1.0.0.zip" : $"/sumdb/{RunningProxy.Database}/lookup/example.com/a@v1.0.0")));
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
        proxy.Public.Requests.Count(path => path.EndsWith(".zip", StringComparison.Ordinal)).ShouldBe(1);
        (await proxy.RecordsAsync()).Count.ShouldBe(1);
        proxy.DecisionsOf("passed").ShouldHaveSingleItem();
    }

    private static void Write(string folder, Dictionary<string, byte[]> files, byte[] entries, byte[] index, byte[] hashes)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, content) in files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), name switch { "entries" => entries, "index" => index, "hashes" => hashes, _ => content });
        }
    }

    private static void Evict(RunningProxy proxy)
    {
        foreach (var file in proxy.Cached("files"))
        {
            File.Delete(file);
        }
    }

    /// <summary>What is left of the page that the file has already.</summary>
    private static async Task FillDecisionsAsync(RunningProxy proxy)
    {
        for (var i = 0; i < 60; i++)
        {
            await proxy.GetAsync($"/example.com/none{i}/@v/v1.0.0.mod");
        }
    }

    private static async Task ReadyAsync(RunningProxy proxy)
    {
        for (var i = 0; i < 600 && (await proxy.GetAsync("/readyz")).Status != HttpStatusCode.OK; i++)
        {
            await Task.Delay(50);
        }

        (await proxy.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK, "though nobody asked for anything that is written");
    }

    private static void AddLarge(RunningProxy proxy) => proxy.Public.Add(Large.Path, Large.Version, new Dictionary<string, string>
    {
        ["go.mod"] = $"module {Large.Path}\n",
        ["large.go"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(600_000)),
    });

    private static string ZipOf(ModuleVersion module) => $"/{module.Path}/@v/{module.Version}.zip";

    private static Dictionary<string, string> Files(string path) => new() { ["go.mod"] = $"module {path}\n", ["a.go"] = "package a\n" };
}
