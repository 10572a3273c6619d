using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Git.Tests;

/// <summary>The <c>source</c> stage over real repositories, with stand-in signatures.</summary>
[TestFixture(GitEngine.LibGit2)]
[TestFixture(GitEngine.CatFile)]
public sealed class SourceStageTests(GitEngine engine) : StageFixture(engine)
{
    [Test]
    public async Task Run_WhenEveryCommitIsSigned_Passes()
    {
        var start = Module("one");
        Module("two");
        var head = Module("three");
        var result = await Run(start);

        result.Verdict.ShouldBe(Verdict.Pass);
        result.Checks.Select(check => check.Id).ShouldBe(["source.head", "source.commits"]);
        result.Checks[1].Detail.En.ShouldBe("2 of 2 signed by trusted keys");
        Record.ShouldBe(new SourceRecord("example.com/app", "sha1", head, Repository.Id("HEAD^{tree}"), start, null, null, "", 2, Engine == GitEngine.LibGit2 ? "libgit2" : "cat-file"));
        Rows(EvidencePaths.Commits).Select(row => row.Oid).ShouldBe([head, Repository.Id("HEAD~1")]);
        Rows(EvidencePaths.Commits).ShouldAllBe(row => row.KeyIds.Single() == "alice" && GitObjectId.Compute(row.Type, row.Raw, GitObjectFormat.Sha1) == row.Oid);
        Evidence(EvidencePaths.Tree).ShouldBe(Repository.RunBytes("ls-tree", "-r", "-z", "--full-tree", "HEAD"));
        Evidence(EvidencePaths.Ancestry).ShouldBeEmpty();
        Evidence(EvidencePaths.Tags).ShouldBeEmpty();
        Exists(EvidencePaths.GoSum).ShouldBeFalse();
    }

    [Test]
    public async Task Run_TakesModuleFilesFromTheCommit_NotFromTheFolder()
    {
        Repository.Write("go.sum", "committed\n");
        Module("one");
        File.WriteAllText(Repository.File("go.mod"), "module evil\n");
        File.WriteAllText(Repository.File("go.sum"), "evil\n");
        (await Run(null)).Verdict.ShouldBe(Verdict.Pass);
        Encoding.UTF8.GetString(Evidence(EvidencePaths.GoMod)).ShouldBe("module example.com/app\n");
        Encoding.UTF8.GetString(Evidence(EvidencePaths.GoSum)).ShouldBe("committed\n");
    }

    [Test]
    public async Task Run_InASubfolder_TakesItsModule()
    {
        Repository.Write("services/api/go.mod", "module example.com/api\n");
        Module("one");
        (await Run(null, project: Repository.File("services/api"))).Verdict.ShouldBe(Verdict.Pass);
        Record.ModuleDirectory.ShouldBe("services/api");
        Encoding.UTF8.GetString(Evidence(EvidencePaths.GoMod)).ShouldBe("module example.com/api\n");
    }

    [Test]
    public async Task Run_WhenACommitIsUnsigned_Fails()
    {
        var start = Module("one");
        var unsigned = Module("two", sign: false);
        Module("three");
        var result = await Run(start);
        result.Verdict.ShouldBe(Verdict.Fail);
        result.Checks[0].Verdict.ShouldBe(Verdict.Pass);
        result.Checks[1].Detail.En.ShouldBe("1 of 2 signed by trusted keys");
        result.Findings.Single().Diagnostic.ShouldBe(SourceDiagnostics.Unsigned);
        result.Findings.Single().Origin.ShouldBe("commit " + unsigned);
        Rows(EvidencePaths.Commits)[1].Code.ShouldBe("CIC1001");
    }

    [Test]
    public async Task Run_WhenTheKeyIsNotTrusted_Fails()
    {
        Repository.SignWithStandIn("mallory");
        Module("one");
        (await Run(null)).Findings.Single().Diagnostic.ShouldBe(SourceDiagnostics.UnknownKey);
    }

