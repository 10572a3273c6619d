using System.Net;
using System.Text;
using CiCompliance.Go;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>A public checksum database, or who stands before it, that rolls back, forks, forges or keeps silent.</summary>
internal sealed class DatabaseAttackTests
{
    private const string Root = "/sumdb/sum.public.test";

    private static readonly Dictionary<string, string> Files = new() { ["go.mod"] = "module example.com/x\n" };

    [Test]
    public async Task OlderTreeOfTheSameHistory_IsTaken()
    {
        await using var proxy = await StartAsync(3);
        (await GetAsync(proxy, 2)).ShouldBe(HttpStatusCode.OK);
        proxy.Public.Lie = path => path.StartsWith(Root + "/lookup/", StringComparison.Ordinal) ? proxy.Public.Sumdb.Answer(path[Root.Length..], 2) : null;

        (await GetAsync(proxy, 0)).ShouldBe(HttpStatusCode.OK);

        proxy.Events.ToString().ShouldNotContain("alarm");
        Forks(proxy).ShouldBeEmpty();
        Encoding.UTF8.GetString(await File.ReadAllBytesAsync(proxy.History("newest").ShouldHaveSingleItem())).ShouldContain("\n3\n", customMessage: "the newest stays");
    }

    [TestCase(2, Description = "smaller than what was seen")]
    [TestCase(3, Description = "of the same size")]
    [TestCase(5, Description = "larger")]
    public async Task TreeOfAnotherHistory_IsAnAlarmAndBothHeadsAreKept(int size)
    {
        await using var proxy = await StartAsync(3);
        (await GetAsync(proxy, 0)).ShouldBe(HttpStatusCode.OK);
        var fork = proxy.ForgePublic();
        for (var i = 0; i < size; i++)
        {
            fork.Add(Module(i), Hash((byte)(50 + i)), Hash(60));
        }

        proxy.Public.Lie = path =>
            path.StartsWith(Root + "/lookup/", StringComparison.Ordinal) || (size >= 3 && path.StartsWith(Root + "/tile/", StringComparison.Ordinal)) ? fork.Answer(path[Root.Length..]) : null;
        await proxy.RefusesAsync(ZipOf(1), HttpStatusCode.Forbidden, "CIC7110");
        await IsRefusedAsync(proxy, 1);
        var kept = await File.ReadAllTextAsync(Forks(proxy).ShouldHaveSingleItem());
        kept.ShouldContain(Encoding.UTF8.GetString(fork.Note(size)));
        kept.ShouldContain(Encoding.UTF8.GetString(proxy.Public.Sumdb.Note(3)));

        // What was seen is on the disk: a restart forgets nothing.
        await proxy.StopServerAsync();
        await proxy.StartServerAsync();
        await proxy.RefusesAsync(ZipOf(1), HttpStatusCode.Forbidden, "CIC7110");

        proxy.Public.Lie = _ => null;
        await proxy.StopServerAsync();
        await proxy.StartServerAsync();
        (await GetAsync(proxy, 1)).ShouldBe(HttpStatusCode.OK, "the honest database is believed again");
    }

    [Test]
    public async Task HistoryThatCannotBeRead_IsUndecidedAndNotForgotten()
    {
        await using var proxy = await StartAsync(2);
        (await GetAsync(proxy, 0)).ShouldBe(HttpStatusCode.OK);
        await proxy.StopServerAsync();
        await File.WriteAllTextAsync(proxy.History("newest").ShouldHaveSingleItem(), "nothing");
        await proxy.StartServerAsync();
        await proxy.RefusesAsync(ZipOf(1), HttpStatusCode.ServiceUnavailable, "CIC7113");
        proxy.DecisionsOf("undecided").ShouldHaveSingleItem();
    }

