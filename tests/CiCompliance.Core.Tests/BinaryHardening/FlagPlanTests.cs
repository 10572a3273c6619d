using CiCompliance.BinaryHardening;
using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.Policy;

namespace CiCompliance.Core.Tests.BinaryHardening;

public sealed class FlagPlanTests
{
    private static readonly BuildTarget Amd64 = new("linux", "amd64");

    [TestCase("go1.23.5", CgoUse.None, "-bindnow -s -w -extldflags '-z relro -z now'", "0")]
    [TestCase("go1.24rc1", CgoUse.StandardLibrary, "-bindnow -s -w -extldflags '-z relro -z now'", "1")]
    [TestCase("go1.24.4", CgoUse.Own, "-bindnow -s -w -extldflags '-z relro -z now'", "1")]
    [TestCase("go1.27.3", CgoUse.None, "-bindnow -s -w -extldflags '-z relro -z now'", "0")]
    [TestCase("go1.27.3", CgoUse.StandardLibrary, "-linkmode=external -s -w -extldflags '-z relro -z now'", "1")]
    [TestCase("go1.22.1", CgoUse.None, "-linkmode=external -s -w -extldflags '-z relro -z now'", "1")]
    [TestCase("go1.19.8", CgoUse.Own, "-linkmode=external -s -w -extldflags '-z relro -z now'", "1")]
    public void For_WhenPie_KeepsTheFixedFlagsAndAddsWhatMakesThemTrue(string go, CgoUse cgo, string linkerFlags, string cgoEnabled)
    {
        var plan = FlagPlan.For(ToolchainVersion.TryParse(go)!.Value, Amd64, Amd64, cgo, StaticPolicy.Refused);

        plan.Arguments.ShouldBe(["-trimpath", "-buildvcs=false", "-buildmode=pie", "-ldflags", linkerFlags]);
        plan.Arguments[^1].ShouldContain(FlagPlan.FixedLinkerFlags);
        plan.Environment["CGO_ENABLED"].ShouldBe(cgoEnabled);
        plan.NeedsCCompiler.ShouldBe(cgoEnabled == "1");
        plan.Added.ShouldAllBe(flag => flag.Reason.En.Length > 0 && flag.Reason.Zh.Length > 0);
    }

    [TestCase("go1.23.5", "arm64")]
    [TestCase("go1.27.3", "loong64")]
    public void For_WhenCrossBuilding_LinksInternally(string go, string arch) =>
        FlagPlan.For(ToolchainVersion.TryParse(go)!.Value, new("linux", arch), Amd64, CgoUse.None, StaticPolicy.Refused).NeedsCCompiler.ShouldBeFalse();

    [TestCase("go1.22.1", "linux", "arm64", CgoUse.None, "newer Go")]
    [TestCase("go1.24.4", "linux", "loong64", CgoUse.None, "newer Go")]
    [TestCase("go1.27.3", "linux", "riscv64", CgoUse.None, "riscv64 machine")]
    [TestCase("go1.27.3", "linux", "arm64", CgoUse.Own, "build.cgo: false")]
    [TestCase("go1.27.3", "linux", "s390x", CgoUse.None, "linux/amd64")]
    [TestCase("go1.27.3", "windows", "amd64", CgoUse.None, "linux/amd64")]
    public void For_WhenNoHardenedBuildExists_SaysWhatToDo(string go, string os, string arch, CgoUse cgo, string fix)
    {
        var error = Should.Throw<CiComplianceException>(() => FlagPlan.For(ToolchainVersion.TryParse(go)!.Value, new(os, arch), Amd64, cgo, StaticPolicy.Refused));

        error.Diagnostic.ShouldBe(HardeningDiagnostics.NoHardenedBuild);
        error.Finding.Fix.En.ShouldContain(fix);
    }

    [Test]
    public void For_WhenStaticIsAllowed_BuildsPlainStaticEverywhere([Values("amd64", "arm64", "loong64", "riscv64")] string arch)
    {
        var plan = FlagPlan.For(new(1, 19), new("linux", arch), Amd64, CgoUse.None, StaticPolicy.Allowed);

        plan.Arguments.ShouldBe(["-trimpath", "-buildvcs=false", "-ldflags", FlagPlan.FixedLinkerFlags]);
        plan.Environment["CGO_ENABLED"].ShouldBe("0");
    }

    [TestCase("go1")]
    [TestCase("devel +abc")]
    [TestCase("1.23")]
    [TestCase("go1.x")]
    [TestCase("go-1.23")]
    public void TryParse_WhenNoRelease_IsNull(string text) => ToolchainVersion.TryParse(text).ShouldBeNull();
}
