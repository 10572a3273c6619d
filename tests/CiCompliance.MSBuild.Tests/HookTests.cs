namespace CiCompliance.MSBuild.Tests;

/// <summary>When the pipeline runs, and when it must not.</summary>
public sealed class HookTests
{
    [Test]
    public void Build_WithoutHooks_RunsNothing()
    {
        var project = new TestProject();
        project.Build().ShouldPass();
        project.Tool.Calls.ShouldBeEmpty();
    }

    [Test]
    public void Build_OfTheTarget_PassesEveryPropertyAsOneArgument()
    {
        var project = new TestProject(items: """<GoModule Include="sidecar" Base="--demonstration" /><GoModule Include="other" />""");
        project.WriteGoModule("App/other");
        project.Properties["CiComplianceRepository"] = "a b%22'`$x"; // dotnet build takes a plain quote off
        project.Properties["CiComplianceTrust"] = "/somewhere/trust store.json";
        project.Properties["CiComplianceStages"] = "environment%3bsource";
        project.Properties["CiComplianceDemonstration"] = "true";
        project.Build("-t:CiCompliance", "-restore").ShouldPass();
        project.Tool.Calls.Count.ShouldBe(2);
        project.Tool.Calls[0].ShouldBe(
        [
            "run", $"--project={project.PathOf("App/sidecar")}", "--repository=a b\"'`$x", "--base=--demonstration", "--trust=/somewhere/trust store.json", "--demonstration",
            $"--out={project.PathOf("App/bin/compliance/sidecar")}", "--stages=environment,source", "--format=json",
        ]);
        project.Tool.Calls[1].ShouldNotContain("--base=--demonstration");
    }

    [Test]
    public void Build_WithCopiedBinaries_PutsThemIntoTheOutput()
    {
        var project = new TestProject();
        project.Properties["CiComplianceOnBuild"] = "true";
        project.Properties["CiComplianceCopyBinaries"] = "true";
        project.Build().ShouldPass();
        var copied = project.PathOf("App/bin/Debug/net10.0/sidecar-linux-amd64");
        var judged = File.ReadAllText(project.PathOf("App/bin/compliance/sidecar/bin/sidecar-linux-amd64"));
        File.ReadAllText(copied).ShouldBe(judged);

        File.WriteAllText(copied, "another, and newer");
        File.SetLastWriteTimeUtc(copied, DateTime.UtcNow.AddHours(1));
        project.Build("--no-restore").ShouldPass();
        File.ReadAllText(copied).ShouldBe(judged);
    }

    [Test]
    public void Publish_WithItsHook_RunsOnceAndPublishesTheBinaries([Values] bool onBuildToo)
    {
        var project = new TestProject();
        project.Properties["CiComplianceOnPublish"] = "true";
        project.Properties["CiComplianceOnBuild"] = onBuildToo ? "true" : "false";
        project.Properties["CiComplianceCopyBinaries"] = "true";
        project.DotNet("publish", "-o", "published").ShouldPass();
        File.Exists(project.PathOf("published/sidecar-linux-amd64")).ShouldBeTrue();
        project.Tool.Calls.Count.ShouldBe(1);
    }

    [TestCase("build")]
    [TestCase("publish")]
    public void CopiedBinaries_OfOneName_AreAnErrorAndNeitherIsCopied(string verb)
    {
        var project = new TestProject(items: """<GoModule Include="sidecar;other" />""");
        project.WriteGoModule("App/other");
        project.Properties[verb == "build" ? "CiComplianceOnBuild" : "CiComplianceOnPublish"] = "true";
        project.Properties["CiComplianceCopyBinaries"] = "true";
        var error = project.DotNet(verb, "-o", "delivered").ShouldFailWith("CIC0037");
        error.File.ShouldBe(project.PathOf("App/App.csproj"));
        error.Text.ShouldContain("sidecar-linux-amd64");
        File.Exists(project.PathOf("delivered/sidecar-linux-amd64")).ShouldBeFalse();

        project.Properties["CiComplianceCopyBinaries"] = "false";
        project.DotNet(verb, "-o", "delivered").ShouldPass();
    }

    [Test]
    public void PublishAndPack_WhenAGateRefuses_Fail([Values("publish", "pack")] string verb)
    {
        var project = new TestProject();
        project.Properties["CiComplianceOnPublish"] = project.Properties["CiComplianceOnPack"] = "true";
        project.Tool.Does("""echo "sidecar : error CIC1001: no. ask" >&2; answer 1 fail""");
        project.DotNet(verb, "-o", "delivered").ShouldFailWith("CIC1001");
        (Directory.Exists(project.PathOf("delivered")) ? Directory.EnumerateFiles(project.PathOf("delivered")) : []).ShouldBeEmpty();
    }

    [Test]
    public void Build_OfADesignTimeBuild_RunsNothing()
    {
        var project = new TestProject();
        project.Build().ShouldPass();
        project.Properties["CiComplianceOnBuild"] = project.Properties["DesignTimeBuild"] = project.Properties["SkipCompilerExecution"] = "true";
        project.Build("--no-restore").ShouldPass();
        project.Tool.Calls.ShouldBeEmpty();
    }

