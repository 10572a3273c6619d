using System.Diagnostics;
using System.Net;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Server.Hosting;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ServeGoProxyTests : IDisposable
{
    private const string Name = "sum.example.test";

    private readonly TempDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    [Test]
    public async Task Options_ReachTheServer_AndItsAddressIsTheAnswer()
    {
        var parts = new FakeComposition();
        var (key, tokens, rules) = (temporary.Write("key", "x"), temporary.Write("tokens", "x"), temporary.Write("etc/goproxy.yml", "version: 1\nlanguage: zh\nsignatures:\n  - folder: signatures\n"));
        await File.WriteAllBytesAsync(temporary.Combine("trust.json"), ToolRun.NoKeys);
        var run = await ToolRun.InProcessAsync(parts, temporary.Path,
            ["serve", "goproxy", "--path", "proxy", "--rules", rules, "--trust", "trust.json", "--sumdb-key", key, "--sumdb-sm2-key", key, "--listen", "0.0.0.0:0", "--tls-certificate", "c",
                "--tls-key", key, "--reader-token-file", tokens, "--insecure-http"]);

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Answer.ShouldStartWith("http://127.0.0.1:8081\n");
        var given = parts.GoProxy!;
        given.Listen.ShouldBe(new ServerOptions(temporary.Combine("proxy"), "0.0.0.0:0", temporary.Combine("c"), key, tokens, InsecureHttp: true) { TokensOption = "--reader-token-file" });
        given.Key.Key.ShouldBe(key);
        given.Sm2!.Key.ShouldBe(key);
        given.Trust!.Keys.ShouldBeEmpty();
        given.Configuration.Language.ShouldBe(Language.Chinese);
        given.Configuration.Signatures.ShouldHaveSingleItem().Place.ShouldBe(temporary.Combine("etc", "signatures"));
    }

    [Test]
    public async Task WithoutFolderRulesOrKey_IsRefused()
    {
        var (key, rules) = (temporary.Write("key", "x"), temporary.Write("goproxy.yml", "version: 1\n"));
        string[][] incomplete = [["--rules", rules, "--sumdb-key", key], ["--path", "proxy", "--sumdb-key", key], ["--path", "proxy", "--rules", rules]];
        foreach (var options in incomplete)
        {
            var run = await ServeInProcessAsync(options);
            run.ExitCode.ShouldBe(2);
            run.Messages.ShouldContain("CIC0003");
        }

        (await ServeInProcessAsync("--path", "proxy", "--rules", rules, "--sumdb-key", "secret")).Messages.ShouldContain("CIC0020");
        (await ServeInProcessAsync("--path", "proxy", "--rules", "none.yml", "--sumdb-key", key)).Messages.ShouldContain("CIC0007");
    }

    [Test]
    public async Task SignaturesWithoutATrustStore_AreRefused()
    {
        var (key, rules) = (temporary.Write("key", "x"), temporary.Write("goproxy.yml", "version: 1\nsignatures:\n  - folder: /srv/signatures\n"));
        var run = await ServeInProcessAsync("--path", "proxy", "--rules", rules, "--sumdb-key", key);
        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC0003");
        run.Messages.ShouldContain("--role publisher");
    }

    [TestCase("version: 1\nmodules:\n  minimum-age: 3 days\n", "(3,16) : error CIC5006")]
    [TestCase("version: 1\nmodule:\n  minimum-age: 72h\n", "(2,1) : error CIC5005")]
    [TestCase("version: 1\nmodules:\n  private:\n    - prefix: git.example.cn/team\n      repository: git.example.cn/team.git\n", "(5,19) : error CIC7120")]
    public async Task Rules_ThatAreWrong_AreNamedByLineAndColumn(string yaml, string expected)
    {
        var (key, rules) = (temporary.Write("key", "x"), temporary.Write("goproxy.yml", yaml));
        var parts = new FakeComposition();
        var run = await ToolRun.InProcessAsync(parts, temporary.Path, ["serve", "goproxy", "--path", "proxy", "--rules", rules, "--sumdb-key", key]);
        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain(rules + expected);
        parts.GoProxy.ShouldBeNull();
    }

    [Test]
    public async Task Terminated_StopsWell_AndIs0()
    {
        var rules = temporary.Write("goproxy.yml", "version: 1\n");
        var gosumdb = Init("proxy", "sumdb.pem");
        using var tool = ToolRun.Start(["serve", "goproxy", "--path", "proxy", "--rules", rules, "--sumdb-key", "sumdb.pem", "--listen", "127.0.0.1:0"], temporary.Path);
        var address = await tool.StandardOutput.ReadLineAsync();
        using var client = new HttpClient();
        (await client.GetStringAsync(new Uri(address + "/readyz"))).ShouldBe("ready\n");
        (await client.GetStringAsync(new Uri($"{address}/sumdb/{Name}/latest"))).ShouldStartWith("go.sum database tree\n0\n");
        using var unknown = await client.GetAsync(new Uri(address + "/example.com/none/@v/v1.0.0.zip"));
        unknown.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await unknown.Content.ReadAsStringAsync()).ShouldContain("CIC7112");

        var second = ToolRun.Process(["serve", "goproxy", "--path", "proxy", "--rules", rules, "--sumdb-key", "sumdb.pem", "--listen", "127.0.0.1:0"], temporary.Path);
        second.ExitCode.ShouldBe(2);
        second.Messages.ShouldContain("CIC4002");
        using var kill = Process.Start("/bin/kill", ["-TERM", tool.Id.ToString()]);
        tool.WaitForExit(TimeSpan.FromSeconds(30)).ShouldBeTrue();

        tool.ExitCode.ShouldBe(0);
        var events = await tool.StandardError.ReadToEndAsync();
        events.ShouldContain("\"event\":\"started\"");
        events.ShouldContain(gosumdb["GOSUMDB=".Length..].TrimEnd('\n').Replace("+", "\\u002B", StringComparison.Ordinal));
        events.ShouldContain("\"event\":\"stopped\"");
    }

    [Test]
    public async Task Terminated_WhileUpstreamHangs_StopsWell_AndIs0()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
        using var signer = key.OpenSigner();
        using var upstream = new FixtureModuleProxy(new("sum.public.test", signer)) { Hang = _ => Hang.Silent };
        var rules = temporary.Write("goproxy.yml", $"version: 1\nupstream:\n  proxies: {upstream.Url}\n  sumdb: {upstream.Sumdb.VerifierKey}\n");
        Init("proxy", "sumdb.pem");
        using var tool = ToolRun.Start(["serve", "goproxy", "--path", "proxy", "--rules", rules, "--sumdb-key", "sumdb.pem", "--listen", "127.0.0.1:0"], temporary.Path);
        var address = await tool.StandardOutput.ReadLineAsync();
        using var client = new HttpClient();
        var asked = new[] { "v1.0.0.zip", "list" }.Select(file => client.GetAsync(new Uri($"{address}/example.com/a/@v/{file}"))).ToList();
        SpinWait.SpinUntil(() => upstream.Hanging == asked.Count, TimeSpan.FromMinutes(1)).ShouldBeTrue();

        using var kill = Process.Start("/bin/kill", ["-TERM", tool.Id.ToString()]);
        tool.WaitForExit(TimeSpan.FromMinutes(1)).ShouldBeTrue();

        tool.ExitCode.ShouldBe(0);
        (await tool.StandardError.ReadToEndAsync()).ShouldContain("\"event\":\"stopped\"");
        foreach (var request in asked)
        {
            await Should.ThrowAsync<HttpRequestException>(request);
        }
    }

    [Test]
    public void AnotherDatabasesKey_IsRefused()
    {
        var rules = temporary.Write("goproxy.yml", "version: 1\n");
        Init("proxy", "sumdb.pem");
        Init("other", "other.pem");
        var run = ToolRun.Process(["serve", "goproxy", "--path", "proxy", "--rules", rules, "--sumdb-key", "other.pem", "--listen", "127.0.0.1:0"], temporary.Path);
        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC4006");
        run.Messages.ShouldContain("--sumdb-key");
        run.Answer.ShouldBeEmpty();
    }

    [Test]
    public void ALogWithoutItsKeyInTheTrustStore_IsRefused()
    {
        var rules = temporary.Write("goproxy.yml", "version: 1\nsignatures:\n  - rekor: https://log.example.test\n");
        File.WriteAllBytes(temporary.Combine("trust.json"), ToolRun.NoKeys);
        Init("proxy", "sumdb.pem");
        var run = ToolRun.Process(["serve", "goproxy", "--path", "proxy", "--rules", rules, "--trust", "trust.json", "--sumdb-key", "sumdb.pem"], temporary.Path);
        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC7120");
        run.Messages.ShouldContain("--name log.example.test");
    }

    private string Init(string folder, string key)
    {
        var run = ToolRun.Process(["goproxy", "init", folder, "--name", Name, "--new-key", key], temporary.Path);
        run.ExitCode.ShouldBe(0, run.Messages);
        return run.Answer;
    }

    private Task<ToolRun> ServeInProcessAsync(params string[] options) =>
        ToolRun.InProcessAsync(new FakeComposition(), temporary.Path, ["serve", "goproxy", .. options]);
}
