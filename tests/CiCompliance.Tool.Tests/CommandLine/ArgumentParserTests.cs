using CiCompliance.Tool.CommandLine;

namespace CiCompliance.Tool.Tests.CommandLine;

public sealed class ArgumentParserTests
{
    [TestCase("rnu", "Did you mean run?")]
    [TestCase("verify comits", "Did you mean commits?")]
    [TestCase("run --comit x", "Did you mean --commit?")]
    [TestCase("run --zzzzzzzz", "See cicompliance --help")]
    [TestCase("", "Use one of init")]
    [TestCase("verify", "Use one of commits")]
    [TestCase("run extra", "See cicompliance run --help")]
    [TestCase("run --out", "Write --out DIR")]
    [TestCase("run --out --quiet", "Write --out DIR")]
    [TestCase("run --out a --out b", "Give it once")]
    [TestCase("verify evidence", "Write cicompliance verify evidence DIR")]
    [TestCase("verify evidence a b", "See cicompliance verify evidence --help")]
    public void Parse_WhenTheCommandLineIsWrong_SaysWhatToDo(string line, string fix)
    {
        var problem = Parse(line).Problem.ShouldNotBeNull();

        problem.Diagnostic.ShouldBe(ToolDiagnostics.CommandLine);
        problem.Fix.En.ShouldStartWith(fix);
        problem.Fix.Zh.ShouldNotBe(problem.Fix.En);
    }

    [TestCase("run --sm2-kee=hunter2")]
    [TestCase("run --sm2-kee:hunter2")]
    public void Parse_WhenAnUnknownOptionHasAValue_DoesNotPrintTheValue(string line) =>
        Parse(line).Problem.ShouldNotBeNull().Format(Diagnostics.Language.English).ShouldNotContain("hunter2");

    [Test]
    public void Parse_WhenAKeyOptionStandsInTheEnvironment_RefusesItWithoutItsValue()
    {
        var problem = Parse("sign", ("CICOMPLIANCE_SM2_KEY", "hunter2")).Problem.ShouldNotBeNull();

        problem.Diagnostic.ShouldBe(ToolDiagnostics.SecretInEnvironment);
        problem.Format(Diagnostics.Language.English).ShouldNotContain("hunter2");
    }

    [Test]
    public void Value_WhenBothAreGiven_TakesTheCommandLine() =>
        Parse("run --out cli", ("CICOMPLIANCE_OUT", "env")).Arguments!.Value(OptionTable.Out).ShouldBe("cli");

    [Test]
    public void Value_WhenOnlyTheVariableIsGiven_TakesIt() =>
        Parse("run", ("CICOMPLIANCE_OUT", "env")).Arguments!.Value(OptionTable.Out).ShouldBe("env");

    [TestCase("true", true)]
    [TestCase("0", false)]
    public void Flag_FromAVariable_IsReadAsYesOrNo(string value, bool expected) =>
        Parse("run", ("CICOMPLIANCE_QUIET", value)).Arguments!.Flag(OptionTable.Quiet).ShouldBe(expected);

    [Test]
    public void Flag_WhenTheVariableIsNeither_Throws() =>
        Should.Throw<Diagnostics.CiComplianceException>(() => Parse("run", ("CICOMPLIANCE_QUIET", "maybe")).Arguments!.Flag(OptionTable.Quiet))
            .Diagnostic.ShouldBe(ToolDiagnostics.OptionValue);

    [Test]
    public void Parse_WhenAnOperandBeginsWithAt_IsNotAResponseFile() =>
        Parse("verify evidence @/etc/passwd").Arguments!.Operands.ShouldBe(["@/etc/passwd"]);

    [Test]
    public void Values_WhenAnOptionMayStandSeveralTimes_KeepsAll() =>
        Parse("trust import k --repository a --repository b").Arguments!.Values(OptionTable.Repositories).ShouldBe(["a", "b"]);

    private static ArgumentParser.Parsed Parse(string line, params (string Name, string Value)[] environment) => ArgumentParser.Parse(
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries), name => environment.FirstOrDefault(pair => pair.Name == name).Value);
}
