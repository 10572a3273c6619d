using System.Diagnostics;
using CiCompliance.Diagnostics;
using CiCompliance.Policy;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Git.Tests;

/// <summary>Which engine serves what.</summary>
public sealed class GitRepositoryFactoryTests
{
    [Test]
    public void HasLibGit2_OnThisSystem_IsTrueForTheLibraryThatThePackageCarries()
    {
        GitRepositoryFactory.HasLibGit2.ShouldBeTrue();
        LibGit2.Name.ShouldBe($"git2-{LibGit2Sharp.GlobalSettings.Version.LibGit2CommitSha}");
    }

    [Test]
    public async Task Open_OfASha256Repository_FallsBackToCatFile()
    {
        using var repository = new GitRepositoryFixture("sha256");
        repository.Write("go.mod", "module example.com/app\n");
        repository.Write("sub/a.txt", "a\n");
        var head = repository.Commit("one");
        var factory = new GitRepositoryFactory();
        using var opened = factory.Open(repository.Path, CancellationToken.None);
        opened.Engine.ShouldBe("cat-file");
        opened.Format.ShouldBe(GitObjectFormat.Sha256);
        opened.Resolve("HEAD").ShouldBe(head);

        var entries = await new SourceCheckout(factory).WriteAsync(repository.Path, head, repository.Scratch("checkout"), CancellationToken.None);
        GitTree.ComputeId(entries, GitObjectFormat.Sha256).ShouldBe(repository.Id("HEAD^{tree}"));
        new SourceCheckout(factory).Rehash(repository.Scratch("checkout"), entries, CancellationToken.None).ShouldBeEmpty();
    }

    [Test]
    public void Open_OfASignedSha256Commit_TakesItsOwnSignature()
    {
        using var repository = new GitRepositoryFixture("sha256");
        repository.SignWithStandIn();
        var head = repository.Commit("one", sign: true);
        using var opened = new GitRepositoryFactory().Open(repository.Path, CancellationToken.None);
        new CommitVerifier(new ObjectJudge(new StandInSignatures(), [StandInSignatures.Key("alice")], SourcePolicy.Default, null)).Verify(new(opened.Read(head, 1 << 20), null)).Row.Verdict.ShouldBe(Verdict.Pass);
    }

    [Test]
    public void Open_WithTheLibraryOnly_RefusesASha256Repository()
    {
        using var repository = new GitRepositoryFixture("sha256");
        repository.Commit("one");
        Should.Throw<CiComplianceException>(() => new GitRepositoryFactory(GitEngine.LibGit2).Open(repository.Path, CancellationToken.None))
            .Diagnostic.ShouldBe(SourceDiagnostics.NoEngine);
    }

    [Test]
    public void Open_WhenAFolderOfTheTreeLooksLikeARepository_TakesTheRealOne()
    {
        using var repository = new GitRepositoryFixture();
        repository.Write("sub/HEAD", "ref: refs/heads/main\n");
        repository.Write("sub/objects/info/packs", "\n");
        repository.Write("sub/refs/heads/main", new string('a', 40) + "\n");
        var head = repository.Commit("one");
        using var opened = new GitRepositoryFactory().Open(repository.File("sub"), CancellationToken.None);
        opened.Resolve("HEAD").ShouldBe(head);
        opened.Prefix.ShouldBe("sub");
    }

    [Test]
    public void Open_WhenGitIsNotWhereItShouldBe_IsAUsageError()
    {
        using var repository = new GitRepositoryFixture();
        Should.Throw<CiComplianceException>(() => new GitRepositoryFactory(GitEngine.CatFile, "/nonexistent/git").Open(repository.Path, CancellationToken.None))
            .Diagnostic.ShouldBe(SourceDiagnostics.NoEngine);
    }

    [TestCase("#!/bin/sh\nexit 1\n")]
    [TestCase("#!/bin/sh\nread a; echo nonsense\nread a; sleep 1\n")]
    [TestCase("#!/bin/sh\nhead -c 100000 /dev/zero\n")]
    [TestCase("#!/bin/sh\nread a; echo x blob 3; printf ab\n")]
    public void Open_WhenGitAnswersNonsense_IsUndecided(string script)
    {
        using var repository = new GitRepositoryFixture();
        var fake = repository.Scratch("fake-git");
        File.WriteAllText(fake, script);
        File.SetUnixFileMode(fake, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Should.Throw<CiComplianceException>(() => new GitRepositoryFactory(GitEngine.CatFile, fake).Open(repository.Path, CancellationToken.None))
            .Diagnostic.ShouldBe(SourceDiagnostics.EngineFailed);
    }

    [Test]
    public void CopyBlob_WhenTheDestinationFails_AnswersNothingFromTheMiddle()
    {
        using var repository = new GitRepositoryFixture();
        var head = repository.Commit("one");
        var blob = repository.WriteBlob(new string('x', 200_000));
        using var opened = new GitRepositoryFactory(GitEngine.CatFile).Open(repository.Path, CancellationToken.None);
        using var full = new MemoryStream(new byte[100], writable: true);
        Should.Throw<NotSupportedException>(() => opened.CopyBlob(blob, full, 1 << 20));
        Should.Throw<CiComplianceException>(() => opened.Read(head, 1 << 20)).Diagnostic.ShouldBe(SourceDiagnostics.EngineFailed);
    }

    [Test]
    public void Open_WhenAnotherUserOwnsTheRepository_ReadsIt()
    {
        using var repository = new GitRepositoryFixture();
        var head = repository.Commit("one");
        using (var chown = Process.Start(Peers.Require("chown"), ["-R", "65534", repository.Path]))
        {
            chown.WaitForExit();
            if (chown.ExitCode != 0)
            {
                Assert.Ignore("needs the right to chown");
            }
        }

        using var opened = new GitRepositoryFactory().Open(repository.Path, CancellationToken.None);
        opened.Read(opened.Resolve("HEAD")!, 1 << 20).Oid.ShouldBe(head);
    }
}
