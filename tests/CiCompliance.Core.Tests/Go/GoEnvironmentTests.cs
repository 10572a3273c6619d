using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Processes;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Go;

public sealed class GoProviderTests
{
    [TestCase("goproxy.cn", "https://goproxy.cn", SumdbSetting.DefaultKey)]
    [TestCase("goproxy.io", "https://goproxy.io", SumdbSetting.DefaultKey)]
    [TestCase("aliyun", "https://mirrors.aliyun.com/goproxy/", SumdbSetting.DefaultKey + " https://sum.golang.google.cn")]
    public void Resolve_WhenKnown_GivesWhatWorks(string provider, string proxy, string sumdb)
    {
        var source = GoProvider.Resolve(new(provider, null, null, false));
        source.Proxy.ShouldBe(proxy);
        source.Sumdb.ToString().ShouldBe(sumdb);
        GoProvider.Resolve(new(provider, null, null, true)).Proxy.ShouldBe(proxy + ",direct");
    }

    [TestCase("off", "switches the check off")]
    [TestCase("sum.goproxy.cn", "malformed verifier id")]
    [TestCase("https://goproxy.cn/sumdb/sum.golang.org", "malformed verifier id")]
    [TestCase("sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", "hash of the verifier key")]
    [TestCase(SumdbSetting.DefaultKey + " http://sum.example.cn", "must be https")]
    public void Resolve_WhenSumdbCannotWork_SaysWhy(string sumdb, string why)
    {
        var failure = Should.Throw<CiComplianceException>(() => GoProvider.Resolve(new("custom", "https://p.example.cn", sumdb, false)));
        failure.Diagnostic.ShouldBe(GoEnvironmentDiagnostics.SumdbUnusable);
        failure.Finding.What.En.ShouldContain(why);
    }

    [TestCase("https://a.example.cn|https://b.example.cn")]
    [TestCase("https://a.example.cn,direct")]
    [TestCase("direct")]
    [TestCase("off")]
    [TestCase("file:///srv/proxy")]
    [TestCase("http://proxy.example.cn")]
    [TestCase("https://user:secret@proxy.example.cn")]
    [TestCase("")]
    public void Resolve_WhenProxyWeakensTheCheck_Refuses(string proxy)
    {
        var failure = Should.Throw<CiComplianceException>(() => GoProvider.Resolve(new("custom", proxy, null, false)));
        failure.Diagnostic.ShouldBe(GoEnvironmentDiagnostics.ProxyUnusable);
        failure.Message.ShouldNotContain("secret");
    }

    [Test]
    public void Resolve_OfAnOwnProxy_IsItsAddressWithItsOwnKey()
    {
        const string key = "sumdb.example.cn+9b265ab1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
        var source = GoProvider.Resolve(new("cicompliance", "https://goproxy.example.cn", key, false));
        source.Proxy.ShouldBe("https://goproxy.example.cn");
        source.Sumdb.ToString().ShouldBe(key);

        GoPolicy[] wrong =
        [
            new("cicompliance", "https://a.example.cn,https://b.example.cn", key, false),
            new("cicompliance", "https://a.example.cn", key, true),
            new("cicompliance", "https://a.example.cn", SumdbSetting.DefaultKey, false),
            new("cicompliance", "https://a.example.cn", key + " https://sum.example.cn", false),
            new("cicompliance", null, key, false),
        ];
        foreach (var policy in wrong)
        {
            Should.Throw<CiComplianceException>(() => GoProvider.Resolve(policy)).Diagnostic.Code.ShouldBe("CIC0054");
        }
    }

    [Test]
    public void Resolve_WhenProviderIsUnknownOrContradicted_Refuses()
    {
        Should.Throw<CiComplianceException>(() => GoProvider.Resolve(new("goproxy", null, null, false))).Diagnostic.Code.ShouldBe("CIC0054");
        Should.Throw<CiComplianceException>(() => GoProvider.Resolve(new("goproxy.cn", "https://x.example.cn", null, false))).Diagnostic.Code.ShouldBe("CIC0054");
        Should.Throw<CiComplianceException>(() => GoProvider.Resolve(new("custom", null, null, false))).Diagnostic.Code.ShouldBe("CIC0054");
    }
}

