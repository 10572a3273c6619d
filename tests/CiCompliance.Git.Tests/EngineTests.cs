using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Git.Tests;

/// <summary>What both engines do alike, on SHA-1 repositories.</summary>
[TestFixture(GitEngine.LibGit2)]
[TestFixture(GitEngine.CatFile)]
public sealed class EngineTests(GitEngine engine) : EngineFixture(engine)
{
    [Test]
    public void Read_OfEveryType_GivesTheStoredBytes()
    {
        Repository.Write("sub/a.txt", "hello\n");
        Repository.Commit("one");
        Repository.Run("tag", "--annotate", "--message=release", "v1.0.0");
        using var opened = Open();

        foreach (var (revision, type) in new[] { ("HEAD", "commit"), ("HEAD^{tree}", "tree"), ("HEAD:sub/a.txt", "blob"), ("v1.0.0", "tag") })
        {
            var oid = Repository.Id(revision);
            var read = opened.Read(oid, 1 << 20);
            read.Type.ShouldBe(type);
            read.Oid.ShouldBe(oid);
            read.Raw.ShouldBe(Repository.RunBytes("cat-file", type, oid));
        }
    }

    [Test]
    public void Read_FromAPack_GivesTheStoredBytes()
    {
        for (var i = 0; i < 20; i++)
        {
            Repository.Write("a.txt", string.Concat(Enumerable.Range(0, 500).Select(n => $"line {n * (i + 1)}\n")));
            Repository.Commit($"commit {i}");
        }

        Repository.Run("gc", "--quiet", "--aggressive");
        using var opened = Open();
        foreach (var line in Repository.Run("rev-list", "--objects", "--no-object-names", "HEAD").Trim().Split('\n'))
        {
            opened.Read(line, 1 << 20).Oid.ShouldBe(line);
        }
    }

    [Test]
    public void Read_WhenTheObjectIsMissing_IsUndecided()
    {
        Repository.Commit("one");
        using var opened = Open();
        Refused(() => opened.Read(new string('a', 40), 100)).ShouldBe(SourceDiagnostics.MissingObject);
        opened.Read(Repository.Id("HEAD"), 1 << 20).Type.ShouldBe("commit");
    }

    [Test]
    public void Read_WhenTheStoreLies_IsUndecided()
    {
        Repository.Write("a.txt", "good\n");
        Repository.Commit("one");
        var oid = Repository.Id("HEAD:a.txt");
        Repository.WriteObject("blob", "evil\n"u8, oid);
        using var opened = Open();
        var refused = Refused(() => opened.Read(oid, 100));
        refused.Kind.ShouldBe(DiagnosticKind.Undecided);
        if (opened.Engine == "libgit2")
        {
            // git itself may call such an object missing or unreadable.
            refused.ShouldBe(SourceDiagnostics.CorruptObject);
        }
    }

    [Test]
    public void CopyBlob_WhenTheStoreLies_IsUndecided()
    {
        Repository.Commit("one");
        var oid = Repository.WriteBlob("good\n");
        Repository.WriteObject("blob", "evil\n"u8, oid);
        using var opened = Open();
        Refused(() => opened.CopyBlob(oid, Stream.Null, 100)).Kind.ShouldBe(DiagnosticKind.Undecided);
    }

    [Test]
    public void Read_WhenLargerThanAllowed_IsUndecided()
    {
        Repository.Commit("one");
        var oid = Repository.WriteBlob(new string('x', 1000));
        using var opened = Open();
        Refused(() => opened.Read(oid, 999)).ShouldBe(SourceDiagnostics.TooLarge);
        using var again = Open();
        again.Read(oid, 1000).Raw.Length.ShouldBe(1000);
    }

    [Test]
    public void CopyBlob_OfALargeBlob_GivesItsBytes()
    {
        var content = new byte[3_000_001];
        for (var i = 0; i < content.Length; i++)
        {
            content[i] = (byte)(i * 7919 >> 3);
        }

        Repository.Commit("one");
        var oid = Repository.WriteObject("blob", content);
        using var opened = Open();
        using var copy = new MemoryStream();
        opened.CopyBlob(oid, copy, 1 << 22).ShouldBe(content.Length);
        copy.ToArray().ShouldBe(content);
    }

