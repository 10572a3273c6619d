using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.Scripts;

/// <summary>What is missing and may not be installed stops with exit code 2 and the commands to type.</summary>
public sealed class PrerequisitesTests
{
    private TempDirectory folder = null!;

    [SetUp]
    public void CreateFolder() => folder = new TempDirectory();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void Programs_WhenMissingAndNotRoot_StopWithTheCommands()
    {
        var (exitCode, _, error) = Script.Run(folder.Path, """
            is_root() { return 1; }
            has_apt() { return 0; }
            missing_packages() { printf '%s\n' gnupg openssl; }
            require_programs
            """);
        exitCode.ShouldBe(2);
        error.ShouldContain("  sudo apt-get update\n  sudo apt-get install -y --no-install-recommends gnupg openssl\n");
    }

    [Test]
    public void Programs_WhenMissingWithoutApt_StopNamingThem()
    {
        var (exitCode, _, error) = Script.Run(folder.Path, """
            has_apt() { return 1; }
            missing_packages() { echo openssl; }
            require_programs
            """);
        exitCode.ShouldBe(2);
        error.ShouldContain("missing: openssl");
    }

    [Test]
    public void Programs_WhenNothingIsMissing_AskAptNothing()
    {
        var (exitCode, output, _) = Script.Run(folder.Path, """
            missing_packages() { :; }
            apt-get() { echo called; }
            require_programs
            """);
        exitCode.ShouldBe(0);
        output.ShouldBeEmpty();
    }

    [Test]
    public void Programs_WhenMissingAndRoot_AreInstalled()
    {
        var (exitCode, output, error) = Script.Run(folder.Path, """
            is_root() { return 0; }
            has_apt() { return 0; }
            missing_packages() { printf '%s\n' gcc libc6-dev; }
            retry() { echo "$*"; }
            require_programs 2>&1
            """);
        exitCode.ShouldBe(0, error);
        output.ShouldContain("apt-get update");
        output.ShouldContain("apt-get install -y -qq --no-install-recommends gcc libc6-dev\n");
    }

    [Test]
    public void Programs_WhenAptFails_StopWithTheCommands()
    {
        var (exitCode, _, error) = Script.Run(folder.Path, """
            is_root() { return 0; }
            has_apt() { return 0; }
            sleep() { :; }
            missing_packages() { echo gcc; }
            apt-get() { [ "$1" != update ]; }
            require_programs
            """);
        exitCode.ShouldBe(2);
        error.ShouldContain("apt-get update failed");
    }

    [TestCase("go version go1.23.5 linux/amd64", "23")]
    [TestCase("go version go1.19 linux/amd64", "19")]
    [TestCase("go version devel +abc linux/amd64", "0")]
    public void GoMinor_OfAGoCommand_IsItsNumber(string printed, string minor)
    {
        var go = folder.Write("go", $"#!/bin/sh\necho '{printed}'\n");
        File.SetUnixFileMode(go, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Script.Run(folder.Path, $"go_minor '{go}'").Output.Trim().ShouldBe(minor);
    }

    [Test]
    public void Go_WhenOnly119IsThere_GoesOnWithIt()
    {
        var go = folder.Write("bin/go", "#!/bin/sh\necho 'go version go1.19.8 linux/amd64'\n");
        File.SetUnixFileMode(go, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var (exitCode, _, error) = Script.Run(folder.Path, $"PATH='{folder.Combine("bin")}':$PATH; get_go_from_packages() {{ return 1; }}; require_go");
        exitCode.ShouldBe(0);
        error.ShouldContain("going on with Go 1.19");
    }

    [Test]
    public void Go_WhenThereIsNoneAndNotRoot_StopsWithTheCommands()
    {
        var (exitCode, _, error) = Script.Run(folder.Path, """
            is_root() { return 1; }
            get_go_from_packages() { return 1; }
            go_minor() { echo 0; }
            require_go
            """);
        exitCode.ShouldBe(2);
        error.ShouldContain("  sudo apt-get install -y --no-install-recommends golang-go\n");
    }

    [Test]
    public void DotNet_WhenMissing_StopsWithTheCommands()
    {
        var (exitCode, _, error) = Script.Run(folder.Path, $"""
            mkdir bin
            ln -s /usr/bin/* /bin/sed bin/ 2>/dev/null || :
            rm -f bin/dotnet
            PATH='{folder.Combine("bin")}'
            require_dotnet
            """);
        exitCode.ShouldBe(2);
        error.ShouldContain(".NET SDK 10.0 is missing");
        error.ShouldContain("apt-get install -y dotnet-sdk-10.0\n");
    }

    [TestCase("")]
    [TestCase("/nowhere/at/all")]
    public void Home_WhenMissing_IsMadeUnderArtifacts(string home)
    {
        var (exitCode, output, error) = Script.Run(folder.Path, "settle_home; echo \"$HOME $cache\"", ("HOME", home), ("XDG_CACHE_HOME", ""));
        exitCode.ShouldBe(0, error);
        output.Trim().ShouldBe($"{folder.Path}/home {folder.Path}/home/.cache/cicompliance");
    }

    [Test]
    public void Lock_WhenAnotherBuildRuns_IsWaitedFor()
    {
        // A build that waits leaves its mark on standard error before anything else happens.
        folder.Write("build.sh", File.ReadAllText(Path.Combine(Script.Root, "build.sh")));
        folder.Write("build/prerequisites.sh", "say() { echo \"$*\" >&2; }\nsettle_home() { exit 7; }\n");
        var (exitCode, _, error) = Script.Run(folder.Path, $"""
            mkdir -p artifacts
            flock artifacts/.lock sleep 1 &
            until ! flock -n artifacts/.lock true; do :; done
            status=0
            bash build.sh || status=$?
            wait
            exit $status
            """);
        error.ShouldContain("another build is running");
        exitCode.ShouldBe(7);
    }
}
