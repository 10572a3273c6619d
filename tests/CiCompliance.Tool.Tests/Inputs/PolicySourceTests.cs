using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Policy;
using CiCompliance.Testing;
using CiCompliance.Tool.Inputs;

namespace CiCompliance.Tool.Tests.Inputs;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PolicySourceTests : IDisposable
{
    private const string Strict = "version: 1\nrepository: example.com/acme/app\ngo: { provider: goproxy.cn }\nlog: { kind: ephemeral }\n";

    private readonly TempDirectory temporary = new();
    private readonly FakeComposition parts = new();
    private string project = "";
    private string policy = "";
    private string trust = "";

    [SetUp]
    public void MakeProject()
    {
        (project, _) = ToolRun.Project(temporary);
        policy = temporary.Combine("outside", "compliance.yml");
        trust = temporary.Combine("outside", "trust.json");
    }

    public void Dispose() => temporary.Dispose();

    [Test]
    public void Load_WhenBothLieOutside_ReadsThem() => Load(policy, trust).PolicyOrigin.ShouldBe(policy);

    [Test]
    public void Load_WhenOnlyABaseIsGiven_ReadsTheProtectedRevision()
    {
        Commit(FakeRevisions.Main, "compliance.yml", "base");
        Commit(FakeRevisions.Main, ".cicompliance/trust.json", Encoding.UTF8.GetString(ToolRun.NoKeys));

        var judgement = Load(null, null, FakeRevisions.Main);

        Encoding.UTF8.GetString(judgement.Source).ShouldBe("base");
        judgement.PolicyOrigin.ShouldBe("main:compliance.yml");
    }

    [Test]
    public void Load_WhenTheTreesPolicyWeakensTheBases_AppliesTheBasesAndSaysSo()
    {
        Commit(FakeRevisions.Main, "compliance.yml", Strict);
        Commit(FakeRevisions.Head, "compliance.yml", Strict + "build: { cgo: true, targets: [linux/amd64] }\nbinary: { static: allowed }\n");

        var judgement = LoadReal();

        judgement.Policy.ToJson().ShouldBe(PolicyReader.Read(Encoding.UTF8.GetBytes(Strict), "x").ToJson());
        Encoding.UTF8.GetString(judgement.Source).ShouldBe(Strict);
        judgement.PolicyOrigin.ShouldBe("main:compliance.yml");
        judgement.Notices.Select(finding => (finding.Diagnostic.Code, finding.Diagnostic.Kind, finding.Origin)).ShouldBe(
            Enumerable.Repeat(("CIC5010", DiagnosticKind.Notice, $"{FakeRevisions.Head.Commit}:compliance.yml"), 2));
    }

    [Test]
    public void Load_WhenTheTreesPolicyIsStricter_AppliesIt()
    {
        const string Loose = Strict + "build: { cgo: true }\n";
        Commit(FakeRevisions.Main, "compliance.yml", Loose);
        Commit(FakeRevisions.Head, "compliance.yml", Strict);

        var judgement = LoadReal();

        judgement.Policy.Build.Cgo.ShouldBeFalse();
        Encoding.UTF8.GetString(judgement.Source).ShouldBe(Strict);
        judgement.PolicyOrigin.ShouldBe($"{FakeRevisions.Head.Commit}:compliance.yml");
        judgement.Notices.ShouldBeEmpty();
    }

    [Test]
    public void Load_WhenTheTreesPolicyTightensOneKeyAndWeakensAnother_AppliesNothingOfIt()
    {
        Commit(FakeRevisions.Main, "compliance.yml", Strict + "build: { cgo: true }\n");
        Commit(FakeRevisions.Head, "compliance.yml", Strict + "binary: { static: allowed }\n");

        var judgement = LoadReal();

        judgement.Policy.Build.Cgo.ShouldBeTrue();
        judgement.Policy.Binary.Static.ShouldBe(StaticPolicy.Refused);
        judgement.Notices.ShouldHaveSingleItem();
    }

    [Test]
    public void Load_WhenTheTreesPolicyCannotBeRead_NamesLineAndColumn()
    {
        Commit(FakeRevisions.Main, "compliance.yml", Strict);
        Commit(FakeRevisions.Head, "compliance.yml", Strict + "buidl: {}\n");

        var e = Should.Throw<CiComplianceException>(LoadReal);
        e.Diagnostic.ShouldBe(PolicyDiagnostics.UnknownKey);
        e.Diagnostic.Kind.ShouldBe(DiagnosticKind.Usage);
        e.Finding.Origin.ShouldBe($"{FakeRevisions.Head.Commit}:compliance.yml(5,1)");
    }

    [Test]
    public void Load_WhenThePolicyIsGivenAsFile_DoesNotReadTheTrees()
    {
        Commit(FakeRevisions.Head, "compliance.yml", "not a policy");
        File.WriteAllText(policy, Strict);

        new PolicySource(parts.Repository, (yaml, origin) => PolicyReader.Read(yaml, origin))
            .Load(project, policy, trust, "main", FakeRevisions.Main, FakeRevisions.Head).PolicyOrigin.ShouldBe(policy);
    }

    [Test]
    public void Load_WhenTheProjectIsASubfolder_ReadsItsOwnPolicy()
    {
        parts.Repository.Prefix = "services/app";
        Commit(FakeRevisions.Main, "services/app/compliance.yml", "sub");

        Encoding.UTF8.GetString(Load(null, trust, FakeRevisions.Main).Source).ShouldBe("sub");
    }