    [Test]
    public void Build_ThatOnlyCallsItselfDesignTime_RunsTheGates()
    {
        var project = new TestProject();
        project.Properties["CiComplianceOnBuild"] = project.Properties["DesignTimeBuild"] = "true";
        project.Environment["_CiComplianceInDesign"] = project.Properties["_CiComplianceInDesign"] = "true";
        project.Build().ShouldPass();
        project.Tool.Calls.Count.ShouldBe(1);
    }

    [TestCase("CiComplianceOnBuild", "1", "en")]
    [TestCase("CiComplianceOnBuild", "ture", "zh")]
    [TestCase("CiComplianceOnPublish", "enabled", "en")]
    [TestCase("CiComplianceOnPack", "0", "en")]
    [TestCase("CiComplianceCopyBinaries", "y", "en")]
    public void Build_WithASwitchThatIsNeitherTrueNorFalse_IsAnError(string name, string value, string language)
    {
        var project = new TestProject();
        project.DotNet("restore").ShouldPass();
        project.Properties["CiComplianceLanguage"] = language;
        project.Environment[name] = value;
        var error = project.Build("--no-restore").ShouldFailWith("CIC0035");
        error.Text.ShouldStartWith(name);
        error.Text.ShouldContain(Path.Combine(PackageFeed.Unpacked, "docs/diagnostics/CIC0035.md"));
    }

    // MSBuild itself takes on and yes for true wherever it compares.
    [TestCase("True")]
    [TestCase("on")]
    [TestCase("Yes")]
    public void Build_WithASwitchThatMSBuildTakesForTrue_RunsTheGates(string value)
    {
        var project = new TestProject();
        project.Properties["CiComplianceOnBuild"] = value;
        project.Build().ShouldPass();
        project.Tool.Calls.Count.ShouldBe(1);
    }

    [Test]
    public void Tool_NamedByTheCommandLineOrTheEnvironment_IsNotRun()
    {
        var project = new TestProject();
        project.TakeCarriedTool();
        project.Properties["CiComplianceOnBuild"] = "true";
        project.Properties["_CiComplianceTool"] = project.Environment["_CiComplianceTool"] = project.Tool.Path;
        project.Build().ExitCode.ShouldBe(1);
        project.Tool.Calls.ShouldBeEmpty();
    }

    [TestCase(null)]
    [TestCase("false")]
    public void Environment_OfTheBuild_MakesTheRunNoSmaller(string? demonstration)
    {
        var project = new TestProject();
        project.Properties["CiComplianceOnBuild"] = "true";
        if (demonstration is not null)
        {
            project.Properties["CiComplianceDemonstration"] = demonstration;
        }

        project.Environment["CICOMPLIANCE_STAGES"] = "assess";
        project.Environment["CICOMPLIANCE_DEMONSTRATION"] = project.Environment["CICOMPLIANCE_ALLOW_DEMONSTRATION"] = "true";
        project.Tool.Does("env > \"${0%/*}/environment\"\n" + FakeTool.Passes);
        project.Build().ShouldPass();
        project.Tool.Calls.ShouldHaveSingleItem().ShouldContain("--stages=environment,source,dependencies,build,binary,sbom,sign,record,assess,seal");
        File.ReadAllText(project.PathOf("tool/environment")).ShouldNotContain("DEMONSTRATION");
    }

    [TestCase("_CiComplianceRuntimeType", "Full", "en")]
    [TestCase("_CiComplianceMSBuildVersion", "17.14.0", "zh")]
    public void Build_ByAnMSBuildThatCannotRunTheGates_IsAnError(string property, string value, string language)
    {
        var project = new TestProject();
        project.Properties["CiComplianceOnBuild"] = "true";
        project.Properties["CiComplianceLanguage"] = language;
        project.DotNet("restore").ShouldPass();
        project.Properties[property] = value;
        var error = project.Build("--no-restore").ShouldFailWith("CIC0002");
        error.Text.ShouldContain(Path.Combine(PackageFeed.Unpacked, "docs/diagnostics/CIC0002.md"));
        File.Exists(Path.Combine(PackageFeed.Unpacked, "docs/diagnostics/CIC0002.md")).ShouldBeTrue();
        project.Tool.Calls.ShouldBeEmpty();
    }

    [Test]
    public void Build_WithoutGoModule_IsAnError()
    {
        var project = new TestProject(items: "");
        project.Properties["CiComplianceOnBuild"] = "true";
        project.Build().ShouldFailWith("CIC0032").File.ShouldBe(project.PathOf("App/App.csproj"));
    }

    [TestCase("""<GoModule Include="nowhere" />""")]
    [TestCase("""<GoModule Include="sidecar" /><GoModule Include="a/sidecar" />""")]
    [TestCase("""<GoModule Include="sidecar;./sidecar" />""")]
    public void Build_WithAWrongGoModule_IsAnError(string items)
    {
        var project = new TestProject(items: items);
        project.WriteGoModule("App/a/sidecar");
        project.Build("-t:CiCompliance", "-restore").ShouldFailWith("CIC0031");
        project.Tool.Calls.ShouldBeEmpty();
    }
}
