using CiCompliance.BinaryHardening;
using CiCompliance.Diagnostics;
using CiCompliance.Policy;

namespace CiCompliance.Core.Tests.BinaryHardening;

/// <summary>The measured table of what flags do: the verdict follows the binary, not the flags.</summary>
public sealed class TruthTableTests
{
    private const string Article = "-s -w -extldflags '-z relro -z now'";
    private const string External = "-s -w -linkmode=external -extldflags '-z relro -z now'";
    private const string BindNow = "-s -w -bindnow -extldflags '-z relro -z now'";

    internal static readonly BinaryPolicy Strict = new(StaticPolicy.Refused, ["libc.so.6", "libpthread.so.0"]);

    [Test]
    public void Verify_WhenTheArticlesFlagsAlone_ChangeNothingForInternalLinking(
        [Values("go1.19", "go1.23", "go1.24")] string go, [Values("pure", "std-cgo")] string program)
    {
        var report = HardeningVerifier.Verify(GoPrograms.Build(go, program, program != "pure", "-ldflags", Article), Strict);

        report.Verdict.ShouldBe(Verdict.Fail);
        Of(report, HardeningProperties.Relro).ShouldBe(program == "pure" ? Verdict.NotApplicable : Verdict.Fail);
        Of(report, HardeningProperties.Pie).ShouldBe(Verdict.Fail);
        Of(report, HardeningProperties.Stripped).ShouldBe(Verdict.Pass);
        Of(report, HardeningProperties.BuildInfo).ShouldBe(Verdict.Pass);
    }

    [Test]
    public void Verify_WhenOwnCgoWithTheArticlesFlags_HasFullRelroButIsNoPie([Values("go1.19", "go1.23", "go1.24")] string go)
    {
        var report = HardeningVerifier.Verify(GoPrograms.Build(go, "own-cgo", true, "-ldflags", Article), Strict);

        Of(report, HardeningProperties.Relro).ShouldBe(Verdict.Pass);
        report.Properties.Where(property => property.Verdict == Verdict.Fail).Select(property => property.Id).ShouldBe([HardeningProperties.Pie]);
    }

    [Test]
    public void Verify_WhenLinkedExternallyAsPie_Passes(
        [Values("go1.19", "go1.23", "go1.24")] string go, [Values("pure", "std-cgo", "own-cgo")] string program)
    {
        var report = HardeningVerifier.Verify(GoPrograms.Build(go, program, true, "-buildmode=pie", "-ldflags", External), Strict);

        Failing(report).ShouldBeEmpty();
        report.Verdict.ShouldBe(Verdict.Pass);
        report.Kind.ShouldBe(LinkKind.Pie);
    }

    [Test]
    public void Verify_WhenInternalPieBindsNow_Passes(
        [Values("go1.23", "go1.24")] string go, [Values("pure", "std-cgo", "own-cgo")] string program)
    {
        var report = HardeningVerifier.Verify(GoPrograms.Build(go, program, program != "pure", "-buildmode=pie", "-ldflags", BindNow), Strict);

        Failing(report).ShouldBeEmpty();
        report.Verdict.ShouldBe(Verdict.Pass);
    }

    [Test]
    public void Verify_WhenInternalPieDoesNotBindNow_IsPartial(
        [Values("go1.19", "go1.23", "go1.24")] string go, [Values("pure", "std-cgo")] string program)
    {
        if (go == "go1.19" && program == "pure")
        {
            Assert.Pass("1.19 needs runtime/cgo for it");
        }

        var report = HardeningVerifier.Verify(GoPrograms.Build(go, program, program != "pure", "-buildmode=pie", "-ldflags", "-s -w -linkmode=internal"), Strict);

        Failing(report).ShouldBe([HardeningProperties.Relro, HardeningProperties.BindNow]);
        report.Properties[0].Detail.En.ShouldStartWith("partial");
    }

