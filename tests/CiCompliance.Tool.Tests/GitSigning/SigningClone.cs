using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.GitSigning;

/// <summary>A real clone with a home folder of its own, whose git starts the built tool.</summary>
internal sealed class SigningClone : IDisposable
{
    private readonly TempDirectory directory = new();

    /// <param name="name">The folder's: a shell has to find its way through it.</param>
    public SigningClone(string name = "clone")
    {
        Path = directory.Combine(name);
        Directory.CreateDirectory(Path);
        Directory.CreateDirectory(Home);
        Git("init", "--quiet", "--initial-branch=main");
        Git("config", "user.name", "张三");
        Git("config", "user.email", "zhang@example.cn");
    }

    public TempDirectory Outside => directory;

    public string Path { get; }

    public string Home => directory.Combine("home");

    /// <summary>Where init puts key, certificate and trust store.</summary>
    public string Keys(string file) => directory.Combine("home", ".config", "cicompliance", "git-sign", file);

    /// <summary>The settings of a clone beside this one.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["HOME"] = Home,
        ["XDG_CONFIG_HOME"] = "",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["LC_ALL"] = "C.UTF-8",
        ["CICOMPLIANCE_LANGUAGE"] = "en",
        ["CICOMPLIANCE_FORMAT"] = "json",
    };

    public ToolRun Init(params string[] options) => Tool(["init", "--sm2", "--format", "text", .. options]);

    public ToolRun Tool(params string[] arguments) => ToolRun.Process(arguments, Path, Environment);

    public string Git(params string[] arguments) => Peer.Run("git", ["-C", Path, .. arguments], Environment).Text.TrimEnd('\n');

    public Peer.Result TryGit(params string[] arguments) => Peer.TryRun("git", ["-C", Path, .. arguments], Environment);

    public Peer.Result TryCommit(string message = "x", params string[] options) => TryGit(["commit", "--allow-empty", "--message", message, .. options]);

    /// <summary>Commits, which must fail, and asks the program for the same: git 2.39 doesn't show why.</summary>
    /// <returns>What it says.</returns>
    public string RefusedCommit()
    {
        TryCommit().ExitCode.ShouldNotBe(0);
        TryGit("rev-parse", "--verify", "--quiet", "HEAD").ExitCode.ShouldNotBe(0, "there must be no commit");
        var asked = Peer.TryRun("setsid", ["--wait", Git("config", "gpg.x509.program"), "--status-fd=2", "-bsau", Git("config", "--default", "nobody", "--get", "user.signingkey")],
            new Dictionary<string, string>(Environment) { ["GIT_DIR"] = System.IO.Path.Combine(Path, ".git") }, "tree"u8.ToArray());
        asked.ExitCode.ShouldBe(2);
        asked.Output.ShouldBeEmpty();
        asked.Error.ShouldNotContain("SIG_CREATED");
        return asked.Error;
    }

    /// <summary>What <c>git log</c> says of the signature of a revision, one letter.</summary>
    public string Letter(string revision = "HEAD") => Git("log", "-1", "--format=%G?", revision);

    public void Dispose() => directory.Dispose();
}
