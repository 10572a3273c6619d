using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Policy;

namespace CiCompliance.Core.Tests.Policy;

public sealed class PolicyReaderTests
{
    private const string SumGolangOrg = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    [Test]
    public void Read_WhenMinimal_TakesTheStrictDefaults()
    {
        var policy = PolicyFixture.Read(PolicyFixture.Minimal);

        policy.Repository.ShouldBe("github.com/acme/app");
        policy.Go.ShouldBe(new GoPolicy("goproxy.cn", null, null, AllowDirect: false));
        policy.Dependencies.Vendor.ShouldBe(VendorPolicy.Verified);
        policy.Build.Packages.ShouldBe(["./..."]);
        policy.Build.Targets.ShouldBe(["linux/amd64"]);
        policy.Build.Cgo.ShouldBeFalse();
        policy.Build.Cache.ShouldBe(BuildCachePolicy.Fresh);
        policy.Binary.Static.ShouldBe(StaticPolicy.Refused);
        policy.Binary.NeededLibraries.ShouldBe(["libc.so.6", "libpthread.so.0", "libdl.so.2", "libresolv.so.2", "ld-linux-*"]);
        policy.Log.ShouldBe(new LogPolicy(LogKind.Persistent, "../log", null, EphemeralInCi: false));
        policy.Stages.ShouldBeEmpty();
    }

    [TestCase("url: https://rekor.example.cn", null, LogApi.V1)]
    [TestCase("url: https://rekor.example.cn, api: v1, offline: allowed", null, LogApi.V1)]
    [TestCase("url: https://rekor.example.cn, api: v2, tiles: https://tiles.example.cn/log", "https://tiles.example.cn/log", LogApi.V2)]
    [TestCase("signing-config: ../sc.json, tiles: https://tiles.example.cn/log", "https://tiles.example.cn/log", LogApi.V1)]
    public void Read_OfAnExternalLog_TakesEachKeyAndComesBackFromJson(string keys, string? tiles, LogApi api)
    {
        var policy = PolicyFixture.Read(PolicyFixture.With("kind: persistent, path: ../log", "kind: external, " + keys));

        policy.Log.ShouldBe(new LogPolicy(LogKind.External, null, keys.StartsWith("url", StringComparison.Ordinal) ? "https://rekor.example.cn" : null, false, api,
            keys.StartsWith("signing", StringComparison.Ordinal) ? "../sc.json" : null, tiles, keys.Contains("offline", StringComparison.Ordinal)));
        CompliancePolicy.Parse(policy.ToJson()).Log.ShouldBe(policy.Log);
    }

    [Test]
    public void ToJson_WithoutTheNewerKeys_IsWhatOlderToolsWrote() =>
        Encoding.UTF8.GetString(PolicyFixture.Read(PolicyFixture.Minimal).ToJson())
            .ShouldContain("""
                "log":{"ephemeralInCi":false,"kind":"persistent","path":"../log","url":null}
                """);

    [Test]
    public void Read_WhenEveryKeyIsThere_TakesEach()
    {
        var policy = PolicyFixture.Read($$"""
            version: 1
            repository: git.example.cn:8443/team/app
            go:
              provider: custom
              proxy: https://goproxy.example.cn,direct
              sumdb: {{SumGolangOrg}} https://sum.example.cn/db
              direct: allowed
            dependencies: { vendor: source-signed }
            build:
              packages:
                - ./cmd/app
                - ./tools/...
              targets: [linux/amd64, linux/arm64]
              cgo: true
              cache: shared
            binary: { static: allowed, needed: [libc.so.6] }
            log: { kind: ephemeral, ephemeral-in-ci: allowed }
            stages: [source, build]
            """);

        policy.Go.ShouldBe(new GoPolicy("custom", "https://goproxy.example.cn,direct", SumGolangOrg + " https://sum.example.cn/db", AllowDirect: true));
        policy.Dependencies.Vendor.ShouldBe(VendorPolicy.SourceSigned);
        policy.Build.Packages.ShouldBe(["./cmd/app", "./tools/..."]);
        policy.Build.Targets.ShouldBe(["linux/amd64", "linux/arm64"]);
        (policy.Build.Cgo, policy.Build.Cache).ShouldBe((true, BuildCachePolicy.Shared));
        policy.Binary.Static.ShouldBe(StaticPolicy.Allowed);
        policy.Binary.NeededLibraries.ShouldBe(["libc.so.6"]);
        policy.Log.ShouldBe(new LogPolicy(LogKind.Ephemeral, null, null, EphemeralInCi: true));
        policy.Stages.ShouldBe(["source", "build"]);
        CompliancePolicy.Parse(policy.ToJson()).ToJson().ShouldBe(policy.ToJson());
    }

