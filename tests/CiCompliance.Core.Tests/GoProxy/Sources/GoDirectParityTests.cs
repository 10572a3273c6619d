using System.Globalization;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>The same versions, times and hashes, and the same refusals, as the real go command with GOPROXY=direct.</summary>
[Category(Peers.Category)]
public sealed class GoDirectParityTests : GoDirectParity
{
    [Test]
    public async Task Tags_BranchesAndCommits_AreTheSameVersions()
    {
        var git = Fixture.Git;
        git.Write("a.go", "package a\n");
        var first = git.Commit("first");
        await SameAsync("main");
        Fixture.GoMod("go.mod", Root, "1.19");
        git.Commit("second");
        git.Run("tag", "v0.1.0");
        git.Write("b.go", "package a\n");
        var between = git.Commit("third");
        git.Run("tag", "--annotate", "--message=x", "v1.0.0-rc.1");
        git.Run("tag", "release-1");
        git.Write("c.go", "package a\n");
        git.Commit("fourth");
        git.Run("tag", "v1.0.0+meta");
        git.Run("branch", "topic");
        git.Write("d.go", "package a\n");
        git.Commit("fifth");
        await SameAsync(first, first[..7], first[..12], "v0.1.0", "v1.0.0-rc.1", between, "release-1", "main", "topic", "HEAD", "v1.0.0+meta", "v1.0.0", "v1", "no-such", "ffffffffffff", "v1.0");
        await SameListAsync(Root);
    }

    [Test]
    public async Task PseudoVersions_AreCheckedTheSame()
    {
        var git = Fixture.Git;
        Fixture.GoMod("go.mod", Root);
        git.Commit("first");
        git.Run("tag", "v1.2.3");
        git.Write("a.go", "package a\n");
        git.Commit("second");
        git.Run("tag", "v1.3.0-beta");
        git.Write("b.go", "package a\n");
        var third = git.Commit("third")[..12];
        git.Run("checkout", "--quiet", "-b", "side", "v1.2.3");
        git.Write("s.go", "package a\n");
        git.Commit("side");
        git.Run("tag", "v1.9.0");
        git.Run("checkout", "--quiet", "main");
        var time = DateTimeOffset.Parse(git.Run("log", "-1", "--format=%cI").Trim(), CultureInfo.InvariantCulture).UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        await SameAsync(
            $"v1.3.0-beta.0.{time}-{third}", $"v1.2.4-0.{time}-{third}", $"v0.0.0-{time}-{third}", $"v1.0.0-{time}-{third}", $"v2.0.0-{time}-{third}", $"v1.9.1-0.{time}-{third}",
            $"v1.2.9-0.{time}-{third}", $"v1.3.0-0.{time}-{third}", $"v0.0.0-20200101000000-{third}", $"v0.0.0-{time}-{third[..11]}", $"v0.0.0-{time}-{third}0", $"v0.0.0-{time}-ffffffffffff",
            $"v1.2.4-0.{time}-{third}+incompatible", $"v0.0.0-99999999999999-{third}", "main", "side");
    }

    [Test]
    public async Task MajorVersions_AreFoundInBothPlaces()
    {
        var git = Fixture.Git;
        Fixture.GoMod("go.mod", Root);
        git.Commit("one");
        git.Run("tag", "v1.0.0");
        git.Run("tag", "v2.0.0-wrong");
        Fixture.GoMod("go.mod", Root + "/v2");
        git.Commit("two");
        git.Run("tag", "v2.0.0");
        git.Run("tag", "v3.0.0");
        Fixture.GoMod("v3/go.mod", Root + "/v3");
        git.Write("v3/a.go", "package a\n");
        git.Write("LICENSE", "free\n");
        git.Commit("three");
        git.Run("tag", "v3.1.0");
        git.Run("tag", "v2.1.0");
        Fixture.GoMod("v2/go.mod", Root + "/v2");
        git.Commit("both");
        git.Run("tag", "v2.2.0");
        await SameAsync(Root + "/v2", "v2.0.0", "v2.0.0-wrong", "v2.1.0", "v2.2.0", "v1.0.0", "main", "v3.1.0");
        await SameAsync(Root + "/v3", "v3.0.0", "v3.1.0", "main");
        await SameAsync(Root, "v1.0.0", "v2.0.0", "v2.0.0+incompatible", "v1.0.0+incompatible", "main");
        await SameListAsync(Root);
        await SameListAsync(Root + "/v2");
        await SameListAsync(Root + "/v3");
    }