    [Test]
    public void Verify_WhenStaticPie_Passes([Values("go1.19", "go1.23", "go1.24")] string go)
    {
        var report = HardeningVerifier.Verify(
            GoPrograms.Build(go, "own-cgo", true, "-buildmode=pie", "-ldflags", "-s -w -linkmode=external -extldflags '-static-pie -z relro -z now'"), Strict);

        Failing(report).ShouldBeEmpty();
        report.Kind.ShouldBe(LinkKind.StaticPie);
        Of(report, HardeningProperties.Interpreter).ShouldBe(Verdict.NotApplicable);
    }

    [Test]
    public void Verify_WhenStaticIsAllowed_RelroIsNotApplicableAndNeverPassed([Values("go1.19", "go1.23", "go1.24")] string go)
    {
        var report = HardeningVerifier.Verify(GoPrograms.Build(go, "pure", false, "-ldflags", Article), Strict with { Static = StaticPolicy.Allowed });

        Failing(report).ShouldBeEmpty();
        Of(report, HardeningProperties.Relro).ShouldBe(Verdict.NotApplicable);
        Of(report, HardeningProperties.BindNow).ShouldBe(Verdict.NotApplicable);
        Of(report, HardeningProperties.Pie).ShouldBe(Verdict.NotApplicable);
    }

    [Test]
    public void Verify_WhenNowWithoutPie_RelroIsMissing([Values("go1.23", "go1.24")] string go)
    {
        var report = HardeningVerifier.Verify(GoPrograms.Build(go, "std-cgo", true, "-ldflags", "-s -w -bindnow"), Strict);

        Of(report, HardeningProperties.BindNow).ShouldBe(Verdict.Pass);
        report.Properties[0].Detail.En.ShouldStartWith("missing");
    }

    [Test]
    public void Verify_WhenCrossBuiltForArm64_Passes([Values("go1.23", "go1.24")] string go)
    {
        var report = HardeningVerifier.Verify(GoPrograms.Build(go, "pure", false, "arm64", ["-buildmode=pie", "-ldflags", BindNow]), Strict);

        Failing(report).ShouldBeEmpty();
        report.Format.ShouldBe("elf64-littleaarch64");
    }

    [Test]
    public void Verify_WhenNotStripped_SaysWhichSection()
    {
        var report = HardeningVerifier.Verify(GoPrograms.Build("go1.23", "pure", false, "-buildmode=pie", "-ldflags", "-bindnow"), Strict);

        Failing(report).ShouldBe([HardeningProperties.Stripped]);
    }

    [Test]
    public void Verify_WhenALibraryIsNotAllowed_NamesIt()
    {
        var path = GoPrograms.Build("go1.23", "own-cgo", true, "-buildmode=pie", "-ldflags", External);

        var report = HardeningVerifier.Verify(path, Strict with { NeededLibraries = [] });

        Failing(report).ShouldBe([HardeningProperties.Needed]);
        report.Properties.Single(property => property.Id == HardeningProperties.Needed).Detail.En.ShouldContain("libc.so.6");
    }

    [TestCase("-Wl,-rpath,/tmp/lib", HardeningProperties.NoRPath)]
    [TestCase("-Wl,-z,execstack", HardeningProperties.NxStack)]
    [TestCase("-Wl,--dynamic-linker=/tmp/ld.so", HardeningProperties.Interpreter)]
    [TestCase("-Wl,--audit=/tmp/audit.so", HardeningProperties.Needed)]
    [TestCase("-Wl,-z,lazy", HardeningProperties.BindNow)]
    [TestCase("-Wl,-z,norelro", HardeningProperties.Relro)]
    public void Verify_WhenALinkerFlagWeakensIt_ThatPropertyFails(string flag, string property)
    {
        var path = GoPrograms.Build("go1.23", "own-cgo", true, "-buildmode=pie", "-ldflags", $"-s -w -linkmode=external -extldflags '-z relro -z now {flag}'");

        Failing(HardeningVerifier.Verify(path, Strict)).ShouldContain(property);
    }

    private static Verdict Of(HardeningReport report, string id) => report.Properties.Single(property => property.Id == id).Verdict;

    private static IEnumerable<string> Failing(HardeningReport report) =>
        report.Properties.Where(property => property.Verdict is Verdict.Fail or Verdict.Undecided).Select(property => property.Id);
}