public sealed class GoEnvironmentPinsTests
{
    private static readonly CompliancePolicy Policy = Policies.With(new("goproxy.cn", null, null, false));

    [Test]
    public void DockerfileFragment_WhenDefault_IsTheTemplates()
    {
        var template = File.ReadAllLines(TestVectors.PathOf("..", "..", "templates", "build-image", "Dockerfile"));
        var lines = string.Concat(template.Where(line => line.StartsWith("ENV ", StringComparison.Ordinal) && !line.StartsWith("ENV HOME", StringComparison.Ordinal)).Select(line => line + "\n"));
        lines.ShouldBe(GoEnvironmentPins.DockerfileFragment(Policy));
        template.Single(line => line.StartsWith("FROM ", StringComparison.Ordinal)).ShouldBe("FROM ${BASE_IMAGE}@sha256:${BASE_SHA256}");
        template.ShouldContain("USER 65532:65532");
    }

    [Test]
    public void EnvironmentFile_WhenDefault_HoldsWhatGoEnvCanHold()
    {
        var file = GoEnvironmentPins.EnvironmentFile(Policy);
        file.ShouldContain("GOPROXY=https://goproxy.cn\n");
        file.ShouldContain("GOTOOLCHAIN=local\n");
        file.ShouldContain("GOVCS=*:off\n");
        file.ShouldNotContain("GOENV=");
        file.ShouldNotContain("LANG=");
    }

    [Test]
    public void WithNetwork_WhenAmbientHasMore_TakesTheAllowedOnly()
    {
        var pins = GoEnvironmentPins.Create(Policy, "/w", "/usr/bin/env").WithNetwork(new Dictionary<string, string> { ["HTTPS_PROXY"] = "http://p", ["GIT_DIR"] = "/x", ["LD_PRELOAD"] = "/evil.so" });
        pins.Variables["HTTPS_PROXY"].ShouldBe("http://p");
        pins.Variables.Keys.ShouldNotContain("LD_PRELOAD");
        pins.Variables.Keys.ShouldNotContain("GIT_DIR");
        GoEnvironmentPins.Create(Policy, "/w", "/usr/bin/env", vendor: true).Variables["GOFLAGS"].ShouldBe("-mod=vendor");
    }
}

[TestFixture("go1.19")]
[TestFixture("go1.23")]
[TestFixture("go1.24")]
public sealed class GoEnvironmentVerifierTests(string goName)
{
    private readonly ProcessRunner processes = new();
    private TempDirectory directory = null!;
    private string go = "";

    [SetUp]
    public void SetUp()
    {
        go = Peers.Require(goName);
        directory = new();
        directory.Write(".config/go/telemetry/mode", "off");
        directory.Write("project/go.mod", "module example.com/app\n\ngo 1.19\n");
    }

    [TearDown]
    public void TearDown() => directory?.Dispose();

    [TestCase("GOSUMDB", "off", "CIC0060")]
    [TestCase("GOSUMDB", "sum.goproxy.cn", "CIC0060")]
    [TestCase("GONOSUMDB", "*", "CIC0061")]
    [TestCase("GOPRIVATE", "github.com/acme/*", "CIC0061")]
    [TestCase("GOPROXY", "https://goproxy.cn,direct", "CIC0062")]
    [TestCase("GOPROXY", "https://goproxy.cn|off", "CIC0062")]
    [TestCase("GOPROXY", "file:///srv/mod", "CIC0062")]
    [TestCase("GOPROXY", "https://user:secret@other.example.cn", "CIC0062")]
    [TestCase("GONOPROXY", "github.com/acme/*", "CIC0063")]
    [TestCase("GOFLAGS", "-mod=mod", "CIC0064")]
    [TestCase("GOFLAGS", "-trimpath -overlay=/tmp/o.json", "CIC0064")]
    [TestCase("GOFLAGS", "-toolexec=/tmp/x", "CIC0064")]
    [TestCase("GOFLAGS", "--modfile=/tmp/go.mod", "CIC0064")]
    [TestCase("GOINSECURE", "*", "CIC0065")]
    [TestCase("GO111MODULE", "off", "CIC0073")]
    [TestCase("CC", "/tmp/cc", "CIC0056")]
    [TestCase("CGO_LDFLAGS", "-L/tmp", "CIC0056")]
    [TestCase("GIT_CONFIG_COUNT", "1", "CIC0056")]
    [TestCase("GIT_HTTP_USER_AGENT", "proxy", "CIC0056")]
    [TestCase("GODEBUG", "x509sha1=1", "CIC0056")]
    [TestCase("GOVCS", "*:all", "CIC0056")]
    [TestCase("GOAUTH", "/tmp/helper", "CIC0056")]
    public async Task VerifyAsync_WhenEnvironmentBypasses_IsFound(string name, string value, string code)
    {
        var ambient = Good();
        ambient[name] = value;
        var report = await VerifyAsync(ambient);
        var finding = report.Findings.ShouldHaveSingleItem();
        finding.Diagnostic.Code.ShouldBe(code);
        finding.Origin.ShouldBe(name);
        finding.What.En.ShouldContain("(from the environment)");
        finding.Format(Language.English).ShouldNotContain("secret");
        report.Settings.ShouldAllBe(setting => !setting.Value.Contains("secret", StringComparison.Ordinal));
    }

