using System.Net;
using CiCompliance.Cryptography;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>
/// Upstreams, checksum databases and places of signatures that take a request and never end their answer. Whoever asked is told so within the bounds, which
/// are of the proxy's clock, and nobody else notices.
/// </summary>
internal sealed class HangingUpstreamTests
{
    private const string Database = "/sumdb/sum.public.test/";
    private const string Signatures = "/signatures/";

    /// <summary>More than all that a request may take.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(30);

    private static readonly Dictionary<string, Hang> Kinds = new() { ["silent"] = Hang.Silent, ["stalled"] = Hang.Stalled, ["dripping"] = Hang.Dripping };

    private readonly ManualClock clock = new();
    private RunningProxy proxy = null!;
    private HttpSignatures? signatures;

    [SetUp]
    public async Task StartAsync()
    {
        proxy = await RunningProxy.StartAsync(
            configuration => configuration with { Rules = configuration.Rules with { Signed = ["example.com/signed"] } }, clock: clock, before: AddSignatures);
        foreach (var name in new[] { "kept", "other", "a", "signed" })
        {
            proxy.Public.Add($"example.com/{name}", "v1.0.0", Files(name));
        }

        (await proxy.GetAsync(ZipOf("kept"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await proxy.DisposeAsync();
        signatures?.Dispose();
    }

    [Test]
    public async Task Upstream_IsGivenUp_AndNobodyElseNotices([Values("silent", "stalled", "dripping")] string kind, [Values("/@v/v1.0.0.zip", "/@v/v1.0.0.mod", "/@v/v1.0.0.info", "/@v/list", "/@latest")] string file)
    {
        proxy.Public.Hang = path => path == "/example.com/a" + file ? Kinds[kind] : null;
        await IsGivenUpAsync("/example.com/a" + file, "CIC7108");
        await PassesAsync("a");
    }

    [Test]
    public async Task PublicDatabase_IsGivenUp_AndNobodyElseNotices([Values("silent", "stalled", "dripping")] string kind, [Values("zip", "mod")] string file)
    {
        proxy.Public.Hang = path => path.StartsWith(Database + "lookup/example.com/a@", StringComparison.Ordinal) ? Kinds[kind] : null;
        await IsGivenUpAsync("/example.com/a/@v/v1.0.0." + file, "CIC7109");
        (await proxy.RecordsAsync()).ShouldNotContain(record => record.StartsWith("example.com/a ", StringComparison.Ordinal));
        await PassesAsync("a");
    }

    [Test]
    public async Task PublicDatabaseThatGivesNoTiles_IsGivenUp([Values("silent", "stalled", "dripping")] string kind)
    {
        (await proxy.GetAsync(ZipOf("other"))).Status.ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 300; i++)
        {
            proxy.Public.Sumdb.Add(new($"example.com/m{i}", "v1.0.0"), "h1:" + Convert.ToBase64String(new byte[32]), "h1:" + Convert.ToBase64String(new byte[32]));
        }

        proxy.Public.Hang = path => path.StartsWith(Database + "tile/", StringComparison.Ordinal) ? Kinds[kind] : null;
        await IsGivenUpAsync(ZipOf("a"), "CIC7109");
        await PassesAsync("a");
    }

    [Test]
    public async Task RelayedDatabase_IsGivenUp_AndNobodyElseNotices(
        [Values("silent", "stalled", "dripping")] string kind, [Values("latest", "lookup/example.com/a@v1.0.0", "tile/8/0/000.p/2")] string path)
    {
        proxy.Public.Hang = asked => asked == Database + path ? Kinds[kind] : null;
        await IsGivenUpAsync(Database + path, "CIC7109");
    }

    [Test]
    public async Task SignatureService_IsGivenUp_AndNobodyElseNotices([Values("silent", "stalled", "dripping")] string kind, [Values("zip", "mod")] string file)
    {
        proxy.Public.Hang = path => path.StartsWith(Signatures, StringComparison.Ordinal) ? Kinds[kind] : null;
        await IsGivenUpAsync("/example.com/signed/@v/v1.0.0." + file, "CIC7107");
        proxy.Public.Hang = _ => null;
        await proxy.RefusesAsync("/example.com/signed/@v/v1.0.0." + file, HttpStatusCode.Forbidden, "CIC7103");
    }

    [Test]
    public async Task Stop_InTheMiddle_EndsAndLeavesNothingHalf([Values("silent", "stalled", "dripping")] string kind)
    {
        proxy.Public.Hang = path => path == ZipOf("a") || path.StartsWith(Signatures, StringComparison.Ordinal)
            || path.StartsWith(Database + "lookup/example.com/other@", StringComparison.Ordinal) ? Kinds[kind] : null;
        var asked = new[] { ZipOf("a"), ZipOf("other"), ZipOf("signed"), "/example.com/other/@v/v1.0.0.mod" }.Select(StatusAsync).ToList();
        await HangsAsync(4);

        var stop = proxy.StopServerAsync();
        await PassTimeAsync(stop, TimeSpan.FromMinutes(1));
        await stop;

        (await Task.WhenAll(asked)).ShouldAllBe(status => status == null || status == HttpStatusCode.ServiceUnavailable);
        proxy.DecisionsOf("passed").ShouldAllBe(line => (string)line["module"]! == "example.com/kept");
        proxy.Public.Hang = _ => null;
        await proxy.StartServerAsync();
        proxy.Cached("unverified").ShouldBeEmpty();
        proxy.Cached("files").Length.ShouldBe(1);
        await PassesAsync("a");
        await PassesAsync("other");
        await PassesAsync("kept");
    }

    private async Task IsGivenUpAsync(string path, string code)
    {
        var kept = proxy.Cached("files").ToHashSet();
        var asked = proxy.RefusesAsync(path, HttpStatusCode.ServiceUnavailable, code);
        await HangsAsync(1);

        // No time passes: whoever had to wait for the one that hangs would wait for ever.
        await PassesAsync("kept");
        if (code != "CIC7109" || !proxy.Public.Requests.Last().Contains("/tile/", StringComparison.Ordinal))
        {
            await PassesAsync("other");
        }

        (await proxy.GetAsync("/readyz")).Status.ShouldBe(HttpStatusCode.OK);
        asked.IsCompleted.ShouldBeFalse();
        await PassTimeAsync(asked, Enough);
        await asked;

        proxy.Public.Hang = _ => null;
        proxy.Cached("unverified").ShouldBeEmpty();
        proxy.Cached("files").Except(kept).Count().ShouldBeLessThanOrEqualTo(1, "the other one's");
        proxy.DecisionsOf(code).ShouldHaveSingleItem()["event"]!.GetValue<string>().ShouldBe("undecided");
        proxy.DecisionsOf("passed").ShouldAllBe(line => (string)line["module"]! == "example.com/kept" || (string)line["module"]! == "example.com/other");
        proxy.AlarmsOf(code).ShouldBe(0);
    }

    private async Task PassesAsync(string name) => (await proxy.GetAsync(ZipOf(name))).Status.ShouldBe(HttpStatusCode.OK);

    private async Task PassTimeAsync(Task pending, TimeSpan atMost)
    {
        for (var passed = TimeSpan.Zero; !pending.IsCompleted; passed += TimeSpan.FromSeconds(5))
        {
            passed.ShouldBeLessThan(atMost, "there is no end to it");
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10);
        }
    }

    private async Task HangsAsync(int count)
    {
        for (var i = 0; i < 1200 && proxy.Public.Hanging < count; i++)
        {
            await Task.Delay(25);
        }

        proxy.Public.Hanging.ShouldBe(count);
    }

    private async Task<HttpStatusCode?> StatusAsync(string path)
    {
        try
        {
            return (await proxy.GetAsync(path)).Status;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private void AddSignatures(RunningProxy started)
    {
        signatures = new(started.Public.Url + Signatures, TimeSpan.FromSeconds(15), clock);
        started.Signatures = new PublisherVerifier(new TrustStore(TrustStore.CurrentVersion, []), [signatures], started.Verifier, new OpenPgpSignatureVerifier(clock), clock);
    }

    private static string ZipOf(string name) => $"/example.com/{name}/@v/v1.0.0.zip";

    private static Dictionary<string, string> Files(string name) => new() { ["go.mod"] = $"module example.com/{name}\n", ["a.go"] = "package a\n" };
}