    [Test]
    public async Task Run_WhenACommitWasAltered_Fails()
    {
        Module("one");
        var raw = Encoding.UTF8.GetString(Repository.RunBytes("cat-file", "commit", "HEAD"));
        var altered = Repository.WriteObject("commit", Encoding.UTF8.GetBytes(raw.Replace("\none\n", "\ntwo\n", StringComparison.Ordinal)));
        (await Run(null, altered)).Findings.Single().Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public async Task Run_WhenTheSignatureIsOfAnotherCommit_Fails()
    {
        Module("one");
        var first = Encoding.UTF8.GetString(Repository.RunBytes("cat-file", "commit", "HEAD"));
        Module("two");
        var second = Encoding.UTF8.GetString(Repository.RunBytes("cat-file", "commit", "HEAD"));
        var replayed = Repository.WriteObject("commit", Encoding.UTF8.GetBytes(second.Replace(Signature(second), Signature(first), StringComparison.Ordinal)));
        (await Run(Repository.Id("HEAD~1"), replayed)).Findings.Single().Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public async Task Run_WhenAHeaderWasAdded_Fails()
    {
        Module("one");
        var raw = Encoding.UTF8.GetString(Repository.RunBytes("cat-file", "commit", "HEAD"));
        var extended = Repository.WriteObject("commit", Encoding.UTF8.GetBytes(raw.Replace("gpgsig ", "x-note hidden\ngpgsig ", StringComparison.Ordinal)));
        (await Run(null, extended)).Findings.Single().Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
        var ignoredByGit = Repository.WriteObject("commit", Encoding.UTF8.GetBytes(raw.Replace("gpgsig ", "gpgsig-x hidden\ngpgsig ", StringComparison.Ordinal)));
        (await Run(null, ignoredByGit)).Findings.Single().Diagnostic.ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }

    [Test]
    public async Task Run_WhenTheArmourIsCutOff_Fails()
    {
        Module("one");
        var raw = Encoding.UTF8.GetString(Repository.RunBytes("cat-file", "commit", "HEAD"));
        var cut = Repository.WriteObject("commit", Encoding.UTF8.GetBytes(raw.Replace("\n -----END PGP SIGNATURE-----", "", StringComparison.Ordinal)));
        (await Run(null, cut)).Findings.Single().Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
    }

    [Test]
    public async Task Run_WhenManyAreRefused_ListsSomeAndCountsTheRest()
    {
        var tree = Repository.Id(Module("one", sign: false) + "^{tree}");
        var parent = Repository.Id("HEAD");
        for (var i = 0; i < SourceStage.MaxFindings + 5; i++)
        {
            parent = Repository.WriteSignedCommit(tree, [parent], $"{i}", "mallory");
        }

        var result = await Run(null, parent);
        result.Findings.Count.ShouldBe(SourceStage.MaxFindings + 1);
        result.Findings[^1].Diagnostic.ShouldBe(SourceDiagnostics.MoreRefused);
        result.Findings[^1].What.En.ShouldBe("6 more were refused");
        Rows(EvidencePaths.Commits).Count.ShouldBe(SourceStage.MaxFindings + 6);
        Progress.ShouldContain("commit 200 of 206");
    }

    [Test]
    public async Task Run_WithoutGoMod_IsAUsageError()
    {
        Repository.Write("README.md", "no module\n");
        Repository.Commit("one", sign: true);
        (await Refused(null)).ShouldBe(SourceDiagnostics.NoGoMod);
    }

    [Test]
    public async Task Run_WhenGoSumIsALink_IsNotCompliant()
    {
        File.CreateSymbolicLink(Repository.File("go.sum"), "other.sum");
        Module("one");
        (await Refused(null)).ShouldBe(SourceDiagnostics.UnsafeTree);
    }

    [Test]
    public async Task Run_WithoutCommitterKeys_IsAUsageError()
    {
        Module("one");
        Trust = new(1, [StandInSignatures.Key("alice", "example.com/another")]);
        (await Refused(null)).ShouldBe(SourceDiagnostics.NoCommitterKeys);
    }

    [Test]
    public async Task Run_WhenTheKeyIsTrustedForAnotherRepository_Fails()
    {
        Module("one");
        Trust = new(1, [StandInSignatures.Key("alice", "example.com/another"), StandInSignatures.Key("bob", "example.com/app")]);
        var result = await Run(null);
        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.Single().Diagnostic.ShouldBe(SourceDiagnostics.UnknownKey);
    }

    private static string Signature(string commit) =>
        commit[commit.IndexOf("gpgsig ", StringComparison.Ordinal)..(commit.IndexOf("-----END", StringComparison.Ordinal) + 10)];
}