    [Test]
    public async Task VerifyAsync_WhenPinned_FindsNothing() => (await VerifyAsync(Good())).Findings.ShouldBeEmpty();

    [Test]
    public async Task VerifyAsync_WhenNothingIsSet_IsANotice()
    {
        var bare = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = directory.Path };
        var findings = (await VerifyAsync(bare)).Findings;
        findings.Select(finding => finding.Origin).ShouldContain("GOPROXY");
        findings.ShouldAllBe(finding => finding.Diagnostic == GoEnvironmentDiagnostics.NotPinned);
    }

    [Test]
    public async Task VerifyAsync_WhenTheUsersFileBypasses_NamesTheFileAndItsFix()
    {
        directory.Write(".config/go/env", "GONOSUMDB=*\n");
        var ambient = Good();
        ambient.Remove("GOENV");
        var finding = (await VerifyAsync(ambient)).Findings.ShouldHaveSingleItem();
        finding.Diagnostic.ShouldBe(GoEnvironmentDiagnostics.NoSumdb);
        finding.What.En.ShouldContain("the user's go env file");
        finding.Fix.En.ShouldBe("Run go env -u GONOSUMDB");
    }

    [Test]
    public async Task VerifyAsync_WhenGoenvNamesAnotherFile_IsFoundWithWhatItSays()
    {
        var ambient = Good();
        ambient["GOENV"] = directory.Write("other", "GOINSECURE=*\n");
        (await VerifyAsync(ambient)).Findings.Select(finding => finding.Diagnostic.Code).ShouldBe(["CIC0065", "CIC0056"], ignoreOrder: true);
    }

    [Test]
    public async Task VerifyAsync_WhenAGoWorkLiesAbove_IsFound()
    {
        directory.Write("go.work", "go 1.19\n\nuse ./project\n");
        var ambient = Good();
        ambient.Remove("GOWORK");
        (await VerifyAsync(ambient)).Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(GoEnvironmentDiagnostics.Workspace);
    }

    [Test]
    public async Task VerifyAsync_WhenToolchainIsAuto_IsFoundWhereGoHasIt()
    {
        var ambient = Good();
        ambient["GOTOOLCHAIN"] = "auto";
        (await VerifyAsync(ambient)).Findings.Any(finding => finding.Origin == "GOTOOLCHAIN").ShouldBe(goName != "go1.19");
    }

    [Test]
    public async Task VerifyAsync_WhenGorootIsSet_IsANotice()
    {
        var ambient = Good();
        ambient["GOROOT"] = (await LocateAsync()).Goroot;
        var finding = (await VerifyAsync(ambient)).Findings.ShouldHaveSingleItem();
        (finding.Diagnostic.Code, finding.Origin).ShouldBe(("CIC0056", "GOROOT"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task VerifyAsync_WhenAnotherGoCouldComeFirst_IsFound(bool relative)
    {
        var ambient = Good();
        FakeGo.Write(directory.Combine("bin"), "{}");
        ambient["PATH"] = relative ? "bin:/usr/bin" : directory.Combine("bin") + ":/usr/bin";
        (await VerifyAsync(ambient)).Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(GoEnvironmentDiagnostics.OtherGo);
    }

    [Test]
    public async Task RunAsync_WhenRealGo_ConfirmsThePinsAndKeepsTheRecord()
    {
        using var run = new GoRun("http://127.0.0.1:9", null);
        var ambient = Good();
        ambient["GOPROXY"] = "http://127.0.0.1:9";
        ambient["GOSUMDB"] = SumdbSetting.DefaultKey;
        ambient["GIT_SSH_COMMAND"] = "ssh -i secret";
        var result = await new EnvironmentStage(processes, new FixtureDigests(), ambient).RunAsync(run.Context(go), CancellationToken.None);
        result.Verdict.ShouldBe(Verdict.Pass);
        result.Checks.Single(check => check.Id == "environment.pins").Verdict.ShouldBe(Verdict.Pass);
        var bytes = run.Evidence.Read(EvidencePaths.Environment, 1 << 20);
        System.Text.Encoding.UTF8.GetString(bytes).ShouldNotContain("secret");
        var record = EnvironmentRecord.Parse(bytes);
        record.Pinned["GOENV"].ShouldBe("off");
        record.Resolved["GOFLAGS"].ShouldBe("-mod=readonly");
        record.Go.Version.ShouldStartWith(goName);
        record.Go.Digest.Sm3.Length.ShouldBe(64);
        record.Ambient.Single(setting => setting.Name == "GIT_SSH_COMMAND").ShouldBe(new("GIT_SSH_COMMAND", "***", SettingLayer.Environment));
    }

    private Dictionary<string, string> Good() => new(GoEnvironmentPins.Create(Policies.With(new("goproxy.cn", null, null, false)), directory.Path, "/usr/bin/env").Variables
        .Where(pair => pair.Value.Length > 0 && pair.Key is not ("HOME" or "PATH"))) { ["HOME"] = directory.Path, ["PATH"] = "/usr/bin:/bin" };

    private Task<GoCommand> LocateAsync() =>
        GoCommand.LocateAsync(processes, go, directory.Combine("project"), Ambient.Clean, directory.Combine("empty"), CancellationToken.None);

    private async Task<AmbientReport> VerifyAsync(IReadOnlyDictionary<string, string> ambient) =>
        await new GoEnvironmentVerifier(processes).VerifyAsync(await LocateAsync(), Policies.With(new("goproxy.cn", null, null, false)), directory.Combine("project"), ambient, CancellationToken.None);
}

public sealed class GoCommandTests
{
    private TempDirectory directory = null!;

    [SetUp]
    public void SetUp() => directory = new();

    [TearDown]
    public void TearDown() => directory.Dispose();

    [Test]
    public async Task LocateAsync_WhenNoneIsOnPath_SaysHowToInstall() =>
        (await FailsAsync(null, new Dictionary<string, string> { ["PATH"] = directory.Path })).Finding.Fix.En.ShouldContain("apt-get install");

    [TestCase("{\"GOVERSION\":\"go1.18.9\",\"GOROOT\":\"/x\"}", "CIC0051")]
    [TestCase("{\"GOVERSION\":\"devel go1.2\",\"GOROOT\":\"/x\"}", "CIC0052")]
    [TestCase("{\"GOVERSION\":\"go1.23.1\"}", "CIC0052")]
    [TestCase("no json", "CIC0052")]
    public async Task LocateAsync_WhenGoIsOldOrOdd_Stops(string answer, string code) =>
        (await FailsAsync(FakeGo.Write(directory.Combine("bin"), answer), Ambient.Clean)).Diagnostic.Code.ShouldBe(code);

    [Test]
    public async Task LocateAsync_WhenGoLiesInTheRepository_DoesNotStartIt()
    {
        var marker = directory.Combine("started");
        var go = FakeGo.Write(directory.Combine("project", "bin"), "{}");
        File.WriteAllText(go, $"#!/bin/sh\ntouch {marker}\n");
        File.CreateSymbolicLink(directory.Combine("go"), go);
        (await FailsAsync(go, Ambient.Clean)).Diagnostic.ShouldBe(GoEnvironmentDiagnostics.GoInTree);
        (await FailsAsync(directory.Combine("go"), Ambient.Clean)).Diagnostic.ShouldBe(GoEnvironmentDiagnostics.GoInTree);
        File.Exists(marker).ShouldBeFalse();
    }

    [TestCase("CC", "/tmp/cc", "CIC0068")]
    [TestCase("GODEBUG", "x509sha1=1", "CIC0071")]
    [TestCase("GOVCS", "*:all", "CIC0078")]
    [TestCase("GOTOOLCHAIN", "go1.24.1+auto", "CIC0070")]
    public async Task RunAsync_WhenGorootChangesTheBuild_IsNotCompliant(string name, string value, string code)
    {
        using var run = new GoRun("https://proxy.example.cn", null);
        var names = AmbientRules.Asked.Concat(GoEnvironmentPins.Resolved).Distinct().ToDictionary(name => name, _ => "");
        names["GOVERSION"] = "go1.23.4";
        names["GOROOT"] = directory.Path;
        directory.Write("go.env", "GOPROXY=https://proxy.golang.org,direct\n" + $"{name}={value}\n");
        var go = FakeGo.Write(directory.Combine("bin"), System.Text.Json.JsonSerializer.Serialize(names));
        var result = await new EnvironmentStage(new ProcessRunner(), new FixtureDigests(), Ambient.Clean).RunAsync(run.Context(go), CancellationToken.None);
        result.Findings.ShouldContain(finding => finding.Diagnostic.Code == code && finding.Origin == name);
    }

    [Test]
    public async Task RunAsync_WhenGoDoesNotTakeThePins_IsNotCompliant()
    {
        using var run = new GoRun("https://proxy.example.cn", null);
        var names = AmbientRules.Asked.Concat(GoEnvironmentPins.Resolved).Distinct().ToDictionary(name => name, _ => "");
        names["GOVERSION"] = "go1.19.8";
        names["GOROOT"] = directory.Path;
        names["GONOSUMDB"] = "*";
        var go = FakeGo.Write(directory.Combine("bin"), System.Text.Json.JsonSerializer.Serialize(names));
        var result = await new EnvironmentStage(new ProcessRunner(), new FixtureDigests(), Ambient.Clean).RunAsync(run.Context(go), CancellationToken.None);
        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.ShouldContain(finding => finding.Diagnostic == GoEnvironmentDiagnostics.PinIneffective && finding.Origin == "GONOSUMDB");
        result.Findings.ShouldContain(finding => finding.Diagnostic == GoEnvironmentDiagnostics.GorootUnknown);
    }

    [Test]
    public void Verify_WhenGorootIsAPackages_FindsChangedAndAddedFiles()
    {
        var root = directory.Combine("go");
        foreach (var (name, text) in new[] { ("bin/go", "go"), ("src/fmt/print.go", "package fmt"), ("pkg/tool/link", "link") })
        {
            directory.Write("go/" + name, text);
        }

        var sums = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => $"{Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(File.ReadAllBytes(file)))}  {file[1..]}\n");
        directory.Write("info/golang-1.99-go.md5sums", string.Concat(sums));
        var verifier = new GorootVerifier(new FixtureDigests(), directory.Combine("info"));
        var good = verifier.Verify(root, CancellationToken.None);
        good.Finding.ShouldBeNull();
        good.Packages.ShouldBe(["golang-1.99-go"]);
        directory.Write("go/src/fmt/extra.go", "package fmt");
        verifier.Verify(root, CancellationToken.None).Finding!.Diagnostic.ShouldBe(GoEnvironmentDiagnostics.GorootAltered);
        File.Delete(directory.Combine("go/src/fmt/extra.go"));
        directory.Write("go/bin/go", "evil");
        verifier.Verify(root, CancellationToken.None).Finding!.Origin.ShouldEndWith("bin/go");
    }

    [Test]
    public void ReadFile_WhenLargerThanAllowed_Stops() =>
        Should.Throw<CiComplianceException>(() => GoSettings.ReadFile(directory.Write("env", new string('A', (1 << 20) + 1)))).Diagnostic.ShouldBe(GoEnvironmentDiagnostics.Unreadable);

    private async Task<CiComplianceException> FailsAsync(string? chosen, IReadOnlyDictionary<string, string> ambient)
    {
        Directory.CreateDirectory(directory.Combine("project"));
        return await Should.ThrowAsync<CiComplianceException>(() =>
            GoCommand.LocateAsync(new ProcessRunner(), chosen, directory.Combine("project"), ambient, directory.Combine("empty"), CancellationToken.None));
    }
}
