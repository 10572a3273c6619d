using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.BinaryHardening;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Policy;
using CiCompliance.Provenance;

namespace CiCompliance.Core.Tests.Provenance;

public sealed class BuildStageTests
{
    [Test]
    public async Task RunAsync_WhenTheModuleBuilds_OutputsAreHardenedAndAttested([Values("go1.19", "go1.23", "go1.24")] string go)
    {
        using var fixture = new GoModuleFixture(go);

        var result = await fixture.RunAsync(fixture.Build);

        result.Verdict.ShouldBe(Verdict.Pass);
        foreach (var name in new[] { "alpha-linux-amd64", "beta-linux-amd64" })
        {
            var path = Path.Combine(fixture.EvidenceRoot, EvidencePaths.Output(name));
            HardeningVerifier.Verify(path, fixture.Policy.Binary).Verdict.ShouldBe(Verdict.Pass);
            var statement = Statement.Parse(fixture.Read(EvidencePaths.Unsigned(name, "provenance")));
            statement.Subject.ShouldBe([new Subject(name, GoModuleFixture.Digests.Compute(File.ReadAllBytes(path)))]);
            RecordedBuild.From(statement).Command.ShouldContain("-trimpath");
        }

        (await fixture.RunAsync(Binary())).Findings.ShouldBeEmpty();
    }

    [Test]
    public async Task RunAsync_WhenItBuilds_ProvenanceNamesSourceToolchainAndModules()
    {
        using var fixture = new GoModuleFixture("go1.23");
        await fixture.RunAsync(fixture.Build);

        var definition = Statement.Parse(fixture.Read(EvidencePaths.Unsigned("alpha-linux-amd64", "provenance"))).Predicate["buildDefinition"]!;

        ((string?)definition["buildType"]).ShouldBe(ProvenanceStatement.BuildType);
        ((string?)definition["internalParameters"]!["environment"]!["GOPROXY"]).ShouldBe("off");
        ((string?)definition["internalParameters"]!["environment"]!["CGO_ENABLED"]).ShouldBe("0");
        ((string?)definition["internalParameters"]!["run"]!["runId"]).ShouldBe("11111111-2222-4333-8444-555555555555");
        ((string?)definition["internalParameters"]!["host"]!["ci"]).ShouldBe("none");
        definition["internalParameters"]!["command"]!.AsArray().Select(node => (string?)node).ShouldContain("-bindnow " + FlagPlan.FixedLinkerFlags);
        var dependencies = definition["resolvedDependencies"]!.AsArray();
        ((string?)dependencies[0]!["digest"]!["gitTree"]).ShouldBe(new string('b', 40));
        dependencies.Select(node => (string?)node!["name"]).ShouldBe(
            ["source", "toolchain/go", "toolchain/asm", "toolchain/cgo", "toolchain/compile", "toolchain/link", "example.com/Acme/greet@v1.2.0"], ignoreOrder: true);
        var module = dependencies.Single(node => (string?)node!["name"] == "example.com/Acme/greet@v1.2.0")!;
        ((string?)module["uri"]).ShouldBe("pkg:golang/example.com/acme/greet@v1.2.0");
        ((string?)module["digest"]!["dirHash"])!.Length.ShouldBe(64);
    }

    [Test]
    public async Task RunAsync_WhenTheCacheIsShared_ShowsIt()
    {
        using var fixture = new GoModuleFixture("go1.23");

        (await fixture.RunAsync(fixture.Build)).Findings.Single().Diagnostic.ShouldBe(BuildDiagnostics.SharedCache);
    }

    [Test]
    public async Task RunAsync_WhenTheCacheIsFresh_IsTheSameBinary()
    {
        using var fixture = new GoModuleFixture("go1.19");
        await fixture.RunAsync(fixture.Build);
        var shared = fixture.Read("bin/beta-linux-amd64");
        fixture.Policy = fixture.Policy with { Build = fixture.Policy.Build with { Cache = BuildCachePolicy.Fresh, Packages = ["./cmd/beta"] } };

        var result = await fixture.RunAsync(fixture.Build);

        result.Findings.ShouldBeEmpty();
        fixture.Read("bin/beta-linux-amd64").ShouldBe(shared);
        File.Exists(Path.Combine(fixture.EvidenceRoot, "bin/alpha-linux-amd64")).ShouldBeFalse("a stale output");
        File.Exists(Path.Combine(fixture.EvidenceRoot, "attestations/alpha-linux-amd64.provenance.statement.json")).ShouldBeFalse("a stale statement");
    }

