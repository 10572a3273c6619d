using CiCompliance.Diagnostics;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Git.Tests;

[TestFixture(GitEngine.LibGit2)]
[TestFixture(GitEngine.CatFile)]
public sealed class SourceCheckoutTests(GitEngine engine) : EngineFixture(engine)
{
    private string Destination => Repository.Scratch("checkout");

    [Test]
    public async Task Write_OfATree_GivesItsFilesAsTheyAreStored()
    {
        Repository.Write("a.txt", "one\r\n");
        Repository.Write("cmd/run.sh", "#!/bin/sh\n");
        Repository.Write(".gitattributes", "*.txt text eol=lf filter=evil export-subst\n");
        Repository.Run("config", "filter.evil.smudge", "echo smudged");
        File.SetUnixFileMode(Repository.File("cmd/run.sh"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Repository.File("cmd/link"), "../a.txt");
        var blob = Repository.WriteBlob("one\r\n");
        Repository.Run("add", "--all");
        Repository.Run("update-index", "--cacheinfo", "100644," + blob + ",a.txt");
        Repository.Run("commit", "--quiet", "--message=one");
        var entries = await Write("HEAD");

        (await File.ReadAllTextAsync(In("a.txt"))).ShouldBe("one\r\n");
        File.GetUnixFileMode(In("cmd/run.sh")).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        File.GetUnixFileMode(In("a.txt")).HasFlag(UnixFileMode.UserExecute).ShouldBeFalse();
        new FileInfo(In("cmd/link")).LinkTarget.ShouldBe("../a.txt");
        Directory.Exists(In(".git")).ShouldBeFalse();
        Rehash(entries).ShouldBeEmpty();
    }

    [Test]
    public async Task Write_OfManyFiles_GivesAllOfThem()
    {
        for (var i = 0; i < 1200; i++)
        {
            Repository.Write($"d{i % 40}/f{i}.txt", $"content {i}\n");
        }

        Repository.Commit("one");
        var entries = await Write("HEAD");
        entries.Count.ShouldBe(1200);
        Rehash(entries).ShouldBeEmpty();
        Directory.EnumerateFiles(Destination, "*", SearchOption.AllDirectories).Count().ShouldBe(1200);
    }

    [Test]
    public async Task Rehash_AfterChanges_NamesEachOfThem()
    {
        foreach (var name in new[] { "changed", "missing", "now-executable", "now-a-link", "now-a-folder", "now-a-pipe", "pipe-for-empty", "longer", "same" })
        {
            Repository.Write(name, name == "pipe-for-empty" ? "" : name);
        }

        Repository.Write("linked/inner.txt", "inner");
        File.CreateSymbolicLink(Repository.File("retargeted"), "same");
        Repository.Commit("one");
        var entries = await Write("HEAD");
        await File.WriteAllTextAsync(In("changed"), "CHANGED");
        File.Delete(In("missing"));
        File.SetUnixFileMode(In("now-executable"), (UnixFileMode)0b111_101_101);
        File.Move(In("now-a-link"), Repository.Scratch("moved"));
        File.CreateSymbolicLink(In("now-a-link"), Repository.Scratch("moved"));
        File.Delete(In("now-a-folder"));
        Directory.CreateDirectory(In("now-a-folder"));
        MakePipe("now-a-pipe");
        MakePipe("pipe-for-empty");
        await File.AppendAllTextAsync(In("longer"), "!");
        File.Delete(In("retargeted"));
        File.CreateSymbolicLink(In("retargeted"), "changed");
        Directory.Move(In("linked"), Repository.Scratch("elsewhere"));
        Directory.CreateSymbolicLink(In("linked"), Repository.Scratch("elsewhere"));
        await File.WriteAllTextAsync(In("extra.go"), "package main");
        Directory.CreateDirectory(In("vendor"));

        var findings = Rehash(entries);
        findings.ShouldAllBe(finding => finding.Diagnostic == SourceDiagnostics.CheckoutChanged);
        findings.Select(finding => finding.Origin).Distinct().ShouldBe(
            ["changed", "extra.go", "linked", "longer", "missing", "now-a-folder", "now-a-folder/", "now-a-link", "now-a-pipe", "now-executable", "pipe-for-empty", "retargeted", "vendor/"],
            ignoreOrder: true);
    }

    [TestCase("/etc/passwd")]
    [TestCase("..")]
    [TestCase("sub/../../x")]
    [TestCase("inner/../x")]
    [TestCase("")]
    public async Task Write_WhenALinkLeavesTheTree_IsRefused(string target)
    {
        Repository.Commit("one");
        var link = Repository.WriteBlob(target);
        var commit = Repository.WriteSignedCommit(Repository.WriteTree(("120000", "link", link)), [], "links");
        (await Refused(commit)).ShouldBe(SourceDiagnostics.UnsafeTree);
        File.Exists(In("link")).ShouldBeFalse();
    }

    [Test]
    public async Task Write_WhenASubmoduleIsThere_IsRefused()
    {
        var other = Repository.Commit("one");
        var commit = Repository.WriteSignedCommit(Repository.WriteTree(("160000", "lib", other)), [], "submodule");
        (await Refused(commit)).ShouldBe(SourceDiagnostics.Submodule);
    }

    [TestCase("..")]
    [TestCase(".")]
    [TestCase(".git")]
    [TestCase(".GIT")]
    [TestCase("a/b")]
    [TestCase("")]
    public async Task Write_WhenAPathIsUnsafe_IsRefused(string name)
    {
        Repository.Commit("one");
        var commit = Repository.WriteSignedCommit(Repository.WriteTree(("100644", name, Repository.WriteBlob("x"))), [], "unsafe");
        (await Refused(commit)).ShouldBe(SourceDiagnostics.UnsafeTree);
    }

    [Test]
    public async Task Write_WhenAFolderLeavesTheTree_IsRefused()
    {
        Repository.Commit("one");
        var inner = Repository.WriteTree(("100644", "x", Repository.WriteBlob("x")));
        (await Refused(Repository.WriteSignedCommit(Repository.WriteTree(("40000", "..", inner)), [], "unsafe"))).ShouldBe(SourceDiagnostics.UnsafeTree);
        (await Refused(Repository.WriteSignedCommit(Repository.WriteTree(("120000", "a", Repository.WriteBlob("/tmp")), ("40000", "a", inner)), [], "twice")))
            .ShouldBe(SourceDiagnostics.UnsafeTree);
    }

    [Test]
    public async Task Write_WhenNamesDifferInCase_IsRefused()
    {
        Repository.Commit("one");
        var blob = Repository.WriteBlob("x");
        (await Refused(Repository.WriteSignedCommit(Repository.WriteTree(("100644", "Main.go", blob), ("100644", "main.go", blob)), [], "case")))
            .ShouldBe(SourceDiagnostics.UnsafeTree);
        var folder = Repository.WriteTree(("100644", "x", blob));
        (await Refused(Repository.WriteSignedCommit(Repository.WriteTree(("40000", "A", folder), ("40000", "a", folder)), [], "case")))
            .ShouldBe(SourceDiagnostics.UnsafeTree);
    }

    [Test]
    public async Task Write_WhenTheTreeIsOutOfOrderOrHidesAFolder_IsRefused()
    {
        Repository.Commit("one");
        var blob = Repository.WriteBlob("x");
        (await Refused(Repository.WriteSignedCommit(Repository.WriteTree(("100644", "b", blob), ("100644", "a", blob)), [], "order"))).ShouldBe(SourceDiagnostics.UnsafeTree);
        (await Refused(Repository.WriteSignedCommit(Repository.WriteTree(("40000", "empty", Repository.WriteTree())), [], "empty"))).ShouldBe(SourceDiagnostics.UnsafeTree);
        (await Refused(Repository.WriteSignedCommit(Repository.WriteTree(("100664", "a", blob)), [], "mode"))).ShouldBe(SourceDiagnostics.UnsafeTree);
    }

    [Test]
    public async Task Write_WhenTheTreeIsCutOff_IsRefused()
    {
        Repository.Commit("one");
        var tree = Repository.WriteObject("tree", [.. "100644 a\0"u8, 1, 2, 3]);
        (await Refused(Repository.WriteSignedCommit(tree, [], "cut"))).ShouldBe(SourceDiagnostics.MalformedObject);
    }

    [Test]
    public async Task Write_OfATreeThatRepeatsItself_StopsAtTheLimit()
    {
        Repository.Commit("one");
        var blob = Repository.WriteBlob("x");
        var tree = Repository.WriteTree([.. Enumerable.Range(0, 5000).Select(i => ("100644", $"f{i:d4}", blob))]);
        for (var level = 0; level < 3; level++)
        {
            var inner = tree;
            tree = Repository.WriteTree([.. Enumerable.Range(0, 9).Select(i => ("40000", $"d{i}", inner))]);
        }

        (await Refused(Repository.WriteSignedCommit(tree, [], "bomb"))).ShouldBe(SourceDiagnostics.TooLarge);
    }

    [Test]
    public async Task Write_WhenABlobIsNotWhatItsIdSays_IsUndecided()
    {
        Repository.Write("a.txt", "good\n");
        Repository.Commit("one");
        Repository.WriteObject("blob", "evil\n"u8, Repository.Id("HEAD:a.txt"));
        (await Refused(Repository.Id("HEAD"))).Kind.ShouldBe(DiagnosticKind.Undecided);
    }

    [Test]
    public async Task Write_IntoAFolderThatIsInUse_IsUndecided()
    {
        Repository.Commit("one");
        Directory.CreateDirectory(Destination);
        await File.WriteAllTextAsync(In("go.work"), "");
        (await Refused(Repository.Id("HEAD"))).ShouldBe(SourceDiagnostics.CheckoutFailed);
    }

    private string In(string name) => Path.Combine(Destination, name);

    private Task<IReadOnlyList<GitTreeEntry>> Write(string revision) =>
        new SourceCheckout(Factory).WriteAsync(Repository.Path, Repository.Id(revision), Destination, CancellationToken.None);

    private IReadOnlyList<Finding> Rehash(IReadOnlyList<GitTreeEntry> entries) =>
        new SourceCheckout(Factory).Rehash(Destination, entries, CancellationToken.None);

    private async Task<Diagnostic> Refused(string commit) =>
        (await Should.ThrowAsync<CiComplianceException>(() => Write(commit))).Diagnostic;

    private void MakePipe(string name)
    {
        File.Delete(In(name));
        System.Diagnostics.Process.Start(Peers.Require("mkfifo"), ["-m", "644", In(name)]).WaitForExit();
    }
}
