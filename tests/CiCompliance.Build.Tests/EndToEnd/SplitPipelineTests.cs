using CiCompliance.Build.Quickstart;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>The stages as verbs, one process each, as a pipeline of several jobs runs them.</summary>
public sealed class SplitPipelineTests : EndToEndTests
{
    private static readonly string[] Verbs =
        ["env verify", "verify commits", "verify dependencies", "build", "verify binary", "sbom", "sign", "record", "assess", "seal"];

    [Test]
    public void VerbsOneAfterTheOther_GiveTheVerdictsOfRun()
    {
        Case.Options["--format"] = "json";
        var whole = Case.Run();
        whole.ShouldBe(0);
        Case.Out = Case.Folder.Combine("split");
        var stages = new List<(string, string)>();
        foreach (var verb in Verbs)
        {
            var outcome = Case.Run(verb.Split(' '));
            outcome.ExitCode.ShouldBe(0, verb + ": " + outcome.Messages);
            stages.AddRange(outcome.StageVerdicts());
        }

        stages.ShouldBe(whole.StageVerdicts());
        Verify().ShouldBe(0);
    }

    [Test]
    public void SealBeforeRecord_IsRefused()
    {
        Through("sign");
        Case.Run("seal").ExitCode.ShouldNotBe(0);
        Case.ShouldHaveLeftNothingHalfWritten();
        Verify().ExitCode.ShouldNotBe(0);
    }

    [Test]
    public void EarlierStageAgain_DropsTheLaterRows()
    {
        Through("seal");
        Verify().ShouldBe(0);
        Case.Run("verify", "commits").ExitCode.ShouldBe(0);
        Case.ShouldHaveLeftNothingHalfWritten();
        Case.Run("seal").ExitCode.ShouldNotBe(0);
        Case.Run("sign").ExitCode.ShouldNotBe(0);
        Verify().ExitCode.ShouldNotBe(0);
    }

    private void Through(string last)
    {
        foreach (var verb in Verbs.TakeWhile(verb => verb != last).Append(last))
        {
            var outcome = Case.Run(verb.Split(' '));
            outcome.ExitCode.ShouldBe(0, verb + ": " + outcome.Messages);
        }
    }

    private Outcome Verify()
    {
        using var auditor = new Case { Out = Case.Out };
        auditor.Options.Clear();
        auditor.Options["--trust"] = Scenario.Trust;
        auditor.Options["--repository"] = QuickstartRun.Repository;
        auditor.Options["--commit"] = Scenario.Head;
        auditor.Options["--allow-demonstration"] = null;
        return auditor.Run("verify", "evidence", Case.Out);
    }
}