    [Test]
    public async Task RunAsync_WhenTwoTargets_BuildsBoth()
    {
        using var fixture = new GoModuleFixture("go1.23");
        fixture.Policy = fixture.Policy with { Build = fixture.Policy.Build with { Targets = ["linux/amd64", "linux/arm64"] } };

        await fixture.RunAsync(fixture.Build);

        Directory.GetFiles(Path.Combine(fixture.EvidenceRoot, "bin")).Length.ShouldBe(4);
        HardeningVerifier.Verify(Path.Combine(fixture.EvidenceRoot, "bin/alpha-linux-arm64"), fixture.Policy.Binary).GoArch.ShouldBe("arm64");
    }

    [TestCase("go1.19", false)]
    [TestCase("go1.23", false)]
    [TestCase("go1.23", true)]
    public async Task RunAsync_WhenStaticIsAllowed_BuildsStaticAndIsAccepted(string go, bool cgo)
    {
        using var fixture = new GoModuleFixture(go, fixture =>
        {
            if (cgo)
            {
                fixture.Project("cmd/beta/c.go", "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\nvar _ = C.abs(1)\n");
            }
        });
        fixture.Policy = fixture.Policy with
        {
            Build = fixture.Policy.Build with { Cgo = cgo },
            Binary = fixture.Policy.Binary with { Static = StaticPolicy.Allowed },
        };

        await fixture.RunAsync(fixture.Build);

        var report = HardeningVerifier.Verify(Path.Combine(fixture.EvidenceRoot, "bin/beta-linux-amd64"), fixture.Policy.Binary);
        report.Kind.ShouldBe(cgo ? LinkKind.StaticPie : LinkKind.Static);
        report.Verdict.ShouldBe(Verdict.Pass);
        (await fixture.RunAsync(Binary())).Findings.ShouldBeEmpty();
    }

    [Test]
    public async Task RunAsync_WhenVendored_BuildsFromVendor()
    {
        using var fixture = new GoModuleFixture("go1.23", fixture =>
        {
            fixture.Go("mod", "tidy");
            fixture.Go("mod", "vendor");
        });
        Directory.Delete(fixture.ModuleCache + "/cache", recursive: true);
        fixture.WriteEvidence();

        await fixture.RunAsync(fixture.Build);

        RecordedBuild.Parse(fixture.Read(EvidencePaths.Unsigned("alpha-linux-amd64", "provenance"))).Environment["GOFLAGS"].ShouldBe("-mod=vendor");
        (await fixture.RunAsync(Binary())).Findings.ShouldNotBeEmpty("nothing compared the vendor folder");
        fixture.Vendor = VendorMode.Verified;
        fixture.WriteEvidence();
        (await fixture.RunAsync(Binary())).Findings.ShouldBeEmpty();
    }

    [Test]
    public async Task RunAsync_WhenTheSourceChangesDuringTheBuild_IsNotCompliantAndLeavesNoOutput()
    {
        using var fixture = new GoModuleFixture("go1.23");
        fixture.BeforeComparison = folder => File.AppendAllText(Path.Combine(folder, "cmd/beta/main.go"), "// later\n");

        var result = await fixture.RunAsync(fixture.Build);

        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.ShouldContain(finding => finding.Diagnostic == BuildDiagnostics.SourceChanged);
        Directory.Exists(Path.Combine(fixture.EvidenceRoot, "bin")).ShouldBeFalse();
    }

