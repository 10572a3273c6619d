using System.Diagnostics;
using CiCompliance.Build.Quickstart;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>The real tool through a build that uses the Cake package: stage by stage, with one stage's task replaced.</summary>
public sealed class CakeTests : EndToEndTests
{
    private static readonly string Sample = Path.Combine(AppContext.BaseDirectory, "CiCompliance.Cake.Sample.dll");

    [Test]
    public void Seal_OnACompliantRepository_SealsTheSameStagesAsOneRun()
    {
        var outcome = Build("Deploy");
        outcome.ExitCode.ShouldBe(0, outcome.Answer + outcome.Messages);
        outcome.Answer.ShouldContain("deployed");
        File.Exists(Path.Combine(Case.Out, "seal", "manifest.json")).ShouldBeTrue();
        var verify = Case.Finish(Process.Start(new ProcessStartInfo(Scenario.Tool,
            ["verify", "evidence", Case.Out, "--trust", Scenario.Trust, "--repository", QuickstartRun.Repository, "--commit", Scenario.Head, "--allow-demonstration"])
        { RedirectStandardOutput = true, RedirectStandardError = true })!);
        verify.ShouldBe(0);
    }

    [Test]
    public void Seal_OnACommitThatNobodyTrusts_IsRefusedWithAReport()
    {
        var copy = Case.CopyRepository();
        Case.Git(copy, "commit", "--quiet", "--allow-empty", "--no-gpg-sign", "-m", "unsigned");
        var outcome = Build("Deploy");
        outcome.ExitCode.ShouldBe(1, outcome.Answer + outcome.Messages);
        outcome.Messages.ShouldContain("CIC100");
        outcome.Answer.ShouldNotContain("deployed");
        File.Exists(Path.Combine(Case.Out, "report.html")).ShouldBeTrue();
        Case.HasOutputs.ShouldBeFalse();
        Case.Run().ExitCode.ShouldBe(1);
    }

    private Outcome Build(string target)
    {
        var info = new ProcessStartInfo("dotnet",
            [Sample, $"--target={target}", $"--tool={Scenario.Tool}", $"--out={Case.Out}",
                .. Case.Options.Select(option => option.Value is { } value ? $"{option.Key}={value}" : option.Key)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Case.Folder.Path,
        };
        info.Environment["GOCACHE"] = Scenario.GoCache;
        return Case.Finish(Process.Start(info)!);
    }
}
