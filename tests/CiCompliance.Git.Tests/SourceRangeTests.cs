using System.Globalization;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Pipeline;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Git.Tests;

/// <summary>What the <c>source</c> stage takes for the range: revisions, tags and clones of odd kinds.</summary>
[TestFixture(GitEngine.LibGit2)]
[TestFixture(GitEngine.CatFile)]
public sealed class SourceRangeTests(GitEngine engine) : StageFixture(engine)
{
    [Test]
    public async Task Run_WhenATagHasTheNameOfTheBaseBranch_RefusesToChoose()
    {
        var start = Module("one");
        var second = Module("two");
        Module("three");
        Repository.Run("update-ref", "refs/remotes/origin/main", start);
        (await Run("origin/main")).Verdict.ShouldBe(Verdict.Pass);
        Repository.Run("update-ref", "refs/tags/origin/main", second);
        (await Refused("origin/main")).ShouldBe(SourceDiagnostics.UnknownRevision);
        (await Run("refs/remotes/origin/main")).Verdict.ShouldBe(Verdict.Pass);
        Record.Base.ShouldBe(start);
    }

    [Test]
    public async Task Run_WhenABranchHasTheNameOfAShortId_RefusesToChoose()
    {
        var start = Module("one");
        var second = Module("two");
        Module("three");
        Repository.Run("update-ref", "refs/tags/" + start[..10], second);
        (await Refused(start[..10])).ShouldBe(SourceDiagnostics.UnknownRevision);
    }

    [Test]
    public async Task Run_WithoutBase_VerifiesAllHistory()
    {
        Module("one");
        Module("two");
        (await Run(null)).Verdict.ShouldBe(Verdict.Pass);
        Record.Commits.ShouldBe(2);
        Record.Base.ShouldBeNull();
    }

    [Test]
    public async Task Run_WhenTheBaseIsTheHead_IsAUsageError()
    {
        var head = Module("one");
        (await Refused(head)).ShouldBe(SourceDiagnostics.EmptyRange);
    }

    [Test]
    public async Task Run_AfterAForcePush_IsNotCompliant()
    {
        Module("one");
        var protectedBase = Module("two");
        Repository.Run("reset", "--quiet", "--hard", "HEAD~1");
        Module("rewritten");
        var refused = await Refused(protectedBase);
        refused.ShouldBe(SourceDiagnostics.BaseNotAncestor);
        ExitCode.From(refused.Kind).ShouldBe(1);
    }

    [Test]
    public async Task Run_WhenTheHeadIsBehindTheBase_IsNotCompliant()
    {
        var first = Module("one");
        var second = Module("two");
        (await Refused(second, first)).ShouldBe(SourceDiagnostics.BaseNotAncestor);
    }

    [TestCase("tree TREE\ncommitter A <a@b> 1 +0000\n\nx\n")]
    [TestCase("tree TREE\r\nauthor A <a@b> 1 +0000\r\ncommitter A <a@b> 1 +0000\r\n\r\nx\r\n")]
    [TestCase("tree 6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n")]
    [TestCase("")]
    public async Task Run_OfACommitThatLibrariesCannotParse_IsNotCompliant(string content)
    {
        var start = Module("one");
        var oid = Repository.WriteObject("commit", Encoding.ASCII.GetBytes(content.Replace("TREE", Repository.Id("HEAD^{tree}"), StringComparison.Ordinal)));
        (await Refused(start, oid)).ShouldBe(SourceDiagnostics.MalformedObject);
    }

    [TestCase("0000000000000000000000000000000000000000")]
    [TestCase("absent")]
    [TestCase("HEAD\nHEAD")]
    [TestCase("")]
    [TestCase("HEAD:go.mod")]
    [TestCase(" ")]
    [TestCase("\u3000")]
    public async Task Run_WhenARevisionIsUnknown_IsAUsageError(string revision)
    {
        Module("one");
        (await Refused(null, revision)).ShouldBe(SourceDiagnostics.UnknownRevision);
        (await Refused(revision)).ShouldBe(SourceDiagnostics.UnknownRevision);
    }

    [Test]
    public async Task Run_InAShallowClone_SaysWhatToType()
    {
        Module("one");
        Module("two");
        Repository.Run("clone", "--quiet", "--depth=1", "file://" + Repository.Path, Repository.Scratch("shallow"));
        var refused = await Should.ThrowAsync<CiComplianceException>(() => Run(null, project: Repository.Scratch("shallow")));
        refused.Diagnostic.ShouldBe(SourceDiagnostics.ShallowClone);
        refused.Message.ShouldContain("git fetch --unshallow");
    }

