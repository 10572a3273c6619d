using System.Reflection;
using CiCompliance.Testing;

namespace CiCompliance.Cake.Tests;

/// <summary>Options on the way from the build to the tool.</summary>
[Platform("Linux")]
public sealed class OptionTests
{
    private FakeTool tool = null!;

    [SetUp]
    public void Make() => tool = new FakeTool();

    [TearDown]
    public void Remove() => tool.Dispose();

    [TestCase("--range=a..b", "--range=a..b")]
    [TestCase("--demonstration --quiet", "--quiet --demonstration")]
    [TestCase("--commit=HEAD --project=/r --own=1", "--project=/r --commit=HEAD")]
    [TestCase("--stages=source", "")]
    public void Arguments_AsTyped_ReachTheTool(string typed, string expected)
    {
        tool.Build(["--target=VerifyCommits", .. typed.Split(' ')]).ExitCode.ShouldBe(0);
        tool.Calls.ShouldBe([$"run --stages=source {expected}".TrimEnd()]);
    }

    [Test]
    public void Variables_OfTheOptions_ReachTheTool()
    {
        tool.Write("cicompliance", $"echo \"$CICOMPLIANCE_RANGE\" > '{tool.Folder}/range'");
        tool.Environment["CICOMPLIANCE_RANGE"] = "a..b";
        tool.Build("--target=VerifyCommits").ExitCode.ShouldBe(0);
        File.ReadAllText(Path.Combine(tool.Folder, "range")).ShouldBe("a..b\n");
        tool.Calls.ShouldBe(["run --stages=source"]);
    }

    [TestCase("--demonstration=false", "")]
    [TestCase("--own=1", "true")]
    public void Flag_SaidToBeFalse_IsFalseWhateverTheEnvironmentSays(string typed, string seen)
    {
        tool.Write("cicompliance", $"echo \"$CICOMPLIANCE_DEMONSTRATION\" > '{tool.Folder}/demonstration'");
        tool.Environment["CICOMPLIANCE_DEMONSTRATION"] = "true";
        tool.Build("--target=VerifyCommits", typed).ExitCode.ShouldBe(0);
        File.ReadAllText(Path.Combine(tool.Folder, "demonstration")).ShouldBe(seen + "\n");
        tool.Calls.ShouldBe(["run --stages=source"]);
    }

    [TestCase("--range=a..b", "--range=c..d")]
    [TestCase("--quiet=perhaps")]
    [TestCase("--format=xml")]
    public void Arguments_OfAWrongForm_AreRefusedBeforeTheTool(params string[] typed)
    {
        var outcome = tool.Build(["--target=VerifyCommits", .. typed]);
        outcome.ExitCode.ShouldBe(2);
        outcome.All.ShouldContain("CIC0041");
        tool.Calls.ShouldBeEmpty();
    }

    // Cake itself, or its stand-in and then the package.
    [Test]
    public void Argument_WithoutItsValue_IsUsage()
    {
        tool.Build("--target=VerifyCommits", "--range=").ExitCode.ShouldBe(2);
        tool.Calls.ShouldBeEmpty();
    }

    [Test]
    public void Key_WrittenAsTheValue_NeverReachesTheToolOrTheLog(
        [Values("sm2-key", "sm2-key-passphrase", "p256-key", "p256-key-passphrase", "log-key", "log-key-passphrase", "log-sm2-key", "log-sm2-key-passphrase", "sm2-certificates", "p256-certificates", "proxy-token-file")] string option,
        [Values("canary-5f1c", "fd:canary-5f1c", "fd:")] string value)
    {
        var outcome = tool.Build("--target=Sign", "--verbosity=Diagnostic", $"--{option}={value}");
        outcome.ExitCode.ShouldBe(2);
        outcome.All.ShouldContain("CIC0042");
        outcome.All.ShouldNotContain("canary");
        tool.Calls.ShouldBeEmpty();
    }

    [TestCase("key.pem")]
    [TestCase("fd:3")]
    public void Key_NamedByItsPlace_ReachesTheTool(string place)
    {
        File.WriteAllText(Path.Combine(tool.Folder, "key.pem"), "");
        tool.Build("--target=VerifyCommits", $"--sm2-key={place}").ExitCode.ShouldBe(0);
        tool.Calls.ShouldBe([$"run --stages=source --sm2-key={place}"]);
    }

    [Test]
    public void ToArguments_OfEveryProperty_NamesAnOptionOfTheTool()
    {
        var real = RealTool.Path;
        using var help = RealTool.Start(real, "run", "--help");
        var text = help.StandardOutput.ReadToEnd();
        var known = System.Text.RegularExpressions.Regex.Matches(text, @"--([a-z0-9][a-z0-9-]*)").Select(match => match.Groups[1].Value)
            .Except(["help", "version"]).Distinct().Order(StringComparer.Ordinal);

        var options = new ComplianceOptions();
        foreach (var property in typeof(ComplianceOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.Name != "Tool"))
        {
            property.SetValue(options, property.PropertyType == typeof(bool) ? true : "x");
        }

        options.ToArguments().Select(argument => argument[2..].Split('=')[0]).Order(StringComparer.Ordinal).ShouldBe(known);
    }
}
