using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>Keys, passphrases and a proxy's password turn up in no output, file, command line or environment of a child.</summary>
public sealed class CanaryTests : EndToEndTests
{
    private static readonly string[] EncryptedKeys = ["sm2-key", "p256-key", "log-key", "log-sm2-key"];

    [TestCase("text", null)]
    [TestCase("json", null)]
    [TestCase("text", "CI")]
    [TestCase("json", "GITHUB_ACTIONS")]
    public void Run_WithMarkedSecrets_ShowsNone(string format, string? ci)
    {
        var canary = new SecretCanary();
        WithMarkedKeys(canary);
        Case.Options["--format"] = format;
        if (ci is not null)
        {
            Case.Environment["CI"] = "true";
            Case.Environment[ci] = "true";
        }

        Watched(canary, 0);
    }

    [Test]
    public void Run_WithAMarkedProxyInTheEnvironment_ShowsNone([Values("text", "json")] string format)
    {
        var canary = new SecretCanary();
        Case.Options["--format"] = format;
        Case.Environment["GOPROXY"] = $"https://user:{canary.Marker}@proxy.invalid";
        Watched(canary, null, isAmbient: true);
    }

    [Test]
    public void Run_WhenTheMarkedPassphraseIsWrong_ShowsNone([Values("text", "json")] string format)
    {
        var canary = new SecretCanary();
        WithMarkedKeys(canary);
        Case.Options["--sm2-key"] = Secrets.Encrypt(Case, "sm2-key", "another");
        Case.Options["--format"] = format;
        Watched(canary, 2).Messages.ShouldContain("CIC3003");
    }

    [Test]
    public void Run_WhenASecretStandsOnTheCommandLine_RefusesWithoutShowingIt([Values("text", "json")] string format)
    {
        var canary = new SecretCanary();
        Case.Options["--sm2-key-passphrase"] = canary.Marker;
        Case.Options["--format"] = format;
        var outcome = Case.Run();
        outcome.ShouldBe(2, "CIC0020");
        canary.IsIn(outcome.Answer + outcome.Messages).ShouldBeFalse();
    }

    private void WithMarkedKeys(SecretCanary canary)
    {
        foreach (var option in EncryptedKeys)
        {
            Case.Options["--" + option] = Secrets.Encrypt(Case, option, canary.Marker);
            Case.Options[$"--{option}-passphrase"] = Secrets.Write(Case, "passphrase", canary.Marker + "\n");
        }

        Case.Options["--sm2-key-passphrase"] = "fd:7";
    }

    private Outcome Watched(SecretCanary canary, int? exitCode, bool isAmbient = false)
    {
        Outcome outcome;
        IReadOnlyCollection<string> found;
        int seen;
        using (var watch = canary.WatchProcesses())
        {
            var passphrase = Secrets.Write(Case, "passphrase", canary.Marker + "\n");
            outcome = Case.Finish(isAmbient ? Case.Start() : Case.Start(["run"], "exec 7<\"$1\"", [passphrase]));
            watch.Dispose();
            (found, seen) = (watch.Found, watch.Seen);
        }

        if (exitCode is { } expected)
        {
            outcome.ExitCode.ShouldBe(expected, outcome.Messages);
        }

        canary.IsIn(outcome.Answer).ShouldBeFalse("answer");
        canary.IsIn(outcome.Messages).ShouldBeFalse("messages");
        seen.ShouldBeGreaterThan(3);
        // The tool itself was given the marked variable by the test; none of its children may have it.
        found.Where(place => !isAmbient || place is not ("cicompliance: environ" or ".NET TP Worker: environ")).ShouldBeEmpty();
        foreach (var place in new[] { Case.Out, Case.Out + ".work" }.Where(Directory.Exists))
        {
            canary.FindIn(place).ShouldBeEmpty();
        }

        Case.ShouldHaveLeftNoLock();
        return outcome;
    }
}
