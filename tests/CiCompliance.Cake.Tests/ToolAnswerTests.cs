using CiCompliance.Cake.Running;

namespace CiCompliance.Cake.Tests;

public sealed class ToolAnswerTests
{
    [TestCase("verify offline: cicompliance verify evidence /e --commit c")]
    [TestCase("离线验证:cicompliance verify evidence /e --commit c")]
    [TestCase("cicompliance verify evidence /e --commit c")]
    public void Lines_WithTheVerifyCommand_PutItOnALineOfItsOwn(string line) =>
        ToolAnswer.Lines($"verdict: pass\n{line}\n", Tool("/t/cicompliance")).ShouldBe(["verdict: pass", "", "/t/cicompliance verify evidence /e --commit c"]);

    [Test]
    public void Lines_WhenTheToolsPathNeedsQuotes_QuotesIt() =>
        ToolAnswer.Lines("cicompliance verify evidence /e", Tool("/a b/it's")).Last().ShouldBe("'/a b/it'\\''s' verify evidence /e");

    [Test]
    public void Lines_WithoutTheCommand_StayAsTheyAre() =>
        ToolAnswer.Lines("run cicompliance doctor\nreport: /r\n", Tool("/t")).ShouldBe(["run cicompliance doctor", "report: /r"]);

    [Test]
    public void Lines_WhenTheToolIsInAManifest_SayWhatToTypeThere() =>
        ToolAnswer.Lines("cicompliance verify evidence /e", new("dotnet", ["tool", "run", "cicompliance", "--"], "dotnet tool run cicompliance --")).Last()
            .ShouldBe("dotnet tool run cicompliance -- verify evidence /e");

    private static ToolCommand Tool(string path) => new(path, [], path);
}
