using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Policy;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Git.Tests;

/// <summary>The <c>source</c> stage with a policy that says who may sign what, over real repositories.</summary>
[TestFixture(GitEngine.LibGit2)]
[TestFixture(GitEngine.CatFile)]
public sealed class SignerRuleTests(GitEngine engine) : StageFixture(engine)
{
    private static readonly SignerRule Deployment = new("deployment", [], [], ["deploy/**"], [], [], ["bob@example.com"], 1, null, null);

    private string start = "";

    [SetUp]
    public void SetUpRules()
    {
        Trust = Trust with { Keys = [.. Trust.Keys.Select(key => key with { Identities = [key.Id + "@example.com"] })] };
        Rules = new(MatchCommitter: false, ForgePolicy.Refused, [Deployment]);
        Repository.Write("deploy/app.yaml", "replicas: 1\n");
        start = Module("one");
    }

    [Test]
    public async Task Paths_WhenNobodyTouchesThem_DoNotMatter()
    {
        Repository.Write("main.go", "package main\n");
        Module("two");
        (await Run(start)).Verdict.ShouldBe(Verdict.Pass);
    }

    [TestCase("alice", "CIC1029")]
    [TestCase("bob", null)]
    public async Task Paths_WhenAFileIsChanged_WantTheirSigners(string signer, string? code)
    {
        Repository.SignWithStandIn(signer);
        Repository.Write("deploy/app.yaml", "replicas: 2\n");
        Module("two");
        await ShouldAnswer(code);
    }

    [Test]
    public async Task Paths_WhenAFileIsDeleted_WantTheirSigners()
    {
        Repository.Run("rm", "-r", "--quiet", "deploy");
        Module("two");
        await ShouldAnswer("CIC1029");
    }

    [Test]
    public async Task Paths_WhenAFolderBecomesAFile_WantTheirSigners()
    {
        Repository.Run("rm", "-r", "--quiet", "deploy");
        Repository.Write("deploy", "a link to somewhere else\n");
        Module("two");
        await ShouldAnswer("CIC1029");
    }

    [Test]
    public async Task Paths_WhenALinkStandsForTheirFolder_WantTheirSigners()
    {
        Rules = new(false, ForgePolicy.Refused, [Deployment with { Paths = ["secrets/prod.yml"] }]);
        Repository.Write("elsewhere/prod.yml", "mine\n");
        File.CreateSymbolicLink(Repository.File("secrets"), "elsewhere");
        Module("two");
        await ShouldAnswer("CIC1029");
    }

    [Test]
    public async Task Paths_WhenTheTreesAreABomb_AreRefusedInTime()
    {
        // A thousand folders that are all the same large tree, nested: small to store, endless to walk.
        var blob = Repository.WriteBlob("x");
        var wide = Repository.WriteTree([.. Enumerable.Range(0, 20_000).Select(i => ("100644", $"f{i:D6}", blob))]);
        var nested = Repository.WriteTree([.. Enumerable.Range(0, 1000).Select(i => ("40000", $"d{i:D6}", wide))]);
        var bomb = Repository.WriteSignedCommit(Repository.WriteTree(("40000", "a", nested), ("100644", "go.mod", Repository.Id("HEAD:go.mod"))), [start], "bomb");
        var after = Repository.WriteSignedCommit(Repository.Id("HEAD^{tree}"), [bomb], "nothing to see");
        (await Refused(start, after)).ShouldBe(SourceDiagnostics.MalformedObject);
    }

    [TestCase("v1.0", "CIC1001")]
    [TestCase("refs/tags/v1.0", "CIC1001")]
    [TestCase("tags/v1.0", "CIC1001")]
    [TestCase("refs/tags/w1.0", null)]
    public async Task Tags_WhenLightweight_AreRefusedWhereARuleIsAboutThem(string revision, string? code)
    {
        Rules = new(false, ForgePolicy.Refused, [Deployment with { Paths = [], Tags = ["v*"] }]);
        Module("two");
        Repository.Run("tag", "v1.0");
        Repository.Run("tag", "w1.0");
        await ShouldAnswer(code, revision);
    }

    [Test]
    public async Task Paths_WhenOnlyTheModeChanges_WantTheirSigners()
    {
        Repository.Run("update-index", "--chmod=+x", "deploy/app.yaml");
        Repository.Run("commit", "--quiet", "--gpg-sign", "--message=two");
        await ShouldAnswer("CIC1029");
    }