    [Test]
    public void CopyBlob_OfACommit_IsRefused()
    {
        var oid = Repository.Commit("one");
        using var opened = Open();
        Refused(() => opened.CopyBlob(oid, Stream.Null, 1 << 20)).ShouldBe(SourceDiagnostics.MalformedObject);
    }

    [TestCase("HEAD")]
    [TestCase("main")]
    [TestCase("refs/heads/main")]
    [TestCase("HEAD~1")]
    [TestCase("v1.0.0")]
    [TestCase("v1.0.0^{commit}")]
    [TestCase("both")]
    public void Resolve_GivesWhatGitGives(string revision)
    {
        Repository.Commit("one");
        Repository.Run("branch", "both");
        Repository.Commit("two");
        Repository.Run("tag", "both");
        Repository.Run("tag", "--annotate", "--message=release", "v1.0.0");
        using var opened = Open();
        opened.Resolve(revision).ShouldBe(Repository.Id(revision));
    }

    [TestCase("absent")]
    [TestCase("HEAD~7")]
    [TestCase("0000000000000000000000000000000000000000")]
    [TestCase("--all")]
    [TestCase("a b")]
    [TestCase("HEAD missing")]
    [TestCase("..")]
    public void Resolve_WhenUnknown_IsNull(string revision)
    {
        Repository.Commit("one");
        using var opened = Open();
        opened.Resolve(revision).ShouldBeNull();
        opened.Resolve("HEAD").ShouldBe(Repository.Id("HEAD"));
    }

    [Test]
    public void Read_OfARef_IsRefused()
    {
        Repository.Commit("one");
        using var opened = Open();
        Refused(() => opened.Read("HEAD", 1 << 20)).ShouldBe(SourceDiagnostics.MalformedObject);
    }

    [Test]
    public void Read_WhenReplaced_GivesTheOriginal()
    {
        var first = Repository.Commit("one");
        var second = Repository.Commit("two");
        using (var before = Open())
        {
            before.HasRewrites.ShouldBeFalse();
        }

        Repository.Run("replace", second, first);
        using var opened = Open();
        opened.HasRewrites.ShouldBeTrue();
        Encoding.UTF8.GetString(opened.Read(second, 1 << 20).Raw).ShouldEndWith("two\n");
        Repository.Run("pack-refs", "--all");
        opened.HasRewrites.ShouldBeTrue();
    }

    [Test]
    public void Read_WhenGrafted_GivesTheOriginalParents()
    {
        var first = Repository.Commit("one");
        var second = Repository.Commit("two");
        Directory.CreateDirectory(Repository.File(".git/info"));
        File.WriteAllText(Repository.File(".git/info/grafts"), second + "\n");
        using var opened = Open();
        opened.HasRewrites.ShouldBeTrue();
        CommitObject.Parse(opened.Read(second, 1 << 20).Raw).Parents.ShouldBe([first]);
    }

    [Test]
    public void Open_InASubfolder_KnowsWhereItIs()
    {
        Repository.Write("services/api/go.mod", "module example.com/api\n");
        Repository.Commit("one");
        using var opened = Factory.Open(Repository.File("services/api"), CancellationToken.None);
        opened.Prefix.ShouldBe("services/api");
        opened.Engine.ShouldBe(Engine == GitEngine.LibGit2 ? "libgit2" : "cat-file");
    }

    [Test]
    public void Open_OfALinkedWorkingTree_ReadsItsOwnHead()
    {
        Repository.Commit("one");
        Repository.Run("worktree", "add", "--quiet", "-b", "other", Repository.Scratch("linked"));
        Repository.Commit("two");
        using var opened = Factory.Open(Repository.Scratch("linked"), CancellationToken.None);
        opened.Resolve("HEAD").ShouldBe(Repository.Id("other"));
        opened.IsShallow.ShouldBeFalse();
    }

    [Test]
    public void Open_OfABareRepository_Works()
    {
        Repository.Commit("one");
        Repository.Run("clone", "--quiet", "--bare", ".", Repository.Scratch("bare.git"));
        using var opened = Factory.Open(Repository.Scratch("bare.git"), CancellationToken.None);
        opened.Resolve("HEAD").ShouldBe(Repository.Id("HEAD"));
        opened.Prefix.ShouldBe("");
    }

    [Test]
    public void Open_OfAShallowClone_SaysSo()
    {
        Repository.Commit("one");
        Repository.Commit("two");
        Repository.Run("clone", "--quiet", "--depth=1", "file://" + Repository.Path, Repository.Scratch("shallow"));
        using var opened = Factory.Open(Repository.Scratch("shallow"), CancellationToken.None);
        opened.IsShallow.ShouldBeTrue();
    }