    [Test]
    public async Task Folders_AreModulesOfTheirOwn()
    {
        var git = Fixture.Git;
        Fixture.GoMod("go.mod", Root);
        Fixture.GoMod("sub/deep/go.mod", Root + "/sub/deep");
        git.Write("LICENSE", "of the root\n");
        git.Write("sub/deep/a.go", "package a\n");
        git.Write("sub/plain/a.go", "package a\n");
        git.Commit("first");
        git.Run("tag", "v1.0.0");
        git.Run("tag", "sub/deep/v0.3.0");
        git.Write("sub/deep/LICENSE", "own\n");
        Fixture.GoMod("sub/deep/v2/go.mod", Root + "/sub/deep/v2");
        git.Write("sub/deep/v2/b.go", "package b\n");
        git.Commit("second");
        git.Run("tag", "sub/deep/v0.3.1");
        git.Run("tag", "sub/deep/v2.0.0");
        git.Run("tag", "sub/deepest/v0.9.0");
        await SameAsync(Root, "v1.0.0", "main");
        await SameAsync(Root + "/sub/deep", "v0.3.0", "v0.3.1", "v1.0.0", "main", "sub/deep/v0.3.0", "v2.0.0");
        await SameAsync(Root + "/sub/deep/v2", "v2.0.0", "main");
        await SameAsync(Root + "/sub/plain", "main", "v1.0.0");
        await SameListAsync(Root + "/sub/deep");
        await SameListAsync(Root + "/sub/deep/v2");
    }

    [Test]
    public async Task Incompatible_IsWhereNoGoModIs()
    {
        var git = Fixture.Git;
        git.Write("a.go", "package a\n");
        git.Commit("first");
        git.Run("tag", "v1.0.0");
        git.Write("b.go", "package a\n");
        var second = git.Commit("second");
        git.Run("tag", "v2.0.0");
        git.Write("c.go", "package a\n");
        git.Commit("third");
        await SameAsync("v1.0.0", "v2.0.0", "v2.0.0+incompatible", second, "main", "v1.0.0+incompatible");
        git.Run("tag", "v3.0.0");
        Fixture.GoMod("v4/go.mod", Root + "/v4");
        git.Commit("fourth");
        git.Run("tag", "v4.0.0");
        git.Write("d.go", "package a\n");
        Fixture.GoMod("go.mod", Root);
        git.Commit("fifth");
        git.Run("tag", "v5.0.0");
        using var other = new GoDirect(git.Path);
        await SameAsync(other, Root, "v4.0.0", "v4.0.0+incompatible", "v5.0.0", "v5.0.0+incompatible", "main");
        await SameListAsync(Root, other);
    }

    [Test]
    public async Task GoMods_OfOtherPaths_AreTakenOrRefusedTheSame()
    {
        var git = Fixture.Git;
        string[] contents =
        [
            "module example.test/other\n", $"module {Root}/v2\n", "module gopkg.in/yaml.v2\n", "go 1.19\n", $"// c\nmodule \"{Root}\" // x\n", "module `x`\n", "module x/v1\n", "module\n", $"module (\n\t{Root}\n)\n", "",
        ];
        for (var i = 0; i < contents.Length; i++)
        {
            git.Write("go.mod", contents[i]);
            git.Commit($"{i}");
            git.Run("tag", $"v0.{i}.0");
        }

        File.Delete(git.File("go.mod"));
        File.CreateSymbolicLink(git.File("go.mod"), "other.mod");
        git.Write("other.mod", $"module {Root}\n");
        git.Commit("link");
        git.Run("tag", "v0.20.0");
        await SameAsync([.. Enumerable.Range(0, contents.Length).Select(i => $"v0.{i}.0"), "v0.20.0"]);
    }

    [Test]
    public async Task RetractedVersions_AreNoOnesChoice()
    {
        var git = Fixture.Git;
        Fixture.GoMod("go.mod", Root);
        git.Commit("first");
        git.Run("tag", "v1.0.0");
        git.Write("a.go", "package a\n");
        var second = git.Commit("second");
        git.Run("tag", "v1.1.0");
        git.Write("b.go", "package a\n");
        var third = git.Commit("third");
        git.Write("go.mod", $"module {Root}\n\nretract v1.1.0 // bad\nretract (\n\t[v1.2.0, v1.2.9]\n\t\"v1.4.0\"\n)\n");
        git.Commit("retract");
        git.Run("tag", "v1.2.5");
        git.Run("tag", "v1.1.9");
        await SameAsync(second, third, "main", "v1.1.0", "v1.2.5");
        await SameListAsync(Root);
    }

    [Test]
    public async Task HostileTags_AreTheSameVersions()
    {
        var git = Fixture.Git;
        Fixture.GoMod("go.mod", Root);
        var commit = git.Commit("first");
        foreach (var tag in new[]
        {
            "v1", "v1.0", "v01.0.0", "v1.0.0-01", "v1.0.0-", "v1.0.0-a..b", "1.0.0", "v1.0.0+incompatible", "v2.0.0+incompatible", "v0.0.0-20200101000000-abcdefabcdef", "v1.0.0-$(id)",
            "v1.0.0;id", "-v1.0.0", "--upload-pack=id", "v1.0.0-x\"y", "v1.0.0'", "v99999999999999999999.0.0", "sub/v1.0.0", "v1.0.0-é",
        })
        {
            try
            {
                git.Run("update-ref", "refs/tags/" + tag, commit);
            }
            catch (InvalidOperationException)
            {
                // git itself takes no such name.
            }
        }

        await SameAsync("main");
        await SameListAsync(Root);
    }
}