    [Test]
    public async Task ForkOfTheNewestTree_IsAnAlarmThoughNobodyAsks()
    {
        await using var proxy = await StartAsync(2, TimeSpan.FromDays(1));
        await proxy.SeesAsync("newest");
        await proxy.StopServerAsync();
        proxy.Public.Lie = path => path == Root + "/latest" ? (200, proxy.Public.Sumdb.Sign($"go.sum database tree\n2\n{Convert.ToBase64String(new byte[32])}\n")) : null;
        await proxy.StartServerAsync();
        for (var i = 0; i < 600 && proxy.AlarmsOf("CIC7110") == 0; i++)
        {
            await Task.Delay(50);
        }

        proxy.AlarmsOf("CIC7110").ShouldBe(1);
        proxy.DecisionsOf("CIC7110").ShouldHaveSingleItem();
        Forks(proxy).Length.ShouldBe(1);
    }

    [Test]
    public async Task AnswerThatIsForged_IsAnAlarmWhereItIsSignedAndNothingIsRecorded([Range(0, 9)] int kind)
    {
        await using var proxy = await StartAsync(3);
        var honest = Encoding.UTF8.GetString(proxy.Public.Sumdb.Answer("/lookup/" + Module(1)).Body);
        var other = Encoding.UTF8.GetString(proxy.Public.Sumdb.Answer("/lookup/" + Module(2)).Body);
        var note = Encoding.UTF8.GetString(proxy.Public.Sumdb.Note(3));
        var record = honest[(honest.IndexOf('\n') + 1)..^(note.Length + 1)];
        var unsigned = note[..note.LastIndexOf('—')];
        var forged = kind switch
        {
            0 => other,
            1 => $"1\n{record.Replace("h1:", "h1:A", StringComparison.Ordinal)}\n{note}",
            2 => $"1\n{Module(1).Path} v1.0.0 {Hash(9)}\n{Module(1).Path} v1.0.0/go.mod {Hash(9)}\n\n{note}",
            3 => $"2\n{record}\n{note}",
            4 => $"3\n{record}\n{note}",
            5 => $"1\n{record}\n{unsigned}",
            6 => honest.Replace("\n3\n", "\n4\n", StringComparison.Ordinal),
            7 => honest[..^20],
            8 => "<html>log in</html>",
            _ => "",
        };
        proxy.Public.Lie = path => path.StartsWith(Root + "/lookup/", StringComparison.Ordinal) ? (200, Encoding.UTF8.GetBytes(forged)) : null;

        if (kind is 0 or 2 or 3 or 4)
        {
            await proxy.RefusesAsync(ZipOf(1), HttpStatusCode.Forbidden, "CIC7110");
            await IsRefusedAsync(proxy, 0);
            await proxy.RefusesAsync($"/sumdb/{RunningProxy.Database}/lookup/{Module(1)}", HttpStatusCode.Forbidden, "CIC7110");
        }
        else
        {
            await proxy.RefusesAsync(ZipOf(1), HttpStatusCode.ServiceUnavailable, "CIC7109");
            await proxy.RefusesAsync($"/sumdb/{RunningProxy.Database}/lookup/{Module(1)}", HttpStatusCode.ServiceUnavailable, "CIC7109");
            proxy.KeepsNothing();
            proxy.AlarmsOf("CIC7110").ShouldBe(0);
        }

        (await proxy.RecordsAsync()).ShouldBeEmpty();
    }

    [Test]
    public async Task TileThatIsForged_IsNoAnswerAndLeavesNothing()
    {
        await using var proxy = await StartAsync(3);
        proxy.Public.Lie = path => path.Contains("/tile/", StringComparison.Ordinal) ? (200, new byte[3 * 32]) : null;
        await proxy.RefusesAsync(ZipOf(1), HttpStatusCode.ServiceUnavailable, "CIC7109");
        proxy.Public.Lie = path => path.Contains("/tile/", StringComparison.Ordinal) ? (200, new byte[31]) : null;
        await proxy.RefusesAsync(ZipOf(2), HttpStatusCode.ServiceUnavailable, "CIC7109");
        (await proxy.RecordsAsync()).ShouldBeEmpty();
        proxy.AlarmsOf("CIC7110").ShouldBe(0);
        proxy.Public.Lie = _ => null;
        (await GetAsync(proxy, 0)).ShouldBe(HttpStatusCode.OK);
    }

