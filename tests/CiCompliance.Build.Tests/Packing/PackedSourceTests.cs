using CiCompliance.Build.Packing;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.Packing;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PackedSourceTests : IDisposable
{
    private readonly GitRepositoryFixture repository = new();
    private readonly string commit;

    public PackedSourceTests()
    {
        repository.Write(".gitignore", "artifacts/\n");
        repository.Write("src/a.cs", "a\n");
        commit = repository.Commit("Begin");
    }

    public void Dispose() => repository.Dispose();

    [Test]
    public void Of_ACheckedOutCommit_IsThatCommit()
    {
        repository.Write("artifacts/tool", "built");

        var source = Source();

        source.Revision.ShouldBe(commit);
        source.VersionOf("1.2.3").ShouldBe("1.2.3");
    }

    [TestCase("src/a.cs", "changed\n")]
    [TestCase("src/b.cs", "added\n")]
    public void Of_AChangedWorkingTree_IsNoCommit(string file, string content)
    {
        repository.Write(file, content);
        Source().Revision.ShouldBe(commit + "-dirty");

        repository.Run("add", "--all");
        Source().Revision.ShouldBe(commit + "-dirty");

        repository.Commit("Go on");
        Source().IsDirty.ShouldBeFalse();
    }

    [Test]
    public void Of_AWorkingTreeWhoseUntrackedFilesGitIsToldToHide_IsNoCommit()
    {
        repository.Run("config", "status.showUntrackedFiles", "no");
        repository.Write("src/b.cs", "added\n");
        Source().IsDirty.ShouldBeTrue();
    }

    [TestCase("1.2.3", "1.2.3-dirty")]
    [TestCase("1.2.4-alpha.0.7", "1.2.4-alpha.0.7.dirty")]
    public void VersionOf_AWorkingTree_IsAPreReleaseOfItsOwn(string fromTags, string expected) =>
        new PackedSource(commit, IsDirty: true).VersionOf(fromTags).ShouldBe(expected);

    private PackedSource Source() => PackedSource.Of(arguments => repository.Run(arguments).Trim());
}
