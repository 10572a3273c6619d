using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Pipeline;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.Go;

/// <summary>Three modules behind a proxy: app → greet → Dep (an upper-case path), and tool.</summary>
internal sealed class ThreeModules : IDisposable
{
    public ThreeModules(int older = 0)
    {
        Sumdb = new("sumdb.example.cn", Ed25519Fixture.Random());
        for (var i = 0; i < older; i++)
        {
            Sumdb.Add(new("example.com/other", $"v1.0.{i}"), Hash(i), Hash(-i));
        }

        Proxy = new(Sumdb);
        GoSum = Proxy.Add("github.com/Acme/dep", "v1.0.0", Dep)
            + Proxy.Add("github.com/acme/greet", "v1.1.0", Greet)
            + Proxy.Add("example.com/tool", "v0.3.0", new Dictionary<string, string> { ["go.mod"] = "module example.com/tool\n\ngo 1.19\n", ["tool.go"] = "package tool\n" });
    }

    public static IReadOnlyDictionary<string, string> Dep { get; } = new Dictionary<string, string>
    {
        ["go.mod"] = "module github.com/Acme/dep\n\ngo 1.19\n", ["dep.go"] = "package dep\n\nconst Word = \"hello\"\n", ["LICENSE"] = "free\n",
        ["ignored.go"] = "//go:build ignore\n\npackage main\n", ["dep_test.go"] = "package dep\n",
    };

    public static IReadOnlyDictionary<string, string> Greet { get; } = new Dictionary<string, string>
    {
        ["go.mod"] = "module github.com/acme/greet\n\ngo 1.19\n\nrequire github.com/Acme/dep v1.0.0\n",
        ["greet.go"] = "package greet\n\nimport \"github.com/Acme/dep\"\n\nfunc Say() string { return dep.Word }\n",
    };

    public FixtureSumdb Sumdb { get; }

    public FixtureModuleProxy Proxy { get; }

    public string GoSum { get; }

    public const string GoMod = "module example.com/app\n\ngo 1.19\n\nrequire (\n\texample.com/tool v0.3.0\n\tgithub.com/acme/greet v1.1.0\n)\n\nrequire github.com/Acme/dep v1.0.0 // indirect\n";

    public GoRun Run(string? goSum = null, string goMod = GoMod) =>
        new GoRun(Proxy.Url, Sumdb.VerifierKey).Commit(new Dictionary<string, string> { ["go.mod"] = goMod, ["go.sum"] = goSum ?? GoSum });

    public static string Hash(int seed) => "h1:" + Convert.ToBase64String(MerkleProof.LeafHash(BitConverter.GetBytes(seed)));

    public void Dispose() => Proxy.Dispose();
}

[TestFixture("go1.19")]
[TestFixture("go1.23")]
public sealed class DependenciesStageTests(string goName)
{
    private string go = "";

    [SetUp]
    public void FindGo() => go = Peers.Require(goName);

    [TestCase(0)]
    [TestCase(700, Description = "the proofs cross two tile levels")]
    public async Task RunAsync_WhenEverythingIsTrue_ProvesEveryModule(int older)
    {
        using var modules = new ThreeModules(older);
        using var run = modules.Run();
        var result = await run.DependenciesAsync(go);
        result.Findings.ShouldBeEmpty();
        result.Verdict.ShouldBe(Verdict.Pass);
        run.Modules.Modules.Count.ShouldBe(3);
        run.Modules.Modules.ShouldAllBe(row => row.Verdict == Verdict.Pass && row.Sha256 != null && row.Sm3!.Length == 64 && row.Size > 0);
        run.Modules.CacheOrigin.ShouldBe(CacheOrigin.Empty);
        run.Modules.TreeSize.ShouldBe(older + 3);

        // What is kept proves it again, without the network.
        var head = TreeHead.Open(run.Evidence.Read(EvidencePaths.SumdbTreeHead, 1 << 20), VerifierKey.Parse(run.Modules.Sumdb!), new Ed25519FixtureVerifier());
        var rows = Encoding.UTF8.GetString(run.Evidence.Read(EvidencePaths.SumdbRecords, 1 << 20)).TrimEnd('\n').Split('\n').Select(line => SumdbRecordRow.Parse(Encoding.UTF8.GetBytes(line))).ToList();
        rows.Count.ShouldBe(3);
        rows.ShouldAllBe(row => MerkleProof.ProvesInclusion(row.Id, head.Size, MerkleProof.LeafHash(Encoding.UTF8.GetBytes(row.Text)), row.Proof, head.Root));
    }

