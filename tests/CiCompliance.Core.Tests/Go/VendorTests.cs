using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.Policy;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Go;

public sealed class VendorTests
{
    private const string ModulesTxt = "# example.com/tool v0.3.0\n## explicit; go 1.19\nexample.com/tool\n# github.com/Acme/dep v1.0.0\n## explicit; go 1.19\ngithub.com/Acme/dep\n# github.com/acme/greet v1.1.0\n## explicit; go 1.19\ngithub.com/acme/greet\n";
    private readonly string go = Peers.Require("go1.23");
    private ThreeModules modules = null!;

    [SetUp]
    public void SetUp() => modules = new();

    [TearDown]
    public void TearDown() => modules.Dispose();

    [TestCase("")]
    [TestCase("services/app")]
    public async Task RunAsync_WhenVendorIsAsGoWritesIt_Passes(string moduleDirectory)
    {
        using var run = Run(_ => { }, moduleDirectory);
        var result = await run.DependenciesAsync(go);
        result.Findings.ShouldBeEmpty();
        result.Checks.Single(check => check.Id == "dependencies.vendor").Verdict.ShouldBe(Verdict.Pass);
        run.Modules.Vendor.ShouldBe(VendorMode.Verified);
    }

    [Test]
    public async Task RunAsync_WhenAFileIsChanged_IsNotCompliant() =>
        await IsRefusedAsync(files => files["vendor/github.com/Acme/dep/dep.go"] += "// evil\n", "vendor/github.com/Acme/dep/dep.go", "is not as in");

    [Test]
    public async Task RunAsync_WhenAFileIsAdded_IsNotCompliant() =>
        await IsRefusedAsync(files => files["vendor/github.com/Acme/dep/evil.go"] = "package dep\n", "vendor/github.com/Acme/dep/evil.go", "it is not in");

    [Test]
    public async Task RunAsync_WhenAFileIsOfNoModule_IsNotCompliant() =>
        await IsRefusedAsync(files => files["vendor/example.org/x/x.go"] = "package x\n", "vendor/example.org/x/x.go", "belongs to no module");

    [Test]
    public async Task RunAsync_WhenAFileIsLeftOut_IsNotCompliant() =>
        await IsRefusedAsync(files => files.Remove("vendor/github.com/Acme/dep/dep.go"), "vendor/github.com/Acme/dep/dep.go", "left out");

    [Test]
    public async Task RunAsync_WhenSourceSigned_IsNotApplicableAndStillLooksUp()
    {
        using var run = Run(files => files["vendor/github.com/Acme/dep/dep.go"] += "// changed\n");
        run.Policy = run.Policy with { Dependencies = new(VendorPolicy.SourceSigned) };
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Pass);
        result.Checks.Single(check => check.Id == "dependencies.vendor").Verdict.ShouldBe(Verdict.NotApplicable);
        run.Modules.Vendor.ShouldBe(VendorMode.SourceSigned);
        run.Modules.Modules.ShouldAllBe(row => row.RecordId != null && row.Size == null);
        modules.Proxy.Requests.ShouldNotContain(path => path.EndsWith(".zip", StringComparison.Ordinal));
    }

    [Test]
    public async Task RunAsync_WhenModulesTxtIsChangedInTheWorkingFolder_IsUndecided()
    {
        using var run = Run(_ => { });
        File.AppendAllText(Path.Combine(run.Project, "vendor/modules.txt"), "x\n");
        (await run.DependenciesAsync(go)).Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(DependencyDiagnostics.WorkingTreeDiffers);
    }

    [Test]
    public async Task RunAsync_WhenTheZipIsNotProved_IsUndecided()
    {
        modules.Proxy.Lie = path => path.Contains("/lookup/github.com/!acme/dep@", StringComparison.Ordinal) ? (404, []) : null;
        using var run = Run(_ => { });
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Undecided);
        result.Findings.Select(finding => finding.Diagnostic).ShouldBe([DependencyDiagnostics.NotInDatabase, DependencyDiagnostics.VendorUndecided], ignoreOrder: true);
    }

    private async Task IsRefusedAsync(Action<Dictionary<string, string>> change, string origin, string what)
    {
        using var run = Run(change);
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Fail);
        var finding = result.Findings.ShouldHaveSingleItem();
        finding.Diagnostic.ShouldBe(DependencyDiagnostics.VendorDiffers);
        finding.Origin.ShouldBe(origin);
        finding.What.En.ShouldContain(what);
    }

    private GoRun Run(Action<Dictionary<string, string>> change, string moduleDirectory = "")
    {
        var files = new Dictionary<string, string>
        {
            ["go.mod"] = ThreeModules.GoMod, ["go.sum"] = modules.GoSum, ["vendor/modules.txt"] = ModulesTxt,
            ["vendor/github.com/Acme/dep/dep.go"] = ThreeModules.Dep["dep.go"], ["vendor/github.com/Acme/dep/LICENSE"] = ThreeModules.Dep["LICENSE"],
            ["vendor/github.com/acme/greet/greet.go"] = ThreeModules.Greet["greet.go"], ["vendor/example.com/tool/tool.go"] = "package tool\n",
        };
        change(files);
        var prefix = moduleDirectory.Length == 0 ? "" : moduleDirectory + "/";
        return new GoRun(modules.Proxy.Url, modules.Sumdb.VerifierKey).Commit(files.ToDictionary(file => prefix + file.Key, file => file.Value), moduleDirectory);
    }
}

