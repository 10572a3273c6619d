using System.Net;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Go;

public sealed class ProxyTokenTests
{
    private const string Token = "0123456789abcdef";
    private const string Key = "sum.example.cn+222593ef+AZae+C9IedJv8Dl6ahEfPZI67pMHRZE7mioJXbJnKFuT";

    [TestCase("https://goproxy.example.cn", 19, "goproxy.example.cn")]
    [TestCase("https://goproxy.example.cn", 24, "goproxy.example.cn")]
    [TestCase("https://goproxy.example.cn:8443/modules/", 19, "goproxy.example.cn:8443", "goproxy.example.cn")]
    [TestCase("https://goproxy.example.cn:8443/modules/", 22, "goproxy.example.cn:8443", "goproxy.example.cn")]
    [TestCase("https://goproxy.example.cn:8443/modules/", 23, "goproxy.example.cn:8443")]
    [TestCase("https://goproxy.example.cn:443", 24, "goproxy.example.cn:443")]
    [TestCase("https://GoProxy.example.cn", 24, "GoProxy.example.cn", Description = "the go command compares bytes")]
    [TestCase("https://[::1]:8443", 19, "[::1]:8443", "::1")]
    [TestCase("https://[::1]", 24, "[::1]")]
    public void Lend_WritesTheHostThatThisGoComparesAlone(string proxy, int minor, params string[] machines)
    {
        string path;
        using (var file = Read(Token + "\n", new("cicompliance", proxy, Key, false)).Lend(minor))
        {
            file.Variables.Single(pair => pair.Key == "GOAUTH").Value.ShouldBe("netrc");
            path = file.Variables.Single(pair => pair.Key == "NETRC").Value;
            File.ReadAllText(path).ShouldBe(string.Concat(machines.Select(machine => $"machine {machine} login cicompliance password {Token}\n")));
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(Path.GetDirectoryName(path)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.Exists(Path.GetDirectoryName(path)).ShouldBeFalse();
    }

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("0123456789abcde")]
    [TestCase("0123456789abcdef\nfedcba9876543210\n")]
    [TestCase("0123456789abcdef\n\n")]
    [TestCase("0123456789abcdef \n")]
    [TestCase(" 0123456789abcdef")]
    [TestCase("01234567 89abcdef")]
    [TestCase("01234567\t89abcdef")]
    [TestCase("01234567\r89abcdef")]
    [TestCase("01234567\089abcdef")]
    [TestCase("0123456789abcdef\u007f")]
    [TestCase("0123456789abcdef密钥")]
    public void Read_OfWhatIsNoToken_IsRefusedWithoutShowingIt(string content) => ShouldRefuseToken(content);

    [Test]
    public void Read_OfALongToken_EndsAt512Characters()
    {
        Read(new string('t', 512) + "\r\n", Own).ShouldNotBeNull();
        ShouldRefuseToken(new string('t', 513));
    }

    [Test]
    public void Read_ClearsWhatItWasGiven()
    {
        var content = Encoding.UTF8.GetBytes(Token);
        ProxyToken.Read("file", _ => content, Own, GoProvider.Resolve(Own));
        content.ShouldAllBe(value => value == 0);
    }

    [TestCase("goproxy.cn", null, null, false, "policy go.provider")]
    [TestCase("aliyun", null, null, true, "policy go.provider")]
    [TestCase("custom", "https://a.example.cn,https://b.example.cn", Key, false, "policy go.proxy")]
    [TestCase("custom", "https://a.example.cn,off", Key, false, "policy go.proxy")]
    [TestCase("custom", "https://a.example.cn", Key, true, "policy go.proxy")]
    [TestCase("cicompliance", "http://127.0.0.1:8081", Key, false, "policy go.proxy")]
    [TestCase("custom", "http://localhost:8081", Key, false, "policy go.proxy")]
    [TestCase("custom", "https://模块.example.cn", Key, false, "policy go.proxy")]
    public void Read_WhereNobodyMayGetIt_RefusesBeforeTheFileIsOpened(string provider, string? proxy, string? sumdb, bool direct, string origin)
    {
        var policy = new GoPolicy(provider, proxy, sumdb, direct);
        var refusal = Should.Throw<CiComplianceException>(() => ProxyToken.Read("file", _ => throw new InvalidOperationException("opened"), policy, GoProvider.Resolve(policy)));
        (refusal.Diagnostic.Code, refusal.Finding.Origin, ExitCode.From(refusal.Diagnostic.Kind)).ShouldBe(("CIC0079", origin, 2));
    }

    [Test]
    public void Policy_WithPlainHttpToAnotherMachine_HasNoProxyAtAll() =>
        Should.Throw<CiComplianceException>(() => GoProvider.Resolve(new("cicompliance", "http://goproxy.example.cn", Key, false))).Diagnostic.Code.ShouldBe("CIC0054");

    [TestCase("https://goproxy.example.cn/sumdb/x/lookup/y", true)]
    [TestCase("https://goproxy.example.cn:443/y", true)]
    [TestCase("https://goproxy.example.cn:8443/y", false)]
    [TestCase("http://goproxy.example.cn/y", false)]
    [TestCase("https://sub.goproxy.example.cn/y", false)]
    [TestCase("https://sum.example.cn/lookup/y", false)]
    public async Task Authorize_SendsItToTheProxyAlone(string address, bool expected)
    {
        using var last = new LastRequest();
        using var http = new HttpMessageInvoker(Read(Token, Own).Authorize(last));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address));
        (await http.SendAsync(request, CancellationToken.None)).Dispose();
        last.Authorization.ShouldBe(expected ? "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("cicompliance:" + Token)) : null);
    }