    [Test]
    public async Task RunAsync_WhenGoSumAndZipAreBothHostile_IsNotCompliant()
    {
        using var modules = new ThreeModules();
        var hostile = new Dictionary<string, string>(ThreeModules.Dep) { ["dep.go"] = "package dep\n\nconst Word = \"evil\"\n" };
        var lines = modules.Proxy.Add("github.com/Acme/dep", "v1.0.0", hostile, inDatabase: false);
        using var run = modules.Run(lines + modules.GoSum[modules.GoSum.IndexOf("github.com/acme/greet", StringComparison.Ordinal)..]);
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Fail);
        var finding = result.Findings.ShouldHaveSingleItem();
        finding.Diagnostic.ShouldBe(DependencyDiagnostics.GoSumDiffers);
        finding.What.En.ShouldContain(lines.Split(' ', '\n')[2]);
        finding.What.En.ShouldContain(modules.GoSum.Split(' ', '\n')[2]);
        run.Modules.Modules.Single(row => row.Verdict == Verdict.Fail).Code.ShouldBe("CIC1115");
    }

    [Test]
    public async Task RunAsync_WhenTheProxyServesAnotherZip_IsRefusedByGo()
    {
        using var modules = new ThreeModules();
        var other = FixtureModuleProxy.Zip(new("github.com/Acme/dep", "v1.0.0"), new Dictionary<string, string> { ["go.mod"] = ThreeModules.Dep["go.mod"], ["dep.go"] = "package dep\n" });
        modules.Proxy.Lie = path => path.EndsWith("!acme/dep/@v/v1.0.0.zip", StringComparison.Ordinal) ? (200, other) : null;
        using var run = modules.Run();
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.ShouldContain(finding => finding.Diagnostic == DependencyDiagnostics.DownloadRefused);
    }

    [Test]
    public async Task RunAsync_WhenTheProxyIsDown_IsUndecided()
    {
        using var modules = new ThreeModules();
        using var run = modules.Run();
        modules.Proxy.Dispose();
        var failure = await Should.ThrowAsync<CiComplianceException>(() => run.DependenciesAsync(go));
        failure.Diagnostic.ShouldBe(DependencyDiagnostics.DatabaseUnavailable);
        ExitCode.From(failure.Diagnostic.Kind).ShouldBe(3);
    }

    [TestCase(404, "CIC1111")]
    [TestCase(403, "CIC1110")]
    [TestCase(500, "CIC1110")]
    public async Task RunAsync_WhenALookupIsMissing_IsUndecidedAndNamesTheModule(int status, string code)
    {
        using var modules = new ThreeModules();
        modules.Proxy.Lie = path => path.Contains("/lookup/github.com/acme/greet@", StringComparison.Ordinal) ? (status, []) : null;
        using var run = modules.Run();
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Undecided);
        var finding = result.Findings.ShouldHaveSingleItem();
        finding.Diagnostic.Code.ShouldBe(code);
        finding.Origin.ShouldBe("github.com/acme/greet@v1.1.0");
        run.Modules.Modules.Count(row => row.Verdict == Verdict.Pass).ShouldBe(2);
    }

    [Test]
    public async Task RunAsync_WhenAZipInAGivenCacheIsChanged_IsNotCompliant()
    {
        using var modules = new ThreeModules();
        using var first = modules.Run();
        (await first.DependenciesAsync(go)).Verdict.ShouldBe(Verdict.Pass);
        var cache = Path.Combine(first.Work, "modcache");
        var zip = Path.Combine(cache, "cache/download/github.com/!acme/dep/@v/v1.0.0.zip");
        File.SetUnixFileMode(zip, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(zip, FixtureModuleProxy.Zip(new("github.com/Acme/dep", "v1.0.0"), new Dictionary<string, string> { ["go.mod"] = ThreeModules.Dep["go.mod"] }));
        using var second = modules.Run();
        second.ModuleCache = cache;
        var result = await second.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.Select(finding => finding.Diagnostic).ShouldBe([DependencyDiagnostics.CacheDiffers, DependencyDiagnostics.CacheOriginUnknown], ignoreOrder: true);
    }

    [Test]
    public async Task RunAsync_WhenACacheIsGiven_IsUndecidedAtBest()
    {
        using var modules = new ThreeModules();
        using var run = modules.Run();
        run.ModuleCache = Path.Combine(run.Work, "given");
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Undecided);
        run.Modules.CacheOrigin.ShouldBe(CacheOrigin.Unknown);
    }

    [Test]
    public async Task RunAsync_WhenGoSumLacksALine_IsNotCompliant()
    {
        using var modules = new ThreeModules();
        using var run = modules.Run(string.Join('\n', modules.GoSum.Split('\n').Where(line => !line.StartsWith("github.com/Acme/dep v1.0.0 ", StringComparison.Ordinal))));
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.Select(finding => finding.Diagnostic.Code).ShouldContain(code => code == "CIC1122" || code == "CIC1124");
    }

    [Test]
    public async Task RunAsync_WhenNoModules_PassesWithoutADatabase()
    {
        using var run = new GoRun("http://127.0.0.1:9", null).Commit(new Dictionary<string, string> { ["go.mod"] = "module example.com/app\n\ngo 1.19\n" });
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Pass);
        run.Modules.Sumdb.ShouldBeNull();
        result.Checks[0].Detail.En.ShouldBe("no modules");
    }

    [Test]
    public async Task RunAsync_WhenGoModIsBefore117_DownloadsWhatGoSumLists()
    {
        using var modules = new ThreeModules();
        using var run = modules.Run(goMod: "module example.com/app\n\ngo 1.16\n\nrequire (\n\texample.com/tool v0.3.0\n\tgithub.com/acme/greet v1.1.0\n)\n");
        var result = await run.DependenciesAsync(go);
        result.Findings.ShouldBeEmpty();
        run.Modules.Modules.ShouldAllBe(row => row.Sha256 != null);
    }

    [Test]
    public async Task RunAsync_WhenAZipCannotBeHad_IsUndecidedAndPassesGosWordsOn()
    {
        using var modules = new ThreeModules();
        modules.Proxy.Lie = path => path.EndsWith("greet/@v/v1.1.0.zip", StringComparison.Ordinal) ? (404, "not here"u8.ToArray()) : null;
        using var run = modules.Run();
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Undecided);
        result.Findings.Select(finding => finding.Diagnostic).ShouldBe([DependencyDiagnostics.DownloadFailed, DependencyDiagnostics.NotDownloaded], ignoreOrder: true);
        result.Findings.Single(finding => finding.Diagnostic == DependencyDiagnostics.DownloadFailed).What.En.ShouldContain("404");
    }

    [Test]
    public async Task RunAsync_WhenAGivenCacheHoldsNoZip_IsNotCompliant()
    {
        using var modules = new ThreeModules();
        using var first = modules.Run();
        await first.DependenciesAsync(go);
        var cache = Path.Combine(first.Work, "modcache");
        var zip = Path.Combine(cache, "cache/download/github.com/!acme/dep/@v/v1.0.0.zip");
        File.SetUnixFileMode(zip, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(zip, "not a zip, and long enough to hold an end record");
        using var second = modules.Run();
        second.ModuleCache = cache;
        (await second.DependenciesAsync(go)).Findings.Select(finding => finding.Diagnostic).ShouldContain(DependencyDiagnostics.HostileZip);
    }

    [Test]
    public async Task RunAsync_WhenGoSumLacksAGoModLine_IsNotCompliant()
    {
        using var modules = new ThreeModules();
        using var run = modules.Run(modules.GoSum.Replace(modules.GoSum.Split('\n').First(line => line.Contains("dep v1.0.0/go.mod", StringComparison.Ordinal)) + "\n", "", StringComparison.Ordinal));
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.Select(finding => finding.Diagnostic).ShouldContain(diagnostic => diagnostic == DependencyDiagnostics.GoSumIncomplete || diagnostic == DependencyDiagnostics.CacheUnlisted);
    }

    [Test]
    public async Task RunAsync_WhenRunAgain_BeginsWithAnEmptyCache()
    {
        using var modules = new ThreeModules();
        using var run = modules.Run();
        await run.DependenciesAsync(go);
        var zip = Path.Combine(run.Work, "modcache/cache/download/github.com/!acme/dep/@v/v1.0.0.zip");
        File.SetUnixFileMode(zip, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(zip, "left by somebody");
        (await run.DependenciesAsync(go)).Verdict.ShouldBe(Verdict.Pass);
    }

    [Test]
    public async Task RunAsync_WhenBuiltFromTheCacheOffline_GoBuilds()
    {
        using var modules = new ThreeModules();
        using var run = modules.Run();
        await run.DependenciesAsync(go);
        using var app = new TempDirectory();
        app.Write("go.mod", ThreeModules.GoMod);
        app.Write("go.sum", modules.GoSum);
        app.Write("main.go", "package main\n\nimport (\n\t_ \"example.com/tool\"\n\t\"github.com/acme/greet\"\n)\n\nfunc main() { println(greet.Say()) }\n");
        var pins = GoEnvironmentPins.Create(run.Policy, run.Work, go).With(KeyValuePair.Create("GOPROXY", "off"));
        var result = await new CiCompliance.Processes.ProcessRunner().RunAsync(new(go, ["list", "-deps", "-f", "{{.ImportPath}} {{.Error}}", "."], app.Path, pins.Variables), CancellationToken.None);
        result.Error.ShouldBeEmpty();
        result.Output.ShouldContain("github.com/Acme/dep <nil>");
    }
}