    [Test]
    public async Task RunAsync_WhenTheCodeDoesNotCompile_CannotDecideAndShowsTheCompilersWords()
    {
        using var fixture = new GoModuleFixture("go1.23", fixture => fixture.Project("cmd/beta/main.go", "package main\n\nfunc main() { \u001b[31mundefinedName() }\n"));

        var error = await Should.ThrowAsync<CiComplianceException>(() => fixture.RunAsync(fixture.Build));

        error.Diagnostic.ShouldBe(BuildDiagnostics.BuildFailed);
        error.Finding.What.En.ShouldContain("cmd/beta/main.go:3");
        error.Finding.What.En.ShouldNotContain("\u001b");
    }

    [TestCase("-toolexec=/bin/sh")]
    [TestCase("../other")]
    [TestCase("/etc")]
    [TestCase("")]
    public async Task RunAsync_WhenAPatternIsNoPattern_IsRefused(string pattern)
    {
        using var fixture = new GoModuleFixture("go1.23");
        fixture.Policy = fixture.Policy with { Build = fixture.Policy.Build with { Packages = [pattern] } };

        (await Should.ThrowAsync<CiComplianceException>(() => fixture.RunAsync(fixture.Build))).Diagnostic.ShouldBe(BuildDiagnostics.BadBuildPolicy);
    }

    [TestCase("linux")]
    [TestCase("linux/amd64/v3")]
    [TestCase("../x")]
    public async Task RunAsync_WhenATargetIsNoTarget_IsRefused(string target)
    {
        using var fixture = new GoModuleFixture("go1.23");
        fixture.Policy = fixture.Policy with { Build = fixture.Policy.Build with { Targets = [target] } };

        (await Should.ThrowAsync<CiComplianceException>(() => fixture.RunAsync(fixture.Build))).Diagnostic.ShouldBe(BuildDiagnostics.BadBuildPolicy);
    }

    [TestCase("example.com/Acme/greet")]
    [TestCase("fmt")]
    public async Task RunAsync_WhenNoMainPackageMatches_IsUsage(string pattern)
    {
        using var fixture = new GoModuleFixture("go1.23");
        fixture.Policy = fixture.Policy with { Build = fixture.Policy.Build with { Packages = [pattern] } };

        (await Should.ThrowAsync<CiComplianceException>(() => fixture.RunAsync(fixture.Build))).Diagnostic.ShouldBe(BuildDiagnostics.NoMainPackage);
    }

    [Test]
    public async Task RunAsync_WhenTwoProgramsHaveOneName_IsUsage()
    {
        using var fixture = new GoModuleFixture("go1.23", fixture => fixture.Project("cmd/other/beta/main.go", "package main\n\nfunc main() {}\n"));

        (await Should.ThrowAsync<CiComplianceException>(() => fixture.RunAsync(fixture.Build))).Diagnostic.ShouldBe(BuildDiagnostics.NamesCollide);
    }

    [Test]
    public async Task RunAsync_WhenAWorkspaceLiesAbove_IsRefused()
    {
        using var fixture = new GoModuleFixture("go1.23");
        File.WriteAllText(Path.Combine(fixture.Work, "..", "go.work"), "go 1.18\n");

        (await Should.ThrowAsync<CiComplianceException>(() => fixture.RunAsync(fixture.Build))).Diagnostic.ShouldBe(BuildDiagnostics.ParentWorkspace);
    }

    [Test]
    public async Task RunAsync_WhenNoCCompilerIsThere_SaysWhyOneIsNeeded()
    {
        using var fixture = new GoModuleFixture("go1.19");
        var stage = new BuildStage(fixture, new NoPath(fixture), GoModuleFixture.Digests, new CiCompliance.Processes.ProcessRunner());

        (await Should.ThrowAsync<CiComplianceException>(() => fixture.RunAsync(stage))).Diagnostic.ShouldBe(BuildDiagnostics.NoCCompiler);
    }

    private static BinaryStage Binary() => new(new BinaryJudge(GoModuleFixture.Digests));

    private sealed class NoPath(IGoEnvironment inner) : IGoEnvironment
    {
        public async Task<GoEnvironment> PrepareAsync(CiCompliance.Pipeline.StageContext context, CancellationToken cancellationToken)
        {
            var environment = await inner.PrepareAsync(context, cancellationToken);
            return environment with { Variables = GoBuilder.Over(environment.Variables, new Dictionary<string, string> { ["PATH"] = "/nowhere" }) };
        }
    }
}
