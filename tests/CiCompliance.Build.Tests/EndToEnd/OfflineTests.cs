using CiCompliance.Build.Quickstart;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>The published tool and the real Rekor v2 server, which is down while the run happens.</summary>
[Category(Peers.Category)]
public sealed class OfflineTests : EndToEndTests
{
    private RekorV2Server server = null!;

    [SetUp]
    public void MakeLog()
    {
        server = new RekorV2Server(KeyAlgorithm.Ed25519);
        var trust = Scenario.TrustStore;
        Case.WithTrust((trust with { Keys = [.. trust.Keys.Where(key => key.Role != KeyRole.Log), server.Trusted] }).ToJson());
        Case.WithPolicy(Policy("offline: allowed"));
    }

    [TearDown]
    public void RemoveLog() => server?.Dispose();

    [Test]
    public void RunWithoutItsLog_IsPendingUntilItIsResumed()
    {
        server.Stop();
        Tool(3, "run").Messages.ShouldContain("CIC4031");
        Case.ShouldHaveLeftNothingHalfWritten();
        Verify(1);
        Tool(3, "record", "--resume");

        server.Restart();
        Tool(0, "record", "--resume");

        Verify(0);
        Tool(2, "record", "--resume").Messages.ShouldContain("CIC4032");
        Verify(0);
    }

    [Test]
    public void RunWithoutItsLog_WhenItIsChangedMeanwhile_IsNotResumed()
    {
        server.Stop();
        Tool(3, "run");
        server.Restart();
        File.AppendAllText(Directory.EnumerateFiles(Path.Combine(Case.Out, "bin")).First(), "changed");

        Tool(1, "record", "--resume").Messages.ShouldContain("CIC4033");

        Verify(1);
    }

    [Test]
    public void RunWithoutItsLog_WhereThePolicyDoesNotAllowIt_Fails()
    {
        Case.WithPolicy(Policy("offline: refused"));
        server.Stop();

        Tool(3, "run").Messages.ShouldContain("CIC4101");

        server.Restart();
        Tool(2, "record", "--resume").Messages.ShouldContain("CIC4032");
    }

    private string Policy(string offline) => Scenario.Policy.Replace("  kind: ephemeral\n  ephemeral-in-ci: allowed\n",
        $"  kind: external\n  url: {server.Url}\n  api: v2\n  tiles: {server.TilesUrl}\n  {offline}\n", StringComparison.Ordinal);

    private Outcome Tool(int exitCode, params string[] verb)
    {
        var outcome = Case.Run(verb);
        PeerTranscript.Write(["cicompliance", .. verb], outcome.Answer + outcome.Messages, outcome.ExitCode);
        outcome.ShouldBe(exitCode);
        return outcome;
    }

    private void Verify(int exitCode)
    {
        using var auditor = new Case { Out = Case.Out };
        var trust = Case.Options["--trust"];
        auditor.Options.Clear();
        auditor.Options["--trust"] = trust;
        auditor.Options["--repository"] = QuickstartRun.Repository;
        auditor.Options["--commit"] = Scenario.Head;
        auditor.Options["--allow-demonstration"] = null;
        var outcome = auditor.Run("verify", "evidence", Case.Out);
        PeerTranscript.Write(["cicompliance", "verify", "evidence"], outcome.Answer + outcome.Messages, outcome.ExitCode);
        outcome.ShouldBe(exitCode);
    }
}
