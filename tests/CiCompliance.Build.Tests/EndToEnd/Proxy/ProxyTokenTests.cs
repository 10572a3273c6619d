using System.Text;
using CiCompliance.Build.Quickstart;
using CiCompliance.Cryptography;
using CiCompliance.Go;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Proxy;

/// <summary>Private modules of a verifying proxy that wants a token: whole runs of the tool with real go commands.</summary>
[Category(Peers.Category)]
public sealed class ProxyTokenTests : EndToEndTests
{
    private readonly SecretCanary canary = new();
    private PrivateProxy proxy = null!;
    private TlsFiles tls = null!;

    private string ProxyFolder => Case.Folder.Combine("proxy");

    private string Temporary => Case.Folder.Combine("tmp");

    [SetUp]
    public async Task StartProxy()
    {
        tls = TlsFiles.Write(Case.Folder);
        proxy = await PrivateProxy.StartAsync(ProxyFolder, tls, Secrets.Write(Case, "tokens", $"{new string('f', 32)}\n{canary.Marker}\n"));
        Directory.CreateDirectory(Temporary);
        Case.Environment["TMPDIR"] = Temporary;
        Case.Environment["SSL_CERT_FILE"] = tls.Certificate;
        Use(proxy.Address, proxy.Gosumdb);
    }

    [TearDown]
    public async Task StopProxy() => await proxy.DisposeAsync();

    [TestCase("go1.19")]
    [TestCase("go1.23")]
    [TestCase("go1.24")]
    public void WithTheToken_TheRunPassesAndTheTokenIsNowhere(string go)
    {
        var trace = RecordGo(go);
        Case.Options["--proxy-token-file"] = "fd:7";
        var (outcome, found, seen) = Watched();

        outcome.ShouldBe(0);
        Modules().ProxyToken.ShouldBeTrue();
        Modules().Modules.ShouldAllBe(row => row.Verdict == CiCompliance.Diagnostics.Verdict.Pass && row.Sha256 != null);
        VerifyEvidence();

        // Only the download was told of it, and then it was for this user and this proxy alone; before and after it is gone.
        var calls = File.ReadAllLines(trace);
        calls.Where(call => call.StartsWith("mod ", StringComparison.Ordinal)).ShouldNotBeEmpty();
        calls.Where(call => call.StartsWith("build ", StringComparison.Ordinal)).ShouldNotBeEmpty();
        foreach (var call in calls)
        {
            call.ShouldEndWith(call.StartsWith("mod ", StringComparison.Ordinal) ? " GOAUTH=netrc netrc=600 folder=700 left=1" : " GOAUTH=off netrc= folder= left=0");
        }

        seen.ShouldBeGreaterThan(3);
        found.ShouldBeEmpty();
        ShouldBeNowhere(outcome);
    }

    [TestCase("go1.19")]
    [TestCase("go1.23")]
    [TestCase("go1.24")]
    public void WithoutAToken_TheRunStopsAndSaysWhatIsMissing(string go)
    {
        UseGo(RealGo(go));
        var outcome = Refused(3, "CIC1110", "CIC1120", "401 Unauthorized", "Name a file with a reader token of the proxy: --proxy-token-file FILE");
        outcome.Messages.ShouldContain("modules.example/settings@v1.0.3");
        Modules().ProxyToken.ShouldBeFalse();
        Case.HasOutputs.ShouldBeFalse();
    }

    [Test]
    public void WithAWrongToken_TheRunStopsAndTheTokenIsNowhere()
    {
        var wrong = canary.Marker[..^1] + (canary.Marker[^1] == '0' ? '1' : '0');
        UseGo(RealGo("go1.23"));
        Case.Options["--proxy-token-file"] = Secrets.Write(Case, "token", wrong + "\n");
        var outcome = Refused(3, "CIC1110", "CIC1120", "--proxy-token-file");
        Case.HasOutputs.ShouldBeFalse();
        foreach (var place in new[] { Case.Out, Case.Out + ".work", Temporary })
        {
            new SecretCanary(wrong).FindIn(place).ShouldBeEmpty();
        }

        new SecretCanary(wrong).IsIn(outcome.Answer + outcome.Messages + proxy.Written(ProxyFolder)).ShouldBeFalse();
    }

    [Test]
    public async Task OverPlainHttp_TheTokenGoesNowhere()
    {
        await using var plain = await PrivateProxy.StartAsync(Case.Folder.Combine("plain"), null, Secrets.Write(Case, "tokens", canary.Marker));
        Use(plain.Address, plain.Gosumdb);
        UseGo(RealGo("go1.23"));
        Case.Options["--proxy-token-file"] = Secrets.Write(Case, "token", canary.Marker);
        Refused(2, "policy go.proxy : error CIC0079", "over https only");

        // To another machine no policy names it.
        Use("http://goproxy.example.cn", plain.Gosumdb);
        ShouldBeNowhere(Refused(2, "error CIC5006: 'go.proxy'"));
    }

