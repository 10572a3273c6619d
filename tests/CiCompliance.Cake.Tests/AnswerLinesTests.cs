using CiCompliance.Cake.Running;

namespace CiCompliance.Cake.Tests;

public sealed class AnswerLinesTests
{
    [TestCase("verify offline: cicompliance verify evidence /e --commit c")]
    [TestCase("离线验证:cicompliance verify evidence /e --commit c")]
    [TestCase("cicompliance verify evidence /e --commit c")]
    public void Lines_WithTheVerifyCommand_PutItOnALineOfItsOwn(string line) =>
        AnswerLines.Of($"verdict: pass\n{line}\n", Tool("/t/cicompliance")).ShouldBe(["verdict: pass", "", "/t/cicompliance verify evidence /e --commit c"]);

    [Test]
    public void Lines_WhenTheToolsPathNeedsQuotes_QuotesIt() =>
        AnswerLines.Of("cicompliance verify evidence /e", Tool("/a b/it's")).Last().ShouldBe("'/a b/it'\\''s' verify evidence /e");

    [Test]
    public void Lines_WithoutTheCommand_StayAsTheyAre() =>
        AnswerLines.Of("run cicompliance doctor\nreport: /r\n", Tool("/t")).ShouldBe(["run cicompliance doctor", "report: /r"]);

    [Test]
    public void Lines_WhenTheToolIsInAManifest_SayWhatToTypeThere() =>
        AnswerLines.Of("cicompliance verify evidence /e", new("dotnet", ["tool", "run", "cicompliance", "--"], "dotnet tool run cicompliance --")).Last()
            .ShouldBe("dotnet tool run cicompliance -- verify evidence /e");

    [Test]
    public void Lines_WithControlCharacters_ShowThemAsEscapes() => AnswerLines.Of("a\u001b[2Kb\n", Tool("/t")).ShouldBe(["a\\u001b[2Kb"]);

    private static ToolCommand Tool(string path) => new(path, [], path);
}