    [TestCase("exit 1", false)]
    [TestCase("kill -KILL $$", false)]
    [TestCase("exec sleep 600", true)]
    public async Task DependenciesStage_WhenGoFailsOrIsCancelled_LeavesNoTokenBehind(string end, bool isCancelled)
    {
        using var folder = new TempDirectory();
        var seen = folder.Combine("seen");
        var go = folder.Write("go", $$"""
            #!/bin/sh
            if [ "$1" = env ]; then exec "{{Peers.Require("go1.23")}}" "$@"; fi
            printf '%s\n' "$NETRC" >>"{{seen}}"
            cat "$NETRC" >"{{seen}}.content"
            {{end}}

            """);
        File.SetUnixFileMode(go, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var run = new GoRun("https://127.0.0.1:1", Key) { ProxyTokenFile = folder.Write("token", Token + "\n") }.Commit(new Dictionary<string, string>
        {
            ["go.mod"] = ThreeModules.GoMod,
            ["go.sum"] = $"example.com/tool v0.3.0 {ThreeModules.Hash(1)}\nexample.com/tool v0.3.0/go.mod {ThreeModules.Hash(2)}\n",
        });

        // Nobody listens there: the database's part of the stage fails at once, the go command's part must have ended too.
        using var cancellation = new CancellationTokenSource();
        var stage = run.DependenciesAsync(go, cancellation.Token);
        if (isCancelled)
        {
            SpinWait.SpinUntil(() => File.Exists(seen + ".content") && new FileInfo(seen + ".content").Length > 0, TimeSpan.FromSeconds(60)).ShouldBeTrue();
            await cancellation.CancelAsync();
        }

        var failure = await Should.ThrowAsync<Exception>(() => stage);
        (failure is OperationCanceledException).ShouldBe(isCancelled, failure.ToString());

        File.ReadAllText(seen + ".content").ShouldContain(Token);
        var netrc = File.ReadAllLines(seen).Distinct().ShouldHaveSingleItem();
        Directory.Exists(Path.GetDirectoryName(netrc)).ShouldBeFalse();
        new SecretCanary(Token).FindIn(run.Work).ShouldBeEmpty();
        new SecretCanary(Token).FindIn(run.Evidence.Root).ShouldBeEmpty();
    }

    private static GoPolicy Own => new("cicompliance", "https://goproxy.example.cn", Key, false);

    private static ProxyToken Read(string content, GoPolicy policy) => ProxyToken.Read("file", _ => Encoding.UTF8.GetBytes(content), policy, GoProvider.Resolve(policy));

    private static void ShouldRefuseToken(string content)
    {
        var refusal = Should.Throw<CiComplianceException>(() => Read(content, Own));
        (refusal.Diagnostic.Code, refusal.Finding.Origin).ShouldBe(("CIC0079", "--proxy-token-file"));
        refusal.ToString().ShouldNotContain("0123456789");
    }

    private sealed class LastRequest : HttpMessageHandler
    {
        public string? Authorization { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Authorization = request.Headers.Authorization?.ToString();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}