    [Test]
    public async Task Paths_WhenAMergeTakesAnOldVersionBack_WantTheirSigners()
    {
        // "ours" of a branch that left before the change: equal to one parent, and yet it undoes what bob signed.
        Repository.Run("branch", "old");
        Repository.SignWithStandIn("bob");
        Repository.Write("deploy/app.yaml", "replicas: 2\n");
        Module("two");
        Repository.SignWithStandIn("alice");
        Repository.Run("checkout", "--quiet", "old");
        Repository.Write("a.go", "package main\n");
        Module("three");
        Repository.Run("merge", "--quiet", "--strategy=ours", "--gpg-sign", "--message=merge", "main");
        await ShouldAnswer("CIC1029");
    }

    [Test]
    public async Task Paths_OfTheFirstCommit_AreAllItsFiles()
    {
        (await Run(null)).Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(SourceDiagnostics.SignerNotAllowed);
    }

    [Test]
    public async Task Trees_AreRecordedWhereARuleHasPaths()
    {
        Repository.Write("main.go", "package main\n");
        Module("two");
        await Run(start);
        var trees = Lines(EvidencePaths.Trees).Select(line => TreeRow.Parse(line)).ToList();
        trees.Select(row => row.Oid).ShouldBe([Repository.Id("HEAD~1^{tree}"), Repository.Id("HEAD^{tree}")], ignoreOrder: true);
        trees.ShouldAllBe(row => GitObjectId.Compute("tree", row.Raw, GitObjectFormat.Sha1) == row.Oid);
        AncestryRow.Parse(Lines(EvidencePaths.Ancestry).ShouldHaveSingleItem()).Oid.ShouldBe(start, "its tree is what the first commit is compared with");

        Rules = SourcePolicy.Default;
        await Run(start);
        Exists(EvidencePaths.Trees).ShouldBeFalse();
    }

    [Test]
    public async Task Branches_WhenNobodyNamesOne_AreUndecided()
    {
        Rules = new(false, ForgePolicy.Refused, [Deployment with { Paths = [], Branches = ["main"], Signers = ["alice@example.com"] }]);
        Module("two");
        var result = await Run(start);
        result.Verdict.ShouldBe(Verdict.Undecided);
        result.Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(SourceDiagnostics.BranchUnknown);
        Branch = "main";
        (await Run(start)).Verdict.ShouldBe(Verdict.Pass);
        Record.Branch.ShouldBe("main");
    }

    [TestCase("v1.0", "CIC1029")]
    [TestCase("w1.0", null)]
    public async Task Tags_WantTheirSigners(string name, string? code)
    {
        Rules = new(false, ForgePolicy.Refused, [Deployment with { Paths = [], Tags = ["v*"] }]);
        Module("two");
        Repository.Run("tag", "--sign", "--message=release", name);
        await ShouldAnswer(code, name);
    }

    [Test]
    public void Explanation_NamesSignersAndRules()
    {
        Repository.Write("deploy/app.yaml", "replicas: 2\n");
        Module("two");
        Repository.Run("tag", "--sign", "--message=release", "v1.0");
        Rules = Rules with { Rules = [.. Rules.Rules, Deployment with { Name = "tags", Paths = [], Tags = ["v*"], Signers = ["alice@example.com"] }] };
        using var repository = Factory.Open(Repository.Path, CancellationToken.None);
        var judge = new ObjectJudge(new StandInSignatures(), Trust.Keys, Rules, null);
        var objects = ObjectExplanation.Of(repository, "v1.0", judge, Rules);

        objects.Select(item => item.Type).ShouldBe(["tag", "commit"]);
        objects[0].Answer.Verdict.ShouldBe(Verdict.Pass);
        objects[0].NotApplying.ShouldBe(["deployment"]);
        objects[1].Answer.Diagnostic.ShouldBe(SourceDiagnostics.SignerNotAllowed);
        objects[1].Answer.Signers.ShouldHaveSingleItem().KeyId.ShouldBe("alice");
        objects[1].NotApplying.ShouldBe(["tags"]);
        objects[1].Author!.Mail.ShouldBe("zhangsan@example.com");
    }

    private async Task ShouldAnswer(string? code, string commit = "HEAD")
    {
        var result = await Run(start, commit);
        result.Findings.Select(finding => finding.Diagnostic.Code).ShouldBe(code is null ? [] : [code]);
        result.Verdict.ShouldBe(code is null ? Verdict.Pass : Verdict.Fail);
    }
}
