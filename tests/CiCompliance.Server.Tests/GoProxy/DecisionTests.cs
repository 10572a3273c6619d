using System.Net;
using CiCompliance.GoProxy;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>Each gate where it refuses and where what it depends on is down: what the developer, the operator and the record learn.</summary>
internal sealed class DecisionTests
{
    private const string Public = "/example.com/a/@v/v1.0.0";
    private const string Private = "/git.example.cn/team/lib/@v/v1.0.0";

    private static readonly Dictionary<string, string> Files = new() { ["go.mod"] = "module example.com/a\n" };

    private static readonly object[][] Outcomes =
    [
        [GoProxyDiagnostics.MissingSignature, HttpStatusCode.Forbidden, true],
        [GoProxyDiagnostics.InvalidSignature, HttpStatusCode.Forbidden, true],
        [GoProxyDiagnostics.KeyNotAllowed, HttpStatusCode.Forbidden, true],
        [GoProxyDiagnostics.SignatureServiceDown, HttpStatusCode.ServiceUnavailable, false],
    ];

    [TestCaseSource(nameof(Outcomes))]
    public async Task SignedPublicModule_PassesOnlyWithASignature(Diagnostic diagnostic, HttpStatusCode status, bool isAlarm)
    {
        var clock = new SetClock();
        await using var proxy = await RunningProxy.StartAsync(configuration => configuration with { Rules = configuration.Rules with { Signed = ["example.com"] } }, clock: clock);
        proxy.Public.Add("example.com/a", "v1.0.0", Files);
        await RefusedThenPassedAsync(proxy, clock, Public, diagnostic, status, isAlarm);
    }

    [TestCaseSource(nameof(Outcomes))]
    public async Task PrivateModule_PassesOnlyWithASignature(Diagnostic diagnostic, HttpStatusCode status, bool isAlarm)
    {
        var clock = new SetClock();
        var (source, proxy) = await WithPrivateAsync(clock);
        await using var running = proxy;
        source.Add("git.example.cn/team/lib", "v1.0.0", "one");
        await RefusedThenPassedAsync(proxy, clock, Private, diagnostic, status, isAlarm);
        proxy.Public.Requests.ShouldBeEmpty("nobody outside learns of it");
    }

    [Test]
    public async Task PrivateModuleThatChanged_IsRefusedAndNeverRecordedTwice()
    {
        var (source, proxy) = await WithPrivateAsync(new SetClock());
        await using var running = proxy;
        source.Add("git.example.cn/team/lib", "v1.0.0", "one");
        (await proxy.GetAsync($"/sumdb/{RunningProxy.Database}/lookup/git.example.cn/team/lib@v1.0.0")).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var file in proxy.Cached("files"))
        {
            File.Delete(file);
        }

        source.Add("git.example.cn/team/lib", "v1.0.0", "two");
        await proxy.RefusesAsync(Private + ".zip", HttpStatusCode.Forbidden, "CIC7106");

