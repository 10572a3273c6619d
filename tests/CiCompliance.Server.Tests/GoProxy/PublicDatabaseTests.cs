using System.Net;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>What the public checksum database is asked, and what is kept of its answers.</summary>
internal sealed class PublicDatabaseTests
{
    private static readonly Dictionary<string, string> Files = new() { ["go.mod"] = "module example.com/x\n", ["x.go"] = "package x\n" };

    [Test]
    public async Task GoMod_OfManyModulesOfOneTree_AsksForEachTileOnce()
    {
        await using var proxy = await StartAsync();
        for (var i = 0; i < 8; i++)
        {
            (await GoModAsync(proxy, i)).Status.ShouldBe(HttpStatusCode.OK);
        }

        proxy.Public.Requests.Count(IsTile).ShouldBe(1);
    }

    [Test]
    public async Task GoMod_AfterAFalseTile_PassesWithATrueOne()
    {
        await using var proxy = await StartAsync();
        proxy.Public.Lie = path => IsTile(path) ? (200, new byte[8 * 32]) : null;
        var (status, text) = await GoModAsync(proxy, 0);
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        text.ShouldContain("CIC7109");

        proxy.Public.Lie = _ => null;
        (await GoModAsync(proxy, 1)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task GoMod_WhereDatabaseAndSourceFail_IsWhatTheDatabaseSays()
    {
        await using var proxy = await StartAsync();
        proxy.Public.Lie = path => path.EndsWith(".mod", StringComparison.Ordinal) ? (500, []) : path.Contains("/lookup/", StringComparison.Ordinal) ? (404, []) : null;

        var (status, text) = await GoModAsync(proxy, 0);

        status.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldContain("CIC7112");
    }

    [Test]
    public async Task GoMod_ThatTheSourceLacks_IsNotFound()
    {
        await using var proxy = await StartAsync();
        proxy.Public.Lie = path => path.EndsWith(".mod", StringComparison.Ordinal) ? (404, []) : null;

        (await GoModAsync(proxy, 0)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<RunningProxy> StartAsync()
    {
        var proxy = await RunningProxy.StartAsync();
        for (var i = 0; i < 8; i++)
        {
            proxy.Public.Add($"example.com/m{i}", "v1.0.0", Files);
        }

        return proxy;
    }

    private static Task<(HttpStatusCode Status, string Text)> GoModAsync(RunningProxy proxy, int number) => proxy.GetAsync($"/example.com/m{number}/@v/v1.0.0.mod");

    private static bool IsTile(string path) => path.Contains("/tile/8/", StringComparison.Ordinal);
}