    [TestCase("/supported")]
    [TestCase("/lookup/")]
    [TestCase("/tile/")]
    public async Task DatabaseThatGivesNoAnswer_Is503(string part)
    {
        await using var proxy = await StartAsync(3);
        proxy.Public.Lie = path => path.StartsWith(Root + part, StringComparison.Ordinal) ? (500, []) : null;
        await proxy.RefusesAsync(ZipOf(1), HttpStatusCode.ServiceUnavailable, "CIC7109");
        await proxy.RefusesAsync($"/sumdb/{RunningProxy.Database}/lookup/{Module(1)}", HttpStatusCode.ServiceUnavailable, "CIC7109");
        proxy.KeepsNothing();
        (await proxy.RecordsAsync()).ShouldBeEmpty();
        proxy.AlarmsOf("CIC7109").ShouldBe(0);
        proxy.DecisionsOf("CIC7109").Count.ShouldBe(1);

        proxy.Public.Lie = _ => null;
        (await GetAsync(proxy, 1)).ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task RecordThatBecomesAnotherOne_IsRefusedAndNeverRecordedTwice()
    {
        var clock = new SetClock();
        await using var proxy = await StartAsync(1, TimeSpan.FromMinutes(1), clock);
        await proxy.SeesAsync("seen");
        (await proxy.GetAsync($"/sumdb/{RunningProxy.Database}/lookup/{Module(0)}")).Status.ShouldBe(HttpStatusCode.OK);
        proxy.Public.Sumdb.Add(Module(0), Hash(1), Hash(2));

        await proxy.RefusesAsync(ZipOf(0), HttpStatusCode.Forbidden, "CIC7106");

        await IsRefusedAsync(proxy, 1, "CIC7106");
    }

    [Test]
    public async Task ProxyWithoutAWayOut_GivesWhatIsRecordedAlone()
    {
        var isCut = false;
        await using var proxy = await RunningProxy.StartAsync(configuration => isCut ? configuration with { Upstreams = [], Sumdb = null } : configuration);
        proxy.Public.Add(Module(0).Path, "v1.0.0", Files);
        proxy.Public.Add(Module(1).Path, "v1.0.0", Files);
        (await GetAsync(proxy, 0)).ShouldBe(HttpStatusCode.OK);
        isCut = true;
        await proxy.StopServerAsync();
        await proxy.StartServerAsync();

        (await GetAsync(proxy, 0)).ShouldBe(HttpStatusCode.OK);
        await proxy.RefusesAsync(ZipOf(1), HttpStatusCode.Forbidden, "CIC7112");
    }

    private static async Task IsRefusedAsync(RunningProxy proxy, int records, string code = "CIC7110")
    {
        proxy.Cached("unverified").ShouldBeEmpty();
        proxy.DecisionsOf(code).ShouldHaveSingleItem()["event"]!.GetValue<string>().ShouldBe("refused");
        proxy.AlarmsOf(code).ShouldBe(1);
        (await proxy.RecordsAsync()).Count.ShouldBe(records);
    }

    private static Task<RunningProxy> StartAsync(int modules, TimeSpan? minimumAge = null, TimeProvider? clock = null) =>
        RunningProxy.StartAsync(configuration => configuration with { Rules = configuration.Rules with { MinimumAge = minimumAge ?? TimeSpan.Zero } }, clock: clock, add: upstream =>
        {
            for (var i = 0; i < modules; i++)
            {
                upstream.Add(Module(i).Path, "v1.0.0", Files);
            }
        });

    private static async Task<HttpStatusCode> GetAsync(RunningProxy proxy, int module) => (await proxy.GetAsync(ZipOf(module))).Status;

    private static string[] Forks(RunningProxy proxy) => proxy.History("fork-*");

    private static ModuleVersion Module(int i) => new($"example.com/m{i}", "v1.0.0");

    private static string ZipOf(int i) => $"/{Module(i).Path}/@v/v1.0.0.zip";

    private static string Hash(byte fill) => "h1:" + Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray());
}
