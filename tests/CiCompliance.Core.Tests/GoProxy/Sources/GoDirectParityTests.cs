using System.Globalization;
using System.Text.Json;
using CiCompliance.Go;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>The same versions, times and hashes, and the same refusals, as the real go command with GOPROXY=direct.</summary>
[Category(Peers.Category)]
public sealed class GoDirectParityTests
{
    private const string Root = GitSourceFixture.Root;
    private GitSourceFixture fixture = null!;
    private GoDirect go = null!;

    [SetUp]
    public void SetUp()
    {
        fixture = new();
        go = new(fixture.Git.Path);
    }

    [TearDown]
    public void TearDown()
    {
        go.Dispose();
        fixture.Dispose();
    }

    [Test]
    public async Task Tags_BranchesAndCommits_AreTheSameVersions()
    {
        var git = fixture.Git;
        git.Write("a.go", "package a\n");
        var first = git.Commit("first");
        await SameAsync("main");
        fixture.GoMod("go.mod", Root, "1.19");
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
        var git = fixture.Git;
        fixture.GoMod("go.mod", Root);
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
        var git = fixture.Git;
        fixture.GoMod("go.mod", Root);
        git.Commit("one");
        git.Run("tag", "v1.0.0");
        git.Run("tag", "v2.0.0-wrong");
        fixture.GoMod("go.mod", Root + "/v2");
        git.Commit("two");
        git.Run("tag", "v2.0.0");
        git.Run("tag", "v3.0.0");
        fixture.GoMod("v3/go.mod", Root + "/v3");
        git.Write("v3/a.go", "package a\n");
        git.Write("LICENSE", "free\n");
        git.Commit("three");
        git.Run("tag", "v3.1.0");
        git.Run("tag", "v2.1.0");
        fixture.GoMod("v2/go.mod", Root + "/v2");
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
        var git = fixture.Git;
        fixture.GoMod("go.mod", Root);
        fixture.GoMod("sub/deep/go.mod", Root + "/sub/deep");
        git.Write("LICENSE", "of the root\n");
        git.Write("sub/deep/a.go", "package a\n");
        git.Write("sub/plain/a.go", "package a\n");
        git.Commit("first");
        git.Run("tag", "v1.0.0");
        git.Run("tag", "sub/deep/v0.3.0");
        git.Write("sub/deep/LICENSE", "own\n");
        fixture.GoMod("sub/deep/v2/go.mod", Root + "/sub/deep/v2");
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
        var git = fixture.Git;
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
        fixture.GoMod("v4/go.mod", Root + "/v4");
        git.Commit("fourth");
        git.Run("tag", "v4.0.0");
        git.Write("d.go", "package a\n");
        fixture.GoMod("go.mod", Root);
        git.Commit("fifth");
        git.Run("tag", "v5.0.0");
        using var other = new GoDirect(git.Path);
        await SameAsync(other, Root, "v4.0.0", "v4.0.0+incompatible", "v5.0.0", "v5.0.0+incompatible", "main");
        await SameListAsync(Root, other);
    }

