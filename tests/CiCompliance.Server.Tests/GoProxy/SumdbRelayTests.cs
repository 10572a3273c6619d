using System.Net;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

internal sealed class SumdbRelayTests
{
    private static readonly Dictionary<string, string> Files = new() { ["go.mod"] = "module example.com/a\n", ["a.go"] = "package a\n" };

    [Test]
    [Category(Peers.Category)]
    public async Task Build_WithThePublicDatabaseAsGosumdb_PassesThroughTheProxy()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files);
        var project = proxy.Directory.Combine("project");
        Directory.CreateDirectory(project);
        File.WriteAllText(Path.Combine(project, "go.mod"), "module example.com/app\n\ngo 1.19\n");

        var (exit, output) = proxy.GoWith("go1.23", project, "public", proxy.Public.Sumdb.VerifierKey, "get", "example.com/a@v1.0.0");

        exit.ShouldBe(0, output);
        proxy.Public.Requests.ShouldContain("/sumdb/sum.public.test/lookup/example.com/a@v1.0.0");
    }

    [Test]
    public async Task Lookup_OfAPrivateModule_IsNotPassedOn()
    {
        await using var proxy = await RunningProxy.StartAsync(configuration => configuration with { Rules = configuration.Rules with { Private = ["git.example.cn"] } });

        var (status, text) = await proxy.GetAsync("/sumdb/sum.public.test/lookup/git.example.cn/secret@v1.0.0");

        status.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldContain("git.example.cn/secret@v1.0.0 is private");
        proxy.Public.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task Lookup_WithATreeHeadOfAnotherHistory_IsRefusedAndBothAreKept()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files);
        (await proxy.GetAsync("/sumdb/sum.public.test/lookup/example.com/a@v1.0.0")).Status.ShouldBe(HttpStatusCode.OK);
        var root = Convert.ToBase64String(new byte[32]);
        proxy.Public.Lie = path => path.EndsWith("/latest", StringComparison.Ordinal) ? (200, proxy.Public.Sumdb.Sign($"go.sum database tree\n1\n{root}\n")) : null;

        var (status, text) = await proxy.GetAsync("/sumdb/sum.public.test/latest");

        status.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldContain("CIC7110");
        proxy.History("fork-*").Length.ShouldBe(1);
        proxy.Events.ToString().ShouldContain("\"event\":\"alarm\"");
        proxy.Decisions.ShouldContain("CIC7110");
    }

    [Test]
    public async Task Supported_OfAnotherDatabase_IsRefusedAndNotMissing()
    {
        await using var proxy = await RunningProxy.StartAsync(configuration => configuration with { Upstreams = [], Sumdb = null });

        var (status, text) = await proxy.GetAsync("/sumdb/sum.golang.org/supported");

        status.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldContain("Set GOSUMDB=" + proxy.Gosumdb);
    }

    [Test]
    public async Task Tile_ThatIsFullAndProved_IsGivenThoughTheDatabaseIsDown_AndNoOther()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files);
        for (var i = 0; i < 300; i++)
        {
            proxy.Public.Sumdb.Add(new($"example.com/m{i}", "v1.0.0"), "h1:" + Convert.ToBase64String(new byte[32]), "h1:" + Convert.ToBase64String(new byte[32]));
        }

        const string root = "/sumdb/sum.public.test/";
        string[] paths = ["latest", "lookup/example.com/a@v1.0.0", "tile/8/0/000", "tile/8/0/001.p/45", "tile/8/data/000", "tile/8/1/000.p/1"];
        foreach (var path in paths)
        {
            (await proxy.GetAsync(root + path)).Status.ShouldBe(HttpStatusCode.OK, path);
        }

        using var first = await proxy.SendAsync(root + paths[2], _ => { });
        proxy.Public.Lie = _ => (500, []);
        using var again = await proxy.SendAsync(root + paths[2], _ => { });

        (await again.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
        proxy.Public.Requests.Count(path => path == root + paths[2]).ShouldBe(1);
        foreach (var path in paths.Except([paths[2]]))
        {
            (await proxy.GetAsync(root + path)).Status.ShouldBe(HttpStatusCode.ServiceUnavailable, path);
        }
    }

    [TestCase("supported", HttpStatusCode.OK)]
    [TestCase("lookup/x", HttpStatusCode.BadRequest)]
    [TestCase("anything", HttpStatusCode.NotFound)]
    [TestCase("tile/8/0/1", HttpStatusCode.NotFound)]
    public async Task Answer_OfOtherPaths_IsThatOfADatabase(string path, HttpStatusCode expected)
    {
        await using var proxy = await RunningProxy.StartAsync();
        (await proxy.GetAsync("/sumdb/sum.public.test/" + path)).Status.ShouldBe(expected);
    }
}