    [Test]
    public void Read_WhenTextIsTheTemplate_GivesAPolicy()
    {
        var policy = PolicyFixture.Read(PolicyTemplate.Text("github.com/acme/app", []));

        policy.ToJson().ShouldBe(PolicyFixture.Read(PolicyFixture.With("../log", "../transparency-log")).ToJson(), "the template states the defaults");
    }

    [Test]
    public void Text_WhenRepositoryWouldChangeTheYaml_Throws() =>
        Should.Throw<ArgumentException>(() => PolicyTemplate.Text("github.com/acme/app\nstages: [source]", []));

    [Test]
    public void Read_WhenFileHasByteOrderMarkAndWindowsLineEnds_GivesTheSame()
    {
        byte[] windows = [.. "\uFEFF"u8, .. Encoding.UTF8.GetBytes(PolicyFixture.Minimal.Replace("\n", "\r\n", StringComparison.Ordinal))];

        PolicyReader.Read(windows, "compliance.yml").ToJson().ShouldBe(PolicyFixture.Read(PolicyFixture.Minimal).ToJson());
    }

    [Test]
    public void Template_WithMainPackages_NamesThoseThatAPolicyCanName() =>
        PolicyFixture.Read(PolicyTemplate.Text("github.com/acme/app", ["./cmd/app", "./cmd/a\"]\nx: y", "."])).Build.Packages.ShouldBe(["./cmd/app", "."]);

    [Test]
    public void TryRead_WhenSeveralThingsAreWrong_ReportsAllInFileOrder()
    {
        var findings = PolicyFixture.Problems("""
            version: 2
            repositry: github.com/acme/app
            go:
              provider: aliyum
              sumdb: off
            binary:
              static: yes
            """);

        findings.Select(finding => (finding.Origin, finding.Diagnostic.Code)).ShouldBe(
        [
            ("compliance.yml(1,1)", "CIC5007"),
            ("compliance.yml(1,1)", "CIC5007"),
            ("compliance.yml(1,10)", "CIC5006"),
            ("compliance.yml(2,1)", "CIC5005"),
            ("compliance.yml(4,13)", "CIC5006"),
            ("compliance.yml(5,10)", "CIC5009"),
            ("compliance.yml(7,11)", "CIC5006"),
        ]);
        findings.Select(finding => finding.Format(Language.English)).ShouldContain(
            "compliance.yml(2,1) : error CIC5005: there is no key 'repositry'. Did you mean 'repository'?");
        findings.Select(finding => finding.Format(Language.Chinese)).ShouldContain(
            "compliance.yml(4,13) : error CIC5006: “go.provider”：“aliyum”不是 goproxy.cn, goproxy.io, aliyun, cicompliance, custom 之一. 是否想写“aliyun”？");
    }

    [Test]
    public void Read_WhenSeveralThingsAreWrong_ThrowsTheFirstThatIsThere() =>
        Should.Throw<CiComplianceException>(() => PolicyFixture.Read("version: 2\n")).Diagnostic.ShouldBe(PolicyDiagnostics.WrongValue);

    [Test]
    public void Read_WhenOnlyAKeyIsMissing_SaysSo() =>
        Should.Throw<CiComplianceException>(() => PolicyFixture.Read("version: 1\n")).Diagnostic.ShouldBe(PolicyDiagnostics.MissingKey);

    [TestCase("stage: [source]", "Did you mean 'stages'?")]
    [TestCase("biuld: {}", "Did you mean 'build'?")]
    [TestCase("static: allowed", "Did you mean 'binary.static'?")]
    [TestCase("zzz: 1", "Remove it; the keys here are version, repository, source, go, dependencies, build, binary, log, stages")]
    [TestCase("Version: 1", "Did you mean 'version'?")]
    public void TryRead_WhenAKeyIsUnknown_NamesTheNearest(string line, string fix)
    {
        var finding = PolicyFixture.Problem(PolicyFixture.Minimal + line);

        finding.Diagnostic.ShouldBe(PolicyDiagnostics.UnknownKey);
        finding.Origin.ShouldBe("compliance.yml(5,1)");
        finding.Fix.En.ShouldBe(fix);
    }