public sealed class ReplaceTests
{
    private readonly string go = Peers.Require("go1.23");

    [TestCase("../greet")]
    [TestCase("./../../greet")]
    [TestCase("/srv/greet")]
    public async Task RunAsync_WhenReplacedByAFolderOutside_IsNotCompliant(string folder)
    {
        using var modules = new ThreeModules();
        using var run = modules.Run(goMod: ThreeModules.GoMod + $"\nreplace github.com/acme/greet => {folder}\n");
        var result = await run.DependenciesAsync(go);
        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.ShouldContain(finding => finding.Diagnostic == DependencyDiagnostics.LocalReplace);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task RunAsync_WhenReplacedByAFolderOfTheTree_IsANoticeUnlessChanged(bool isChanged)
    {
        using var modules = new ThreeModules();
        using var run = new GoRun(modules.Proxy.Url, modules.Sumdb.VerifierKey).Commit(new Dictionary<string, string>
        {
            ["go.mod"] = ThreeModules.GoMod + "\nreplace github.com/acme/greet => ./local/greet\n",
            ["go.sum"] = string.Join('\n', modules.GoSum.Split('\n').Where(line => !line.StartsWith("github.com/acme/greet", StringComparison.Ordinal))),
            ["local/greet/go.mod"] = ThreeModules.Greet["go.mod"],
        });
        if (isChanged)
        {
            File.AppendAllText(Path.Combine(run.Project, "local/greet/go.mod"), "// changed\n");
        }

        var result = await run.DependenciesAsync(go);
        result.Findings.ShouldContain(finding => finding.Diagnostic == DependencyDiagnostics.InTreeReplace);
        result.Findings.Any(finding => finding.Diagnostic == DependencyDiagnostics.WorkingTreeDiffers).ShouldBe(isChanged);
        result.Verdict.ShouldBe(isChanged ? Verdict.Undecided : Verdict.Pass);
    }

    [Test]
    public async Task RunAsync_WhenGoSumIsMissing_IsNotCompliant()
    {
        using var modules = new ThreeModules();
        using var run = modules.Run(goSum: "");
        (await run.DependenciesAsync(go)).Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(DependencyDiagnostics.GoSumMissing);
    }

    [TestCase("go.sum", "one two\n", "CIC1100")]
    [TestCase("go.mod", "module\n", "CIC1101")]
    public async Task RunAsync_WhenMalformed_Stops(string name, string text, string code)
    {
        using var run = new GoRun("http://127.0.0.1:9", null).Commit(new Dictionary<string, string> { ["go.mod"] = "module a\n", ["go.sum"] = "", [name] = text });
        (await Should.ThrowAsync<CiComplianceException>(() => run.DependenciesAsync(go))).Diagnostic.Code.ShouldBe(code);
    }

    [TestCase("h2:QkaqfensfQngXSaA7VTTGsreX2bd7J1wneGD2j3u4PY=", "CIC1103")]
    [TestCase("h1:QkaqfensfQngXSaA7VTTGsreX2bd7J1wneGD2j3u4PY=", "CIC1102")]
    public async Task RunAsync_WhenGoSumSaysTwoThings_IsFound(string hash, string code)
    {
        using var modules = new ThreeModules();
        using var run = modules.Run(modules.GoSum + $"example.com/tool v0.3.0 {hash}\n");
        (await run.DependenciesAsync(go)).Findings.Select(finding => finding.Diagnostic.Code).ShouldContain(code);
    }
}