    [Test]
    public void Load_WhenThereIsNeither_SaysWhatToDo() => Refused(() => Load(null, null), ToolDiagnostics.NoPolicy);

    [Test]
    public void Load_WhenTrustIsMissing_IsRefused() => Refused(() => Load(policy, null), ToolDiagnostics.NoPolicy);

    [Test]
    public void Load_WhenTheBaseHasNoPolicy_IsRefused() => Refused(() => Load(null, trust, FakeRevisions.Main), ToolDiagnostics.NoPolicy);

    [Test]
    public void Load_WhenTheBaseIsWhatIsTested_IsRefused()
    {
        Commit(FakeRevisions.Head, "compliance.yml", "own judge");

        Refused(() => Load(null, trust, FakeRevisions.Head), ToolDiagnostics.NoPolicy);
    }

    [Test]
    public void Load_WhenThePolicyLiesInTheTree_IsRefused() =>
        Refused(() => Load(temporary.Write("project/sub/p.yml", "x"), trust), ToolDiagnostics.InsideTree);

    [Test]
    public void Load_WhenAPathOnlyLooksOutside_IsRefused()
    {
        temporary.Write("project/p.yml", "x");

        Refused(() => Load(temporary.Combine("outside", "..", "project", "p.yml"), trust), ToolDiagnostics.InsideTree);
    }

    [Test]
    public void Load_WhenALinkLeadsIntoTheTree_IsRefused()
    {
        File.CreateSymbolicLink(temporary.Combine("outside", "link.yml"), temporary.Write("project/p.yml", "x"));

        Refused(() => Load(temporary.Combine("outside", "link.yml"), trust), ToolDiagnostics.InsideTree);
    }

    [Test]
    public void Load_WhenALinkInTheTreeLeadsOut_IsRefused()
    {
        File.CreateSymbolicLink(Path.Combine(project, "link.yml"), policy);
        File.CreateSymbolicLink(temporary.Combine("outside", "hop.yml"), Path.Combine(project, "link.yml"));

        Refused(() => Load(Path.Combine(project, "link.yml"), trust), ToolDiagnostics.InsideTree);
        Refused(() => Load(temporary.Combine("outside", "hop.yml"), trust), ToolDiagnostics.InsideTree);
    }

    [Test]
    public void Load_WhenTheProjectIsReachedByALink_StillKnowsTheTree()
    {
        var alias = temporary.Combine("alias");
        Directory.CreateSymbolicLink(alias, project);
        temporary.Write("project/p.yml", "x");

        Refused(() => new PolicySource(parts.Repository, parts.ParsePolicy).Load(alias, Path.Combine(project, "p.yml"), trust, null, null, FakeRevisions.Head),
            ToolDiagnostics.InsideTree);
    }

    [Test]
    public void Load_WhenTheProjectIsASubfolder_TheWholeRepositoryCounts()
    {
        temporary.Write("project/other/p.yml", "x");
        Directory.CreateDirectory(Path.Combine(project, "sub"));

        Refused(() => new PolicySource(parts.Repository, parts.ParsePolicy).Load(Path.Combine(project, "sub"), Path.Combine(project, "other", "p.yml"), trust,
            null, null, FakeRevisions.Head), ToolDiagnostics.InsideTree);
    }

    [Test]
    public void Load_WhenAFileIsMissingOrLinksTurnInACircle_IsRefused()
    {
        File.CreateSymbolicLink(temporary.Combine("outside", "a"), temporary.Combine("outside", "b"));
        File.CreateSymbolicLink(temporary.Combine("outside", "b"), temporary.Combine("outside", "a"));

        Refused(() => Load(temporary.Combine("outside", "none.yml"), trust), ToolDiagnostics.InputUnreadable);
        Refused(() => Load(temporary.Combine("outside", "a"), trust), ToolDiagnostics.InputUnreadable);
        Refused(() => Load(temporary.Combine("outside"), trust), ToolDiagnostics.InputUnreadable);
    }

    [Test]
    public void Load_WhenThePolicyIsHuge_IsRefused() =>
        Refused(() => Load(temporary.Write("outside/huge.yml", new string('#', PolicySource.MaxPolicyBytes + 1)), trust), ToolDiagnostics.InputUnreadable);

    [TestCase("{}")]
    [TestCase("not json")]
    [TestCase("""{"version":2,"keys":[]}""")]
    [TestCase("""{"version":1,"keys":[],"keys":[]}""")]
    public void Load_WhenTrustIsMalformed_IsRefused(string content) =>
        Refused(() => Load(policy, temporary.Write("outside/bad.json", content)), ToolDiagnostics.TrustMalformed);

    private Judgement Load(string? config, string? trustFile, Revision? @base = null) =>
        new PolicySource(parts.Repository, parts.ParsePolicy).Load(project, config, trustFile, @base is null ? null : "main", @base, FakeRevisions.Head);

    private Judgement LoadReal() => new PolicySource(parts.Repository, (yaml, origin) => PolicyReader.Read(yaml, origin))
        .Load(project, null, trust, "main", FakeRevisions.Main, FakeRevisions.Head);

    private void Commit(Revision revision, string path, string content) => parts.Repository.Files[$"{revision.Tree}:{path}"] = Encoding.UTF8.GetBytes(content);

    private static void Refused(Func<Judgement> load, Diagnostic diagnostic)
    {
        var e = Should.Throw<CiComplianceException>(load);
        e.Diagnostic.ShouldBe(diagnostic);
        e.Diagnostic.Kind.ShouldBe(DiagnosticKind.Usage);
    }
}