    [TestCase("version: 1", "version: '1'", "CIC5006")]
    [TestCase("version: 1", "version: 1.0", "CIC5006")]
    [TestCase("version: 1", "version: 99999999999", "CIC5006")]
    [TestCase("github.com/acme/app", "https://github.com/acme/app", "CIC5006")]
    [TestCase("github.com/acme/app", "git@github.com:acme/app", "CIC5006")]
    [TestCase("github.com/acme/app", "github.com/acme/app.git", "CIC5006")]
    [TestCase("github.com/acme/app", "github.com/acme/../app", "CIC5006")]
    [TestCase("github.com/acme/app", "github.com/acme/my app", "CIC5006")]
    [TestCase("github.com/acme/app", "github.com/аcme/app", "CIC5006", Description = "Cyrillic а")]
    [TestCase("github.com/acme/app", "app", "CIC5006")]
    [TestCase("github.com/acme/app", "[github.com/acme/app]", "CIC5006")]
    [TestCase("github.com/acme/app", "~", "CIC5006")]
    [TestCase("go: { provider: goproxy.cn }", "go: goproxy.cn", "CIC5006,CIC5007")]
    [TestCase("go: { provider: goproxy.cn }", "go: {}", "CIC5007")]
    [TestCase("go: { provider: goproxy.cn }", "go: { provider: cicompliance }", "CIC5007,CIC5007")]
    [TestCase("{ provider: goproxy.cn }", "{ provider: cicompliance, proxy: 'https://a.example.cn,https://b.example.cn', sumdb: 'sumdb.example.cn+9b265ab1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4' }", "CIC5006")]
    [TestCase("{ provider: goproxy.cn }", "{ provider: cicompliance, proxy: 'https://a.example.cn', sumdb: 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8' }", "CIC5009")]
    [TestCase("{ provider: goproxy.cn }", "{ provider: cicompliance, proxy: 'https://a.example.cn', sumdb: 'sumdb.example.cn+9b265ab1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4', direct: allowed }", "CIC5008")]
    [TestCase("go: { provider: goproxy.cn }", "go: { provider: custom }", "CIC5007,CIC5007")]
    [TestCase("{ provider: goproxy.cn }", "{ provider: goproxy.cn, proxy: https://x.example }", "CIC5008")]
    [TestCase("{ provider: goproxy.cn }", "{ provider: goproxy.cn, direct: yes }", "CIC5006")]
    [TestCase("persistent, path: ../log", "persistent", "CIC5007")]
    [TestCase("persistent, path: ../log", "external", "CIC5007")]
    [TestCase("persistent, path: ../log", "ephemeral, path: ../log", "CIC5008")]
    [TestCase("path: ../log", "path: ../log, url: https://rekor.example.cn", "CIC5008")]
    [TestCase("path: ../log", "path: ../log, ephemeral-in-ci: allowed", "CIC5008")]
    [TestCase("path: ../log", "path: ../log, offline: allowed", "CIC5008")]
    [TestCase("path: ../log", "path: ../log, api: v2", "CIC5008")]
    [TestCase("kind: persistent, path: ../log", "kind: external", "CIC5007")]
    [TestCase("kind: persistent, path: ../log", "kind: external, url: https://rekor.example.cn, api: v3", "CIC5006")]
    [TestCase("kind: persistent, path: ../log", "kind: external, url: https://rekor.example.cn, tiles: https://tiles.example.cn", "CIC5008")]
    [TestCase("kind: persistent, path: ../log", "kind: external, url: https://rekor.example.cn, api: v2, tiles: http://tiles.example.cn", "CIC5006")]
    [TestCase("kind: persistent, path: ../log", "kind: external, url: https://rekor.example.cn, signing-config: ../sc.json", "CIC5008")]
    [TestCase("kind: persistent, path: ../log", "kind: external, signing-config: ../sc.json, api: v2", "CIC5008")]
    [TestCase("persistent, path: ../log", "external, url: http://rekor.example.cn", "CIC5006")]
    [TestCase("persistent, path: ../log", "external, url: 'https://user:secret@rekor.example.cn'", "CIC5006")]
    [TestCase("persistent, path: ../log", "external, url: https://rekor.example.cn/?q=1", "CIC5006")]
    [TestCase("persistent, path: ../log", "external, url: http://localhost.example.cn", "CIC5006")]
    [TestCase("log: { kind: persistent, path: ../log }", "log: { path: ../log }", "CIC5007")]
    [TestCase("log: { kind: persistent, path: ../log }", "", "CIC5007")]
    public void TryRead_WhenAValueIsWrong_NamesIt(string good, string bad, string codes) =>
        string.Join(',', PolicyFixture.Problems(PolicyFixture.With(good, bad)).Select(finding => finding.Diagnostic.Code)).ShouldBe(codes);