    [Test]
    public void Open_OutsideARepository_IsAUsageError() =>
        Refused(() => Factory.Open(Repository.Home, CancellationToken.None)).ShouldBe(SourceDiagnostics.NotARepository);

    [Test]
    public void Open_WithAGitFileThatLeadsNowhere_IsAUsageError()
    {
        Directory.CreateDirectory(Repository.Scratch("lost"));
        File.WriteAllText(Repository.Scratch("lost/.git"), "gitdir: /nowhere/at/all\n");
        Refused(() => Factory.Open(Repository.Scratch("lost"), CancellationToken.None)).ShouldBe(SourceDiagnostics.NotARepository);
    }

    [Test]
    public void Read_InAPartialClone_FetchesNothing()
    {
        Repository.Write("a.txt", "hello\n");
        Repository.Commit("one");
        Repository.Run("config", "uploadpack.allowFilter", "true");
        Repository.Run("clone", "--quiet", "--no-checkout", "--filter=blob:none", "file://" + Repository.Path, Repository.Scratch("partial"));
        var oid = Repository.Id("HEAD:a.txt");
        using var opened = Factory.Open(Repository.Scratch("partial"), CancellationToken.None);
        Refused(() => opened.Read(oid, 100)).Kind.ShouldBe(DiagnosticKind.Undecided);
        Directory.EnumerateFiles(Repository.Scratch("partial/.git/objects"), "*.pack", SearchOption.AllDirectories).Count().ShouldBe(1);
    }

    [Test]
    public void Open_WhenTheRepositoryConfiguresPrograms_RunsNone()
    {
        var oid = Repository.Commit("one");
        var mark = Repository.Scratch("mark");
        foreach (var key in new[] { "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "gpg.program", "core.gitProxy", "core.askPass", "core.alternateRefsCommand" })
        {
            Repository.Run("config", key, $"touch {mark}; false");
        }

        using var opened = Open();
        opened.Read(opened.Resolve("HEAD")!, 1 << 20).Oid.ShouldBe(oid);
        Refused(() => opened.Read(new string('b', 40), 100)).Kind.ShouldBe(DiagnosticKind.Undecided);
        File.Exists(mark).ShouldBeFalse();
    }

    [Test]
    public void Open_WhenTheEnvironmentNamesAnotherRepository_IgnoresIt()
    {
        var oid = Repository.Commit("one");
        using var other = new GitRepositoryFixture();
        other.Commit("other");
        Environment.SetEnvironmentVariable("GIT_DIR", other.File(".git"));
        Environment.SetEnvironmentVariable("GIT_OBJECT_DIRECTORY", other.File(".git/objects"));
        try
        {
            using var opened = Open();
            opened.Read(opened.Resolve("HEAD")!, 1 << 20).Oid.ShouldBe(oid);
        }
        finally
        {
            Environment.SetEnvironmentVariable("GIT_DIR", null);
            Environment.SetEnvironmentVariable("GIT_OBJECT_DIRECTORY", null);
        }
    }

    [Test]
    public void Read_AfterCancellation_Throws()
    {
        var oid = Repository.Commit("one");
        using var source = new CancellationTokenSource();
        using var opened = Factory.Open(Repository.Path, source.Token);
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => opened.Read(oid, 1 << 20));
    }

    [Test]
    public void Tree_OfANestedRepository_ListsAsGitDoes()
    {
        foreach (var name in new[] { "a.b/x", "a/x", "a-b", "a0", "z/y/x/w.txt", "名字.txt", "tab\there", "run.sh" })
        {
            Repository.Write(name, name);
        }

        File.SetUnixFileMode(Repository.File("run.sh"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Repository.File("link"), "a/x");
        Repository.Commit("one");
        using var opened = Open();
        var entries = GitTreeReader.Read(opened, Repository.Id("HEAD^{tree}"));
        var listing = Repository.RunBytes("ls-tree", "-r", "-z", "--full-tree", "HEAD");
        GitTree.ToListing(entries).ShouldBe(listing);
        GitTree.ComputeId(GitTree.ParseListing(listing, GitObjectFormat.Sha1), GitObjectFormat.Sha1).ShouldBe(Repository.Id("HEAD^{tree}"));
    }
}
