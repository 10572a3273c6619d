using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.Scripts;

/// <summary>build/packages.sh takes the machine's own mirror and changes the suite only.</summary>
public sealed class PackageSourceTests
{
    private TempDirectory folder = null!;

    [SetUp]
    public void CreateFolder()
    {
        folder = new TempDirectory();
        folder.Write("etc/os-release", "ID=debian\nVERSION_CODENAME=bookworm\n");
    }

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void Source_WhenDeb822_KeepsTheMirrorAndItsKey()
    {
        folder.Write("etc/apt/sources.list.d/debian.sources", """
            # security comes first here
            Types: deb
            URIs: http://security.example/debian-security
            Suites: bookworm-security
            Components: main
            Signed-By: /k

            Types: deb deb-src
            # the mirror
            URIs: http://mirror.example/debian
            Suites: bookworm
             bookworm-updates
            Components: main
             contrib
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

            """);
        Source().ShouldBe("""
            Types: deb
            URIs: http://mirror.example/debian
            Components: main
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
            Suites: trixie

            """);
    }

    [Test]
    public void Source_WhenTheFirstStanzaIsDisabledOrSourceOnly_TakesTheNext()
    {
        folder.Write("etc/apt/sources.list.d/a.sources", """
            Enabled: no
            Types: deb
            URIs: http://off.example/debian
            Suites: bookworm

            Types: deb-src
            URIs: http://source.example/debian
            Suites: bookworm

            Types: deb
            URIs: http://mirror.example/debian
            Suites: bookworm
            Components: main

            """);
        Source().ShouldContain("URIs: http://mirror.example/debian");
    }

    [TestCase("deb http://mirror.example/debian bookworm main contrib", "deb http://mirror.example/debian trixie main\n")]
    [TestCase("deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main", "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian trixie main\n")]
    [TestCase("# deb http://off.example/debian bookworm main\ndeb-src http://s.example/debian bookworm main\ndeb http://mirror.example/debian-security bookworm-security main\ndeb cdrom:[x] bookworm main\ndeb http://mirror.example/debian bookworm main",
        "deb http://mirror.example/debian trixie main\n")]
    public void Source_WhenOneLine_KeepsTheMirrorAndItsOptions(string list, string expected)
    {
        folder.Write("etc/apt/sources.list", list + "\n");
        Source().ShouldBe(expected);
    }

    [Test]
    public void Source_OnUbuntu_HasUniverse()
    {
        folder.Write("etc/os-release", "ID=ubuntu\nVERSION_CODENAME=\"noble\"\n");
        folder.Write("etc/apt/sources.list", "deb http://mirror.example/ubuntu noble main restricted\n");
        Source("noble-updates").ShouldBe("deb http://mirror.example/ubuntu noble-updates main universe\n");
    }

    [Test]
    public void Source_WhenTheMachineHasNone_Fails() => Run("trixie").ExitCode.ShouldBe(1);

    private string Source(string suite = "trixie")
    {
        var (exitCode, output, error) = Run(suite);
        exitCode.ShouldBe(0, error);
        return output;
    }

    private (int ExitCode, string Output, string Error) Run(string suite) =>
        Script.Run(folder.Path, $"etc='{folder.Combine("etc")}'; apt='{folder.Path}'; source_for_suite {suite}");
}