        (await proxy.RecordsAsync()).Count.ShouldBe(1);
        proxy.AlarmsOf("CIC7106").ShouldBe(1);
        proxy.Cached("quarantine").Length.ShouldBe(2);
        proxy.KeepsNothing();
    }

    [Test]
    public async Task PrivateModule_WhoseForgeIsDownOrWhichNoForgeHas_IsNeverAskedOutside()
    {
        var (source, proxy) = await WithPrivateAsync(new SetClock());
        await using var running = proxy;
        foreach (var path in new[] { "/git.example.cn/team/none/@v/v1.0.0.zip", "/git.example.cn/team/none/@v/v1.0.0.mod" })
        {
            (await proxy.GetAsync(path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        }

        foreach (var path in new[] { "/git.example.cn/%21team/lib/@v/v1.0.0.zip", "/git.example.cn/%21team/lib/@v/list" })
        {
            await proxy.RefusesAsync(path, HttpStatusCode.Forbidden, "CIC7101");
        }

        source.Failure = new CiCompliance.GoProxy.Sources.ModuleSourceException("the forge is down");
        foreach (var path in new[] { "list", "v1.0.0.info", "v1.0.0.mod", "v1.0.0.zip" })
        {
            await proxy.RefusesAsync("/git.example.cn/team/lib/@v/" + path, HttpStatusCode.ServiceUnavailable, "CIC7108");
        }

        await proxy.RefusesAsync($"/sumdb/{RunningProxy.Database}/lookup/git.example.cn/team/lib@v1.0.0", HttpStatusCode.ServiceUnavailable, "CIC7108");
        proxy.Public.Requests.ShouldBeEmpty();
        (await proxy.RecordsAsync()).ShouldBeEmpty();
    }

    [Test]
    public async Task DeniedModule_IsRefusedInEveryFormAndNotAskedFor()
    {
        await using var proxy = await RunningProxy.StartAsync(configuration => configuration with { Rules = configuration.Rules with { Denied = [new("example.com/a/...", null, "许可证\n未批准")] } });
        foreach (var path in new[] { "/example.com/a/@v/list", "/example.com/a/@latest", Public + ".info", Public + ".mod", Public + ".zip", "/example.com/a/sub/@v/v1.0.0.zip", "/example.com/%21a/@v/v1.0.0.zip", $"/sumdb/{RunningProxy.Database}/lookup/example.com/a@v1.0.0" })
        {
            (await proxy.RefusesAsync(path, HttpStatusCode.Forbidden, "CIC7101")).ShouldContain("许可证\\n未批准");
        }

        (await proxy.RefusesAsync(Public + ".zip", HttpStatusCode.Forbidden, "CIC7101", "zh-CN,en;q=0.5")).ShouldContain("请改用其他版本");
        proxy.Public.Requests.ShouldBeEmpty();
        proxy.AlarmsOf("CIC7101").ShouldBe(0, "it is no attack");
        proxy.DecisionsOf("CIC7101").Count(line => (string?)line["version"] == "v1.0.0" && (string?)line["module"] == "example.com/a").ShouldBe(1);
    }

    [Test]
    public async Task DeniedVersion_IsRefusedThoughALatestOrABranchLeadsToIt()
    {
        await using var proxy = await RunningProxy.StartAsync(configuration => configuration with { Rules = configuration.Rules with { Denied = [new("example.com/a", "v1.0.0", null)] } });
        proxy.Public.Add("example.com/a", "v1.0.1", Files);
        proxy.Public.Add("example.com/a", "v1.0.0", Files);
        proxy.Public.Lie = path => path.EndsWith("/@latest", StringComparison.Ordinal) || path.EndsWith("/main.info", StringComparison.Ordinal) ? (200, "{\"Version\":\"v1.0.0\"}"u8.ToArray()) : null;
        await proxy.RefusesAsync("/example.com/a/@latest", HttpStatusCode.Forbidden, "CIC7101");
        await proxy.RefusesAsync("/example.com/a/@v/main.info", HttpStatusCode.Forbidden, "CIC7101");
        await proxy.RefusesAsync(Public + ".zip", HttpStatusCode.Forbidden, "CIC7101");
        (await proxy.GetAsync("/example.com/a/@v/v1.0.1.zip")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task ModuleThatThePublicDatabaseDoesNotHold_IsRefusedAndNot404()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files, inDatabase: false);
        foreach (var path in new[] { Public + ".mod", Public + ".zip", $"/sumdb/{RunningProxy.Database}/lookup/example.com/a@v1.0.0" })
        {
            await proxy.RefusesAsync(path, HttpStatusCode.Forbidden, "CIC7112");
        }

        proxy.DecisionsOf("CIC7112").ShouldHaveSingleItem();
        proxy.AlarmsOf("CIC7112").ShouldBe(0);
        proxy.KeepsNothing();
    }

    [Test]
    public async Task ModuleThatCameAfterTheFirstLook_IsAsOldAsCanBeProved()
    {
        var clock = new SetClock();
        await using var proxy = await RunningProxy.StartAsync(configuration => configuration with { Rules = configuration.Rules with { MinimumAge = TimeSpan.FromDays(7) } }, clock: clock);
        await proxy.SeesAsync("seen");
        proxy.Public.Add("example.com/a", "v1.0.0", Files);

        // Its commit claims to be from January.
        (await proxy.RefusesAsync(Public + ".zip", HttpStatusCode.Forbidden, "CIC7102")).ShouldContain("try again in 168 h");
        await proxy.RefusesAsync(Public + ".mod", HttpStatusCode.Forbidden, "CIC7102");
        clock.Now += TimeSpan.FromMinutes(20);
        await proxy.RefusesAsync(Public + ".zip", HttpStatusCode.Forbidden, "CIC7102");
        clock.Now += TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1);
        await proxy.RefusesAsync(Public + ".zip", HttpStatusCode.Forbidden, "CIC7102");
        proxy.AlarmsOf("CIC7102").ShouldBe(0);
        proxy.KeepsNothing();
        clock.Now += TimeSpan.FromMinutes(1);
        (await proxy.GetAsync(Public + ".zip")).Status.ShouldBe(HttpStatusCode.OK);
        (await proxy.GetAsync(Public + ".mod")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task ModuleThatWasThereBefore_IsAsOldAsItsCommitSays()
    {
        var clock = new SetClock { Now = new(2026, 1, 3, 0, 0, 0, TimeSpan.Zero) };
        await using var proxy = await RunningProxy.StartAsync(
            configuration => configuration with { Rules = configuration.Rules with { MinimumAge = TimeSpan.FromDays(7) } }, clock: clock, add: upstream => upstream.Add("example.com/a", "v1.0.0", Files));
        await proxy.SeesAsync("seen");
        await proxy.RefusesAsync(Public + ".zip", HttpStatusCode.Forbidden, "CIC7102");
        clock.Now += TimeSpan.FromDays(6);
        (await proxy.GetAsync(Public + ".zip")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task SignatureRuleThatCameLater_HoldsForWhatIsCached()
    {
        string[] signed = [];
        await using var proxy = await RunningProxy.StartAsync(configuration => configuration with { Rules = configuration.Rules with { Signed = signed } });
        proxy.Public.Add("example.com/a", "v1.0.0", Files);
        (await proxy.GetAsync(Public + ".zip")).Status.ShouldBe(HttpStatusCode.OK);
        (await proxy.GetAsync(Public + ".mod")).Status.ShouldBe(HttpStatusCode.OK);
        signed = ["example.com"];
        proxy.Publishers.Refusal = _ => GoProxyDiagnostics.MissingSignature;
        await proxy.StopServerAsync();
        await proxy.StartServerAsync();
        await proxy.RefusesAsync(Public + ".zip", HttpStatusCode.Forbidden, "CIC7103");
        await proxy.RefusesAsync(Public + ".mod", HttpStatusCode.Forbidden, "CIC7103");
    }

    private static async Task RefusedThenPassedAsync(RunningProxy proxy, SetClock clock, string path, Diagnostic diagnostic, HttpStatusCode status, bool isAlarm)
    {
        proxy.Publishers.Refusal = _ => diagnostic;
        foreach (var language in new[] { "en", "zh" })
        {
            await proxy.RefusesAsync(path + ".zip", status, diagnostic.Code, language);
            await proxy.RefusesAsync(path + ".mod", status, diagnostic.Code, language);
        }

        proxy.KeepsNothing();
        proxy.DecisionsOf(diagnostic.Code).Count.ShouldBe(1, "one clear line");
        proxy.DecisionsOf("passed").ShouldBeEmpty();
        proxy.AlarmsOf(diagnostic.Code).ShouldBe(isAlarm ? 1 : 0);

        proxy.Publishers.Refusal = _ => null;
        clock.Now += TimeSpan.FromSeconds(11);
        (await proxy.GetAsync(path + ".zip")).Status.ShouldBe(HttpStatusCode.OK);
        (await proxy.GetAsync(path + ".mod")).Status.ShouldBe(HttpStatusCode.OK);
        proxy.DecisionsOf("passed").ShouldAllBe(line => (string?)line["signer"] == StandInPublishers.KeyId);
        (await proxy.RecordsAsync()).Count.ShouldBe(1);
    }

    private static async Task<(StandInSource Source, RunningProxy Proxy)> WithPrivateAsync(TimeProvider clock)
    {
        var source = new StandInSource();
        var proxy = await RunningProxy.StartAsync(
            configuration => configuration with { Rules = configuration.Rules with { Private = ["git.example.cn/team"] } }, clock: clock, privateSources: [("git.example.cn/team", source)]);
        return (source, proxy);
    }
}