    [TestCase("go1.19")]
    [TestCase("go1.23")]
    [TestCase("go1.24")]
    public void WhereTheProxyRedirectsToAnotherHost_TheTokenStays(string go)
    {
        using var other = new RecordingServer(tls);
        using var redirecting = new RecordingServer(tls, $"https://127.0.0.1:{other.Port}");
        Use($"https://localhost:{redirecting.Port}", proxy.Gosumdb);
        UseGo(RealGo(go));
        Case.Options["--proxy-token-file"] = Secrets.Write(Case, "token", canary.Marker);

        ShouldBeNowhere(Refused(3, "CIC1110", "redirects to another host"));

        var expected = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"cicompliance:{canary.Marker}"));
        redirecting.Requests.ShouldContain(request => request.Client.StartsWith("Go-", StringComparison.Ordinal));
        redirecting.Requests.ShouldContain(request => request.Client.StartsWith("cicompliance", StringComparison.Ordinal));
        redirecting.Requests.ShouldAllBe(request => request.Authorization == expected);
        other.Requests.ShouldContain(request => request.Client.StartsWith("Go-", StringComparison.Ordinal));
        other.Requests.ShouldAllBe(request => request.Authorization == null);
    }

    private void Use(string address, string gosumdb)
    {
        Case.WithPolicy(Scenario.Policy.Replace("provider: custom", $"provider: {GoProvider.Own}", StringComparison.Ordinal)
            .Replace(Scenario.Proxy.Url, address, StringComparison.Ordinal).Replace(Scenario.Proxy.Sumdb.VerifierKey, gosumdb, StringComparison.Ordinal));
        var database = KeyringImporter.Import("database", Encoding.ASCII.GetBytes(gosumdb + "\n"), KeyRole.Sumdb, []).Keys;
        Case.WithTrust((Scenario.TrustStore with { Keys = [.. Scenario.TrustStore.Keys.Where(key => key.Role != KeyRole.Sumdb), .. database] }).ToJson());
    }

    // A go command that writes down how it was called and what it was told of the token, and then is the real one.
    private string RecordGo(string go)
    {
        var trace = Case.Folder.Combine("trace");
        var script = Case.Folder.Write("go/go", $"""
            #!/bin/bash
            netrc=''
            folder=''
            if [ -n "$NETRC" ]; then netrc=$(stat -c %a "$NETRC") folder=$(stat -c %a "$(dirname "$NETRC")"); fi
            left=$(find "{Temporary}" -name netrc | wc -l)
            case "$GOAUTH" in '') ;; *) printf '%s GOAUTH=%s netrc=%s folder=%s left=%s\n' "$*" "$GOAUTH" "$netrc" "$folder" "$left" >>"{trace}" ;; esac
            exec "{RealGo(go)}" "$@"

            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        UseGo(script);
        return trace;
    }

    private static string RealGo(string go) => File.ResolveLinkTarget(Peers.Require(go), returnFinalTarget: true)?.FullName ?? Peers.Require(go);

    private void UseGo(string path)
    {
        Case.Options["--go"] = path;
        Case.Environment["PATH"] = $"{Path.GetDirectoryName(path)}:/usr/bin:/bin";
    }

    private (Outcome Outcome, IReadOnlyCollection<string> Found, int Seen) Watched()
    {
        using var watch = canary.WatchProcesses();
        var outcome = Case.Finish(Case.Start(["run"], "exec 7< <(cat \"$1\")", [Secrets.Write(Case, "token", canary.Marker + "\n")]));
        watch.Dispose();
        return (outcome, watch.Found, watch.Seen);
    }

    private DependencyRecord Modules() => DependencyRecord.Parse(File.ReadAllBytes(Path.Combine(Case.Out, "dependencies", "modules.json")));

    private void VerifyEvidence()
    {
        using var auditor = new Case { Out = Case.Out };
        var trust = Case.Options["--trust"];
        auditor.Options.Clear();
        auditor.Options["--trust"] = trust;
        auditor.Options["--repository"] = QuickstartRun.Repository;
        auditor.Options["--commit"] = Scenario.Head;
        auditor.Options["--allow-demonstration"] = null;
        auditor.Run("verify", "evidence", Case.Out).ShouldBe(0);
    }

    private void ShouldBeNowhere(Outcome outcome)
    {
        canary.IsIn(outcome.Answer).ShouldBeFalse("answer");
        canary.IsIn(outcome.Messages).ShouldBeFalse("messages");
        foreach (var place in new[] { Case.Out, Case.Out + ".work", Temporary, Scenario.Repository }.Where(Directory.Exists))
        {
            canary.FindIn(place).ShouldBeEmpty();
        }

        canary.IsIn(proxy.Written(ProxyFolder)).ShouldBeFalse("the proxy's own files");
        Directory.EnumerateFileSystemEntries(Temporary, "cicompliance-*").ShouldBeEmpty();
    }
}
