using System.Text;
using CiCompliance.Go;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

public sealed class GitModuleSourceTests
{
    private const string Root = GitSourceFixture.Root;
    private GitSourceFixture fixture = null!;

    [SetUp]
    public void SetUp()
    {
        fixture = new();
        fixture.GoMod("go.mod", Root);
        fixture.Git.Commit("first");
    }

    [TearDown]
    public void TearDown() => fixture.Dispose();

    [Test]
    public async Task ResolveLatest_TakesAReleaseBeforeAPrereleaseBeforeTheHead()
    {
        (await LatestAsync()).ShouldMatch("^v0\\.0\\.0-[0-9]{14}-[0-9a-f]{12}$");
        fixture.Git.Run("tag", "v1.0.0-rc.9");
        fixture.Git.Run("tag", "v1.0.0-rc.10");
        (await LatestAsync()).ShouldBe("v1.0.0-rc.10");
        fixture.Git.Run("tag", "v0.9.0");
        (await LatestAsync()).ShouldBe("v0.9.0");
        (await fixture.VersionAsync("latest")).ShouldBe("v0.9.0");
    }

    [Test]
    public async Task ResolveLatest_WhenThereIsNoCommit_IsNotFound()
    {
        using var empty = new GitRepositoryFixture();
        fixture.Create(new(), "file://" + empty.Path);
        (await fixture.Source.ListAsync(Root, CancellationToken.None)).ShouldBeEmpty();
        await Should.ThrowAsync<ModuleNotFoundException>(LatestAsync);
    }

    [Test]
    public async Task Versions_OfTagsPushedJustNow_AreThere()
    {
        fixture.Git.Run("tag", "v1.0.0");
        (await fixture.VersionAsync("v1.0.0")).ShouldBe("v1.0.0");
        fixture.Git.Run("tag", "v1.0.1");
        (await fixture.VersionAsync("v1.0.1")).ShouldBe("v1.0.1");
    }

    [Test]
    public async Task Versions_OfMovedTags_AreOfOneCommitWhileTheListingServes()
    {
        fixture.Git.Run("tag", "v1.0.0");
        var before = await fixture.ResolveAsync("v1.0.0");
        fixture.Git.Write("a.go", "package a\n");
        fixture.Git.Commit("second");
        fixture.Git.Run("tag", "--force", "v1.0.0");
        (await fixture.ResolveAsync("v1.0.0")).ShouldBe(before);
        (await fixture.FilesAsync("v1.0.0")).ShouldBe(["go.mod"]);
        fixture.Create(new() { RefsLifetime = TimeSpan.Zero });
        (await fixture.FilesAsync("v1.0.0")).ShouldBe(["a.go", "go.mod"], ignoreOrder: true);
    }

