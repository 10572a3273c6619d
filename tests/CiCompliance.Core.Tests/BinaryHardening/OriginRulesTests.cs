using CiCompliance.Attestations;
using CiCompliance.BinaryHardening;
using CiCompliance.Diagnostics;
using CiCompliance.Digests;
using CiCompliance.Go;
using CiCompliance.Provenance;

namespace CiCompliance.Core.Tests.BinaryHardening;

public sealed class OriginRulesTests
{
    private static readonly Subject Output = new("app", new DigestSet("a", "b"));

    [TestCase("./lib", "", Verdict.Pass)]
    [TestCase("../lib", "svc", Verdict.Pass)]
    [TestCase("../../lib", "svc", Verdict.Fail)]
    [TestCase("../lib", "", Verdict.Fail)]
    [TestCase("./a/../../lib", "", Verdict.Fail)]
    [TestCase("/usr/share/lib", "", Verdict.Fail)]
    [TestCase("lib", "", Verdict.Fail)]
    public void Judge_WhenAModuleIsReplacedByAFolder_ItMustLieInTheTree(string folder, string moduleDirectory, Verdict expected) =>
        Modules(new BuildInfoModule("example.com/lib", "v1.0.0", "", new BuildInfoModule(folder, "", "")), moduleDirectory).ShouldBe(expected);

    [TestCase("v1.0.0", "h1:x", Verdict.Pass)]
    [TestCase("v1.0.1", "h1:x", Verdict.Fail)]
    [TestCase("v1.0.0", "h1:y", Verdict.Fail)]
    [TestCase("v1.0.0", "", Verdict.Fail)]
    public void Judge_WhenAModuleIsReplacedByAnother_TheOtherMustBeVerified(string version, string sum, Verdict expected) =>
        Modules(new BuildInfoModule("example.com/lib", "v9.0.0", "", new BuildInfoModule("example.com/fork", version, sum)), "").ShouldBe(expected);

    [Test]
    public void Judge_WhenVendorIsOnlySigned_IsNotApplicable() =>
        Modules(new BuildInfoModule("example.com/fork", "v1.0.0", "h1:x"), "", VendorMode.SourceSigned).ShouldBe(Verdict.NotApplicable);

    [Test]
    public void Judge_WhenTheBuildInfoIsMissing_Fails() => Judge(null, "", VendorMode.None).Single(row => row.Id == "modules").Verdict.ShouldBe(Verdict.Fail);

    private static Verdict Modules(BuildInfoModule module, string moduleDirectory, VendorMode vendor = VendorMode.None) =>
        Judge(new GoBuildInfo("go1.23.5", "example.com/app", new BuildInfoModule("example.com/app", "(devel)", ""), [module], []), moduleDirectory, vendor)
            .Single(row => row.Id == "modules").Verdict;

    private static IReadOnlyList<HardeningProperty> Judge(GoBuildInfo? info, string moduleDirectory, VendorMode vendor) => OriginRules.Judge(
        new HardeningReport("elf64-x86-64", "amd64", LinkKind.Pie, [], info),
        new DependencyRecord("example.com/app", "", null, 0, CacheOrigin.Empty, vendor, [new ModuleRow("example.com/fork", "v1.0.0", "h1:x", null, 1, "a", "b", 1, Verdict.Pass, null)]),
        moduleDirectory,
        new RecordedBuild(Output, "linux/amd64", "example.com/app", "go1.23.5", [], new Dictionary<string, string>()),
        Output);
}