    [TestCase("1.23")]
    [TestCase("1.24")]
    public async Task Zips_LeaveTheSameOut(string goLine)
    {
        var git = fixture.Git;
        fixture.GoMod("go.mod", Root, goLine);
        git.Write(".gitattributes", "*.crlf eol=crlf\n*.auto text=auto\n*.id ident\nhidden export-ignore\nsubst export-subst\n*.u16 working-tree-encoding=UTF-16LE\n*.f filter=lfs\n");
        foreach (var name in new[]
        {
            "a.crlf", "sub/b.crlf", "c.auto", "hidden", "vendor/modules.txt", "vendor/x/a.go", "vendor/a.go", "pkg/vendor/vendor.go", "pkg/vendor/foo/foo.go", "v/vendor/a/b.go",
            "nested/go.mod", "nested/a.go", "nested/deep/a.go", "upper/GO.MOD", "upper/a.go", ".hidden", ".github/x.yml", ".gitignore", "空 é.go", "e.u16", "f.f", "empty",
        })
        {
            git.Write(name, name == "empty" ? "" : "one\ntwo\n");
        }

        git.Write("crlf.txt", "one\r\ntwo\r\n");
        git.Write("d.id", "$Id$\n");
        git.Write("subst", "$Format:%H$\n");
        git.Write("script.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(git.File("script.sh"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(git.File("link"), "crlf.txt");
        File.CreateSymbolicLink(git.File("sub/dirlink"), "..");
        git.Commit("files");
        git.Run("update-index", "--add", "--cacheinfo", "160000," + git.Id("HEAD") + ",submodule");
        git.Run("commit", "--quiet", "--message=submodule");
        git.Run("tag", "v1.0.0");
        await SameAsync("v1.0.0");
        (await fixture.FilesAsync("v1.0.0")).ShouldContain("a.crlf");
    }

    [TestCase("a.go", "A.go")]
    [TestCase("dir/a.go", "DIR/b.go")]
    [TestCase("bad:name")]
    [TestCase("con.go")]
    [TestCase("k.go", "\u212A.go")]
    [TestCase("trailing.")]
    [TestCase("emoji😀.go")]
    [TestCase("GO.MOD")]
    public async Task Zips_WithNamesThatNoZipMayHold_AreRefused(params string[] names)
    {
        fixture.Git.Write("go.mod", $"module {Root}\n");
        foreach (var name in names)
        {
            fixture.Git.Write(name, "x\n");
        }

        fixture.Git.Commit("files");
        fixture.Git.Run("tag", "v1.0.0");
        go.Download(Root + "@v1.0.0").ShouldContainKey("Error");
        (await Should.ThrowAsync<ModuleSourceException>(() => fixture.ZipAsync("v1.0.0"))).Message.ShouldContain("v1.0.0");
    }

    [Test]
    public async Task Licenses_ComeFromTheRoot()
    {
        var git = fixture.Git;
        fixture.GoMod("a/go.mod", Root + "/a");
        fixture.GoMod("b/go.mod", Root + "/b");
        git.Write("b/text", "x\n");
        git.Write(".gitattributes", "LICENSE eol=crlf\n");
        File.CreateSymbolicLink(git.File("b/LICENSE"), "text");
        git.Write("LICENSE", "one\ntwo\n");
        git.Commit("license");
        git.Run("tag", "a/v1.0.0");
        git.Run("tag", "b/v1.0.0");
        File.Delete(git.File("LICENSE"));
        File.CreateSymbolicLink(git.File("LICENSE"), "b/text");
        git.Commit("link");
        git.Run("tag", "a/v1.0.1");
        await SameAsync(Root + "/a", "v1.0.0", "v1.0.1");
        await SameAsync(Root + "/b", "v1.0.0");
    }

    [Test]
    public async Task GoMods_OfOtherPaths_AreTakenOrRefusedTheSame()
    {
        var git = fixture.Git;
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
        var git = fixture.Git;
        fixture.GoMod("go.mod", Root);
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
        var git = fixture.Git;
        fixture.GoMod("go.mod", Root);
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

    private Task SameAsync(params string[] queries) => SameAsync(Root, queries);

    private Task SameAsync(string path, string[] queries) => SameAsync(go, path, queries);

    private Task SameAsync(string path, string query, params string[] queries) => SameAsync(go, path, [query, .. queries]);

    private async Task SameAsync(GoDirect direct, string path, params string[] queries)
    {
        var problems = new List<string>();
        foreach (var query in queries)
        {
            var theirs = direct.Download($"{path}@{query}");
            var expected = theirs.TryGetValue("Error", out var error) ? "refused" : $"{theirs["Version"]} {Time(theirs["Info"])} {theirs["Sum"]} {theirs["GoModSum"]}";
            var (actual, why) = await OursAsync(path, query);
            TestContext.Out.WriteLine($"{path}@{query}: {expected} {error}\n    {why}");
            if (actual != expected)
            {
                problems.Add($"{path}@{query}: go says {expected} {error}, we {actual} {why}");
            }
        }

        problems.ShouldBeEmpty();
    }

    private async Task SameListAsync(string path, GoDirect? direct = null) =>
        (await fixture.Source.ListAsync(path, CancellationToken.None)).ShouldBe((direct ?? go).Versions(path), ignoreOrder: true);

    private async Task<(string Result, string Why)> OursAsync(string path, string query)
    {
        try
        {
            var info = await fixture.ResolveAsync(query, path);
            var module = new ModuleVersion(path, info.Version);
            var goMod = await fixture.Source.ReadGoModAsync(module, CancellationToken.None);
            var zip = await fixture.ZipAsync(info.Version, path);
            return ($"{info.Version} {info.Time:u} {FixtureModuleProxy.HashOf(zip, module)} {ModuleZip.HashGoMod(goMod)}", "");
        }
        catch (ModuleNotFoundException e)
        {
            return ("refused", e.Message);
        }
    }

    private static string Time(string infoFile)
    {
        using var info = JsonDocument.Parse(File.ReadAllBytes(infoFile));
        return info.RootElement.GetProperty("Time").GetDateTimeOffset().ToString("u", CultureInfo.InvariantCulture);
    }
}