    [Test]
    public async Task Commits_OfPullRequestsAlone_AreNotFound()
    {
        fixture.Git.Write("evil.go", "package a\n");
        var commit = fixture.Git.Commit("of a stranger");
        fixture.Git.Run("update-ref", "refs/pull/1/head", commit);
        fixture.Git.Run("reset", "--quiet", "--hard", "HEAD~1");
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ResolveAsync(commit));
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ResolveAsync(commit[..12]));
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ResolveAsync("refs/pull/1/head"));
    }

    [Test]
    public async Task Commits_BetweenTags_AreFoundBeforeAndAfterAWholeFetch()
    {
        fixture.Git.Run("tag", "v1.0.0");
        fixture.Git.Write("a.go", "package a\n");
        var second = fixture.Git.Commit("second");
        fixture.Git.Write("b.go", "package a\n");
        fixture.Git.Commit("third");
        (await fixture.VersionAsync("v1.0.0")).ShouldBe("v1.0.0");
        var version = await fixture.VersionAsync(second[..8]);
        version.ShouldStartWith("v1.0.1-0.");
        fixture.Git.Write("c.go", "package a\n");
        fixture.Git.Commit("fourth");
        fixture.Git.Run("tag", "v1.1.0");
        (await fixture.FilesAsync("v1.1.0")).Count.ShouldBe(4);
        (await fixture.FilesAsync(version)).ShouldBe(["a.go", "go.mod"], ignoreOrder: true);
        (await fixture.VersionAsync(second)).ShouldBe(version);
    }

    [Test]
    public async Task Tags_OfNoCommit_AreNotFound()
    {
        fixture.Git.Run("tag", "v1.0.0", "HEAD:go.mod");
        fixture.Git.Run("tag", "v1.1.0", "HEAD^{tree}");
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ResolveAsync("v1.0.0"));
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ResolveAsync("v1.1.0"));
    }

    [Test]
    public async Task ReadGoMod_WhenThereIsNone_MakesOne()
    {
        File.Delete(fixture.Git.File("go.mod"));
        fixture.Git.Write("a.go", "package a\n");
        fixture.Git.Commit("none");
        var version = await fixture.VersionAsync("main");
        Encoding.UTF8.GetString(await fixture.Source.ReadGoModAsync(new(Root, version), CancellationToken.None)).ShouldBe($"module {Root}\n");
        (await fixture.FilesAsync(version)).ShouldBe(["a.go"]);
    }

    [TestCase("main")]
    [TestCase("v1")]
    [TestCase("v1.0.0+meta")]
    public async Task Downloads_OfVersionsThatAreNotCanonical_AreNotFound(string version)
    {
        fixture.Git.Run("tag", "v1.0.0");
        fixture.Git.Run("tag", "v1.0.0+meta");
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ZipAsync(version));
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.Source.ReadGoModAsync(new(Root, version), CancellationToken.None));
    }

    [Test]
    public async Task Downloads_OfBranchesNamedAsVersions_AreNotFound()
    {
        fixture.Git.Run("branch", "v1.0.0");
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ResolveAsync("v1.0.0"));
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ZipAsync("v1.0.0"));
    }

    [TestCase("go.mod", "go.mod")]
    [TestCase("LICENSE", "LICENSE")]
    public async Task Downloads_OfLargeFilesThatTheGoCommandReadsWhole_AreRefused(string file, string named)
    {
        fixture.Git.Write(file, $"module {Root}\n" + new string('\n', 16 << 20));
        fixture.Git.Commit("large");
        fixture.Git.Run("tag", "v1.0.0");
        (await Should.ThrowAsync<ModuleSourceException>(() => fixture.ZipAsync("v1.0.0"))).Message.ShouldContain(named);
    }

    [Test]
    public async Task Repositories_OfSha256_CanNotBeRead()
    {
        using var other = new GitRepositoryFixture("sha256");
        other.Commit("first");
        fixture.Create(new(), "file://" + other.Path);
        (await Should.ThrowAsync<ModuleSourceException>(() => fixture.ResolveAsync("main"))).Message.ShouldContain("SHA-1");
    }

    [TestCase("-v")]
    [TestCase("--upload-pack=touch /tmp/x")]
    [TestCase("a..b")]
    [TestCase("main:go.mod")]
    [TestCase("main^{tree}")]
    [TestCase("HEAD~1")]
    [TestCase("HEAD^")]
    [TestCase("@")]
    [TestCase("@{-1}")]
    [TestCase("main@{1}")]
    [TestCase(":/first")]
    [TestCase("../x")]
    [TestCase("/main")]
    [TestCase("main/")]
    [TestCase("main\nv1.0.0")]
    [TestCase("main\0")]
    [TestCase("a b")]
    [TestCase("*")]
    [TestCase("")]
    public async Task Queries_ThatAreExpressions_ReachNoGit(string query)
    {
        var runner = new RecordingRunner();
        fixture.Create(new(), processes: runner);
        var e = await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ResolveAsync(query));
        e.Message.Any(char.IsControl).ShouldBeFalse();
        runner.Requests.ShouldAllBe(request => request.Arguments.Contains("ls-remote") && !request.Arguments.Contains(query));
    }

    [TestCase("example.test/repo.git/../x")]
    [TestCase("example.test/repo.git/./x")]
    [TestCase("example.test/repo.git/a:b")]
    [TestCase("example.test/repo.git/a b")]
    [TestCase("example.test/repo.git/.git")]
    [TestCase("example.test/repo.git/v1")]
    [TestCase("example.test/repo.git//x")]
    [TestCase("example.test/repo.git/x\n")]
    [TestCase("example.test/repo.gitx")]
    [TestCase("other.test/repo.git")]
    [TestCase("--upload-pack=id")]
    [TestCase("")]
    public async Task Paths_ThatAreNoModulesHere_ReachNoGit(string path)
    {
        var runner = new RecordingRunner();
        fixture.Create(new(), processes: runner);
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.Source.ListAsync(path, CancellationToken.None));
        runner.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task Filters_AndHooks_AreNotRun()
    {
        var marker = fixture.Scratch("ran");
        fixture.Git.Write(".gitattributes", "*.go filter=evil\n");
        fixture.Git.Write("a.go", "package a\n");
        fixture.Git.Commit("filtered");
        fixture.Git.Run("tag", "v1.0.0");
        (await fixture.VersionAsync("v1.0.0")).ShouldBe("v1.0.0");
        foreach (var home in new[] { Path.Combine(fixture.Work, "home", ".gitconfig"), Path.Combine(fixture.Work, "home", "git", "config") })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(home)!);
            await File.WriteAllTextAsync(home, $"[filter \"evil\"]\n\tsmudge = touch {marker}\n[core]\n\tfsmonitor = touch {marker}\n");
        }

        await fixture.FilesAsync("v1.0.0");
        await fixture.VersionAsync("main");
        File.Exists(marker).ShouldBeFalse();
    }

    private async Task<string> LatestAsync() => (await fixture.Source.ResolveLatestAsync(Root, CancellationToken.None)).Version;
}
