using System.Diagnostics;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.GitSigning;

/// <summary><c>init --sm2</c>, and keys under a passphrase.</summary>
public sealed class InitSm2Tests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Test]
    public void Init_InAClone_MakesAKeyForItsOwnerAloneAndTouchesNoGlobalSetting()
    {
        using var clone = new SigningClone("it's a \"clone\" $HOME `x` 仓库");
        var run = clone.Init();
        run.ExitCode.ShouldBe(0, run.Messages);
        File.GetUnixFileMode(clone.Keys("key.pem")).ShouldBe(OwnerOnly);
        File.GetUnixFileMode(Path.GetDirectoryName(clone.Keys("key.pem"))!).ShouldBe(OwnerOnly | UnixFileMode.UserExecute);
        File.Exists(Path.Combine(clone.Home, ".gitconfig")).ShouldBeFalse();
        clone.TryCommit().ExitCode.ShouldBe(0);
        clone.Letter().ShouldBe("G");
        clone.Git("status", "--porcelain", "--ignored").ShouldBeEmpty();
    }

    [Test]
    public void Init_WhenAKeyIsThere_NeverOverwritesItAndUsesItWhenNamed()
    {
        using var clone = new SigningClone();
        clone.Init().ExitCode.ShouldBe(0);
        var before = File.ReadAllBytes(clone.Keys("key.pem"));
        var again = clone.Init();
        again.ExitCode.ShouldBe(2);
        again.Messages.ShouldContain("CIC3011");
        again.Messages.ShouldContain("--sm2-key");
        clone.Init("--sm2-key", clone.Keys("key.pem")).Messages.ShouldContain("CIC0003");
        clone.Init("--sm2-key", clone.Keys("key.pem"), "--sm2-certificates", clone.Keys("certificate.pem")).ExitCode.ShouldBe(0);
        File.ReadAllBytes(clone.Keys("key.pem")).ShouldBe(before);
        clone.TryCommit().ExitCode.ShouldBe(0);
        clone.Letter().ShouldBe("G");
    }

    [Test]
    public void Init_WhenTheKeyLiesInTheTree_Refuses()
    {
        using var clone = new SigningClone();
        clone.Init().ExitCode.ShouldBe(0);
        var inside = Path.Combine(clone.Path, "key.pem");
        File.Copy(clone.Keys("key.pem"), inside);
        clone.Init("--sm2-key", inside, "--sm2-certificates", clone.Keys("certificate.pem")).Messages.ShouldContain("CIC0023");
    }

    [Test]
    public void Init_WithRequest_WritesOneThatOpensslVerifies()
    {
        using var clone = new SigningClone();
        clone.Init("--request", "--mail", "other@example.cn").ExitCode.ShouldBe(0);
        var checkedBy = Peer.Run("openssl", ["req", "-verify", "-in", clone.Keys("request.pem"), "-noout", "-text", "-nameopt", "utf8", "-vfyopt", "distid:1234567812345678"]);
        (checkedBy.Error + checkedBy.Text).ShouldContain("self-signature verify OK");
        checkedBy.Text.ShouldContain("张三");
        checkedBy.Text.ShouldContain("emailAddress=other@example.cn");
        checkedBy.Text.ShouldContain("email:other@example.cn");
        checkedBy.Text.ShouldContain("Code Signing");
        clone.RefusedCommit().ShouldContain("certificate.pem");

        // What the authority sends: here the subject of the request with the same key, by openssl.
        Peer.Run("openssl", ["x509", "-req", "-in", clone.Keys("request.pem"), "-signkey", clone.Keys("key.pem"), "-sm3", "-copy_extensions", "copyall", "-out", clone.Keys("certificate.pem"),
            "-vfyopt", "distid:1234567812345678", "-sigopt", "distid:1234567812345678"]);
        var after = clone.TryCommit();
        after.ExitCode.ShouldBe(0, after.Error);
        clone.Letter().ShouldBe("G");
    }

    [Test]
    public void Init_OutsideAClone_OrWithoutAHolder_Refuses()
    {
        using var temporary = new TempDirectory();
        Dictionary<string, string> environment = new() { ["HOME"] = temporary.Path, ["GIT_CONFIG_NOSYSTEM"] = "1", ["GIT_CEILING_DIRECTORIES"] = "/" };
        ToolRun.Process(["init", "--sm2"], temporary.Path, environment).Messages.ShouldContain("CIC0024");
        Peer.Run("git", ["-C", temporary.Path, "init", "--quiet"]);
        var unnamed = ToolRun.Process(["init", "--sm2"], temporary.Path, environment);
        unnamed.ExitCode.ShouldBe(2);
        unnamed.Messages.ShouldContain("--name");
        ToolRun.Process(["init", "--sm2", "--name", "x", "--mail", "x@example.cn"], temporary.Path, new(environment) { ["XDG_CONFIG_HOME"] = "/proc/nothing" })
            .Messages.ShouldContain("CIC3011");
        using var home = new TempDirectory();
        ToolRun.Process(["init", "--sm2", "--name", "x", "--mail", "nobody"], temporary.Path, new(environment) { ["XDG_CONFIG_HOME"] = home.Path }).Messages.ShouldContain("CIC0004");
        File.Exists(home.Combine("cicompliance", "git-sign", "key.pem")).ShouldBeFalse();
        ToolRun.Process(["init", "--mail", "x@example.cn"], temporary.Path, environment).Messages.ShouldContain("--sm2");
        ToolRun.Process(["init", "--sm2", "--repository", "x"], temporary.Path, environment).Messages.ShouldContain("CIC0003");
    }

    [Test]
    public void EncryptedKey_WithAPassphraseFile_SignsAndTheSecretIsNowhere()
    {
        using var clone = new SigningClone();
        var canary = new SecretCanary();
        var file = clone.Outside.Write("passphrase", canary.Marker + "\n");
        File.SetUnixFileMode(file, OwnerOnly);
        using var watch = canary.WatchProcesses();
        var run = clone.Init("--sm2-key-passphrase", file);
        run.ExitCode.ShouldBe(0, run.Messages);
        File.ReadAllText(clone.Keys("key.pem")).ShouldContain("BEGIN ENCRYPTED PRIVATE KEY");
        var wrong = clone.Outside.Write("wrong", canary.Marker + "x\n");
        File.SetUnixFileMode(wrong, OwnerOnly);
        clone.Git("config", "cicompliance.signPassphrase", wrong);
        var refused = clone.RefusedCommit();
        refused.ShouldContain("CIC3003");

        clone.Git("config", "cicompliance.signPassphrase", file);
        var committed = clone.TryCommit();
        committed.ExitCode.ShouldBe(0, committed.Error);
        clone.Letter().ShouldBe("G");

        watch.Found.ShouldBeEmpty();
        foreach (var text in new[] { run.Answer, run.Messages, committed.Text, committed.Error, refused })
        {
            canary.IsIn(text).ShouldBeFalse();
        }

        File.Delete(file);
        File.Delete(wrong);
        canary.FindIn(clone.Outside.Path).ShouldBeEmpty();
    }

    [Test]
    public void EncryptedKey_WithoutAFile_IsAskedForOnTheTerminal()
    {
        using var clone = new SigningClone();
        var canary = new SecretCanary();
        var file = clone.Outside.Write("passphrase", canary.Marker + "\n");
        File.SetUnixFileMode(file, OwnerOnly);
        clone.Init("--sm2-key-passphrase", file).ExitCode.ShouldBe(0);
        clone.Git("config", "--unset", "cicompliance.signPassphrase");

        clone.RefusedCommit().ShouldContain("CIC3002");
        OnTerminal(clone, "wrong").Screen.ShouldContain("CIC3003");
        var (exitCode, screen) = OnTerminal(clone, canary.Marker);
        exitCode.ShouldBe(0, screen);
        screen.ShouldContain("Passphrase of");
        canary.IsIn(screen).ShouldBeFalse("the terminal must not show it");
        clone.Letter().ShouldBe("G");
    }

    /// <summary>git commit on a pseudo terminal of its own, where somebody types after the question.</summary>
    private static (int ExitCode, string Screen) OnTerminal(SigningClone clone, string passphrase)
    {
        var info = new ProcessStartInfo(Peers.Require("script"), ["-qefc", "git commit --allow-empty -m typed", "/dev/null"])
        {
            WorkingDirectory = clone.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in clone.Environment)
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var screen = new System.Text.StringBuilder();
        var buffer = new char[1024];
        var isAsked = false;
        for (int read; (read = process.StandardOutput.Read(buffer)) > 0;)
        {
            screen.Append(buffer, 0, read);
            if (!isAsked && screen.ToString().Contains("Passphrase of", StringComparison.Ordinal))
            {
                isAsked = true;
                process.StandardInput.Write(passphrase + "\n");
                process.StandardInput.Flush();
            }
        }

        process.WaitForExit();
        return (process.ExitCode, screen.ToString());
    }
}
