using System.Net;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.GoProxy;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>Private modules, and what the checksum database tells of them, are for those who show a token.</summary>
internal sealed class AccessTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const string Module = "/git.example.cn/team/lib/@v/";

    private static readonly string[] OfPrivateModules =
    [
        Module + "list", "/git.example.cn/team/lib/@latest", Module + "v1.0.0.info", Module + "v1.0.0.mod", Module + "v1.0.0.zip", "/git.example.cn/team/none/@v/list", "/git.example.cn/%21team/lib/@v/list",
        $"/sumdb/{RunningProxy.Database}/lookup/git.example.cn/team/lib@v1.0.0", $"/sumdb/{RunningProxy.Database}/lookup/git.example.cn/team/none@v1.0.0", $"/sumdb/{RunningProxy.Database}/tile/8/data/000.p/1",
    ];

    private static readonly string?[] NoTokens =
    [
        null, "", "Basic", "Basic !", "Basic " + Base64("team"), Basic("team", ""), Basic("team", Token[..^1]), Basic(Token, ""), Basic("team", Token + "0"), "Bearer " + Token[..^1], "Bearer", Token,
        "Digest " + Token, "Basic " + new string('A', 5000),
    ];

    [Test]
    public async Task PrivateModule_WithoutAToken_IsRefusedInEveryForm()
    {
        using var folder = new TempDirectory();
        await using var proxy = await StartAsync(folder);
        foreach (var path in OfPrivateModules)
        {
            await ReadAsync(proxy, path, Basic("anybody", Token));
        }

        // Now that all of it is cached too.
        foreach (var path in OfPrivateModules)
        {
            foreach (var authorization in NoTokens)
            {
                using var answer = await SendAsync(proxy, path, authorization);
                answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{path} {authorization}");
                answer.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Basic");
                answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
                (await answer.Content.ReadAsStringAsync()).ShouldContain("netrc");
            }
        }

        proxy.Events.ToString().ShouldNotContain(Token);
        proxy.Decisions.ShouldNotContain(Token);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task PrivateModule_WithAToken_IsReadAndCachedByNobodyBetween(bool asNetrc)
    {
        using var folder = new TempDirectory();
        await using var proxy = await StartAsync(folder);
        foreach (var path in new[] { "v1.0.0.zip", "v1.0.0.mod", "v1.0.0.info", "v1.0.0.mod" })
        {
            using var answer = await SendAsync(proxy, Module + path, asNetrc ? Basic("anybody", Token) : "Bearer " + Token);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            answer.Headers.CacheControl!.Private.ShouldBeTrue(path);
            answer.Headers.CacheControl!.NoCache.ShouldBeTrue(path);
        }

        using var lookup = await SendAsync(proxy, $"/sumdb/{RunningProxy.Database}/lookup/git.example.cn/team/lib@v1.0.0", Basic("x", Token));
        (lookup.StatusCode, lookup.Headers.CacheControl!.NoStore).ShouldBe((HttpStatusCode.OK, true));
    }

    [Test]
    public async Task PublicModule_IsReadWithoutAToken()
    {
        using var folder = new TempDirectory();
        await using var proxy = await StartAsync(folder);
        proxy.Public.Add("example.com/a", "v1.0.0", new Dictionary<string, string> { ["go.mod"] = "module example.com/a\n" });
        foreach (var path in new[] { "/example.com/a/@v/v1.0.0.zip", "/example.com/a/@v/list", $"/sumdb/{RunningProxy.Database}/lookup/example.com/a@v1.0.0", $"/sumdb/{RunningProxy.Database}/latest", $"/sumdb/{RunningProxy.Database}/tile/8/0/000.p/1", "/healthz", "/readyz", "/metrics" })
        {
            await ReadAsync(proxy, path, null);
        }
    }

    [TestCase(false, false, "none")]
    [TestCase(true, true, "--reader-token-file")]
    public async Task PrivateModules_WithNobodyOrTwoThingsToSayWhoReadsThem_StartNothing(bool forEverybody, bool withTokens, string says)
    {
        using var folder = new TempDirectory();
        var e = await Should.ThrowAsync<CiComplianceException>(() => RunningProxy.StartAsync(
            configuration => configuration with { PrivateForEverybody = forEverybody, Rules = configuration.Rules with { Private = ["git.example.cn/team"] } },
            options => options with { Tokens = withTokens ? Tokens(folder) : null, TokensOption = "--reader-token-file" }));
        e.Diagnostic.ShouldBe(GoProxyDiagnostics.BadConfiguration);
        e.Message.ShouldContain(says);
    }

    [Test]
    public async Task PrivateModule_WhereTheConfigurationSaysEverybody_IsReadWithoutAToken()
    {
        var source = new StandInSource();
        source.Add("git.example.cn/team/lib", "v1.0.0", "one");
        await using var proxy = await RunningProxy.StartAsync(
            configuration => configuration with { PrivateForEverybody = true, Rules = configuration.Rules with { Private = ["git.example.cn/team"] } },
            privateSources: [("git.example.cn/team", source)]);
        (await proxy.GetAsync(Module + "v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [TestCase("zh-CN,zh;q=0.9", "私有模块")]
    [TestCase("en", "private")]
    public async Task PrivateModule_WithoutAToken_IsRefusedInTheClientsLanguage(string language, string says)
    {
        using var folder = new TempDirectory();
        await using var proxy = await StartAsync(folder);
        foreach (var path in new[] { Module + "v1.0.0.mod", $"/sumdb/{RunningProxy.Database}/lookup/git.example.cn/team/lib@v1.0.0", $"/sumdb/{proxy.Public.Sumdb.Name}/lookup/git.example.cn/team/lib@v1.0.0" })
        {
            using var answer = await proxy.SendAsync(path, request => request.Headers.Add("Accept-Language", language));
            (await answer.Content.ReadAsStringAsync()).ShouldContain(says);
        }
    }

    private static async Task ReadAsync(RunningProxy proxy, string path, string? authorization)
    {
        using var answer = await SendAsync(proxy, path, authorization);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.Forbidden);
    }

    private static Task<HttpResponseMessage> SendAsync(RunningProxy proxy, string path, string? authorization) => proxy.SendAsync(path, request =>
    {
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }
    });

    private static Task<RunningProxy> StartAsync(TempDirectory folder)
    {
        var source = new StandInSource();
        source.Add("git.example.cn/team/lib", "v1.0.0", "one");
        var tokens = Tokens(folder);
        return RunningProxy.StartAsync(
            configuration => configuration with { PrivateForEverybody = false, Rules = configuration.Rules with { Private = ["git.example.cn/team"] } }, options => options with { Tokens = tokens },
            privateSources: [("git.example.cn/team", source)]);
    }

    private static string Tokens(TempDirectory folder)
    {
        var tokens = folder.Write("tokens", $"{new string('f', 32)}\n{Token}\n");
        File.SetUnixFileMode(tokens, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return tokens;
    }

    private static string Basic(string name, string password) => "Basic " + Base64($"{name}:{password}");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
