using CiCompliance.GoProxy.Sources;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>The same files in zips, with the same contents, as the real go command with GOPROXY=direct.</summary>
[Category(Peers.Category)]
public sealed class GoDirectZipParityTests : GoDirectParity
{
    [TestCase("1.23")]
    [TestCase("1.24")]
    public async Task Zips_LeaveTheSameOut(string goLine)
    {
        var git = Fixture.Git;
        Fixture.GoMod("go.mod", Root, goLine);
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
        (await Fixture.FilesAsync("v1.0.0")).ShouldContain("a.crlf");
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
        Fixture.Git.Write("go.mod", $"module {Root}\n");
        foreach (var name in names)
        {
            Fixture.Git.Write(name, "x\n");
        }

        Fixture.Git.Commit("files");
        Fixture.Git.Run("tag", "v1.0.0");
        Go.Download(Root + "@v1.0.0").ShouldContainKey("Error");
        (await Should.ThrowAsync<ModuleSourceException>(() => Fixture.ZipAsync("v1.0.0"))).Message.ShouldContain("v1.0.0");
    }

    [Test]
    public async Task Licenses_ComeFromTheRoot()
    {
        var git = Fixture.Git;
        Fixture.GoMod("a/go.mod", Root + "/a");
        Fixture.GoMod("b/go.mod", Root + "/b");
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
}