    [TestCase("build: { packages: [] }")]
    [TestCase("build: { packages: ./cmd }")]
    [TestCase("build: { packages: [-overlay=x] }")]
    [TestCase("build: { packages: [./../other] }")]
    [TestCase("build: { packages: [/etc] }")]
    [TestCase("build: { packages: [example.com/other] }")]
    [TestCase("build: { packages: [./a, ./a] }")]
    [TestCase("build: { packages: [[./a]] }")]
    [TestCase("build: { targets: [linux] }")]
    [TestCase("build: { targets: [linux/amd64/v3] }")]
    [TestCase("build: { targets: [Linux/amd64] }")]
    [TestCase("build: { cgo: 'false' }")]
    [TestCase("build: { cgo: no }")]
    [TestCase("build: { cache: reuse }")]
    [TestCase("binary: { static: false }")]
    [TestCase("binary: { needed: ['*'] }")]
    [TestCase("binary: { needed: [lib*] }")]
    [TestCase("binary: { needed: [/lib/libc.so.6] }")]
    [TestCase("dependencies: { vendor: '' }")]
    [TestCase("dependencies:")]
    [TestCase("stages: []")]
    [TestCase("stages: [sources]")]
    [TestCase("stages: [publish]")]
    public void TryRead_WhenAValueHasNotItsForm_RefusesIt(string line) =>
        PolicyFixture.Problem(PolicyFixture.Minimal + line).Diagnostic.ShouldBe(PolicyDiagnostics.WrongValue);

    [TestCase("https://goproxy.example.cn")]
    [TestCase("https://a.example.cn,https://b.example.cn/path,off")]
    [TestCase("http://127.0.0.1:8081")]
    [TestCase("http://[::1]:8081")]
    [TestCase("file:///srv/goproxy")]
    public void TryRead_WhenProxyIsOfItsForm_TakesIt(string proxy) =>
        PolicyFixture.Problems(Custom(proxy, SumGolangOrg)).ShouldBeEmpty();

    [TestCase("https://a.example.cn|https://b.example.cn")]
    [TestCase("https://a.example.cn,direct")]
    [TestCase("direct")]
    [TestCase("off")]
    [TestCase("http://goproxy.example.cn")]
    [TestCase("https://user:secret@goproxy.example.cn")]
    [TestCase("https://a.example.cn,,https://b.example.cn")]
    [TestCase("file://host/share")]
    [TestCase("goproxy.example.cn")]
    public void TryRead_WhenProxyOpensABypass_RefusesIt(string proxy) =>
        PolicyFixture.Problem(Custom(proxy, SumGolangOrg)).Diagnostic.ShouldBe(PolicyDiagnostics.WrongValue);

    [TestCase("off")]
    [TestCase("sum.goproxy.cn")]
    [TestCase("sum.goproxy.cn https://sum.goproxy.cn")]
    [TestCase("https://goproxy.example.cn/sumdb")]
    [TestCase("sum.golang.org", Description = "a name alone leaves the key to the go command")]
    [TestCase("sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", Description = "hash of another key")]
    [TestCase("sum.golang.cn+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", Description = "name swapped")]
    [TestCase("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8 http://sum.example.cn")]
    [TestCase("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8 https://a.example.cn https://b.example.cn")]
    public void TryRead_WhenSumdbCannotProtect_SaysWhy(string sumdb) =>
        PolicyFixture.Problem(Custom("https://goproxy.example.cn", sumdb)).Diagnostic.ShouldBe(PolicyDiagnostics.BadSumdb);

    [Test]
    public void TryRead_WhenAUrlHoldsASecret_KeepsItOutOfTheMessage() =>
        PolicyFixture.Problem(Custom("https://user:hunter2@goproxy.example.cn", SumGolangOrg)).Format(Language.English).ShouldNotContain("hunter2");

    private static string Custom(string proxy, string sumdb) =>
        PolicyFixture.With("{ provider: goproxy.cn }", $"{{ provider: custom, proxy: '{proxy}', sumdb: '{sumdb}' }}");

    [Test]
    public void Read_OfWitnessesAndAuthority_KeepsThem()
    {
        var log = PolicyFixture.Read(PolicyFixture.With(
            "../log", "../log, witnesses: [\"https://a.example.cn\", \"https://b.example.cn\"], cosignatures: 1, timestamp-authority: \"https://tsa.example.cn/stamp\"")).Log;

        log.Witnesses.ShouldBe(["https://a.example.cn", "https://b.example.cn"]);
        log.Cosignatures.ShouldBe(1);
        log.TimestampAuthority.ShouldBe("https://tsa.example.cn/stamp");
        PolicyFixture.Read(PolicyFixture.With("../log", "../log, witnesses: [\"https://a.example.cn\", \"https://b.example.cn\"]")).Log.Cosignatures.ShouldBe(2);
    }

    [TestCase("cosignatures: 1")]
    [TestCase("witnesses: [\"https://a.example.cn\"], cosignatures: 0")]
    [TestCase("witnesses: [\"https://a.example.cn\"], cosignatures: 2")]
    [TestCase("witnesses: [\"https://a.example.cn\", \"https://a.example.cn\"]")]
    [TestCase("witnesses: [\"http://a.example.cn\"]")]
    [TestCase("timestamp-authority: \"http://tsa.example.cn\"")]
    public void Read_OfWitnessesThatCannotBe_Refuses(string log) =>
        Should.Throw<CiComplianceException>(() => PolicyFixture.Read(PolicyFixture.With("../log", "../log, " + log)));
}