    [Test]
    public async Task Run_InAPartialClone_IsUndecided()
    {
        Module("one");
        Repository.Run("config", "uploadpack.allowFilter", "true");
        Repository.Run("clone", "--quiet", "--no-checkout", "--filter=tree:0", "file://" + Repository.Path, Repository.Scratch("partial"));
        var refused = await Should.ThrowAsync<CiComplianceException>(() => Run(null, project: Repository.Scratch("partial")));
        ExitCode.From(refused.Diagnostic.Kind).ShouldBe(3);
    }

    [Test]
    public async Task Run_WhenReplaceRefsHideACommit_VerifiesTheRealOne()
    {
        var signed = Module("one");
        var unsigned = Module("two", sign: false);
        Repository.Run("replace", unsigned, signed);
        var result = await Run(null);
        result.Findings.Select(finding => finding.Diagnostic).ShouldBe([SourceDiagnostics.RewritesIgnored, SourceDiagnostics.Unsigned]);
    }

    [Test]
    public async Task Run_WhenOnlyReplaceRefsAreOdd_PassesWithANotice()
    {
        var first = Module("one");
        Repository.Run("replace", "--graft", Module("two"), first);
        var result = await Run(null);
        result.Verdict.ShouldBe(Verdict.Pass);
        result.Findings.Single().Diagnostic.ShouldBe(SourceDiagnostics.RewritesIgnored);
    }

    [Test]
    public async Task Run_WhenTheBranchMovedSinceTheRunBegan_IsUndecided()
    {
        MovedFrom = Module("one");
        Module("two");
        (await Refused(null)).ShouldBe(SourceDiagnostics.RevisionMoved);
    }

    [Test]
    public async Task Run_OfASignedTag_RecordsIt()
    {
        var head = Module("one");
        Repository.Run("tag", "--sign", "--message=release", "v1.0.0");
        var result = await Run(null, "v1.0.0");
        result.Verdict.ShouldBe(Verdict.Pass);
        result.Checks[^1].Id.ShouldBe("source.tag");
        Record.Tag.ShouldBe("v1.0.0");
        Record.Commit.ShouldBe(head);
        var row = Rows(EvidencePaths.Tags).Single();
        (row.Oid, row.Type, row.KeyIds.Single()).ShouldBe((Repository.Id("v1.0.0"), "tag", "alice"));
        (await Run(null, Repository.Id("v1.0.0"))).Verdict.ShouldBe(Verdict.Pass);
    }

    [Test]
    public async Task Run_OfAnUnsignedTag_Fails()
    {
        Module("one");
        Repository.Run("tag", "--annotate", "--message=release", "v1.0.0");
        var result = await Run(null, "v1.0.0");
        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.Single().Origin.ShouldStartWith("tag ");
    }

    [Test]
    public async Task Run_OfATagMovedToAnotherName_IsNotCompliant()
    {
        Module("one");
        Repository.Run("tag", "--sign", "--message=release", "v1.0.0");
        Repository.Run("update-ref", "refs/tags/v2.0.0", Repository.Id("v1.0.0"));
        (await Refused(null, "v2.0.0")).ShouldBe(SourceDiagnostics.TagRenamed);
    }

    [Test]
    public async Task Run_WhenATagLiesAboutItsTarget_IsNotCompliant()
    {
        var head = Module("one");
        var tag = Repository.WriteObject("tag", Encoding.UTF8.GetBytes($"object {head}\ntype tree\ntag v1\ntagger A <a@b> 1 +0000\n\nx\n"));
        (await Refused(null, tag)).ShouldBe(SourceDiagnostics.MalformedObject);
    }

    [Test]
    public async Task Run_AcrossAMergeOfAnOldBranch_LinksItToTheBase()
    {
        var tree = Repository.Id(Module("0") + "^{tree}");
        var root = Repository.Id("HEAD");
        var main = new List<string> { root };
        for (var i = 1; i < 6; i++)
        {
            main.Add(Repository.WriteSignedCommit(tree, [main[^1]], i.ToString(CultureInfo.InvariantCulture)));
        }

        var branch = Repository.WriteSignedCommit(tree, [main[2]], "branch");
        var merge = Repository.WriteSignedCommit(tree, [main[5], branch], "merge");
        var result = await Run(main[5], merge);

        result.Verdict.ShouldBe(Verdict.Pass);
        Rows(EvidencePaths.Commits).Select(row => row.Oid).ShouldBe([merge, branch]);
        var ancestry = Lines(EvidencePaths.Ancestry).Select(line => AncestryRow.Parse(line)).ToList();
        ancestry.Select(row => row.Oid).ShouldBe([main[5], main[4], main[3], main[2]]);
        ancestry.ShouldAllBe(row => GitObjectId.Compute("commit", row.Raw, GitObjectFormat.Sha1) == row.Oid);
    }
}
