namespace CiCompliance.Build.Tests;

public sealed class ToolAnswerTests
{
    [TestCase("verify offline: cicompliance verify evidence /e --commit c")]
    [TestCase("离线验证:cicompliance verify evidence /e --commit c")]
    [TestCase("cicompliance verify evidence /e --commit c")]
    public void Lines_WithTheVerifyCommand_PutItOnALineOfItsOwn(string line) =>
        ToolAnswer.Lines($"verdict: pass\n{line}\n", "/t/cicompliance").ShouldBe(["verdict: pass", "", "/t/cicompliance verify evidence /e --commit c"]);

    [Test]
    public void Lines_WhenTheToolsPathNeedsQuotes_QuotesIt() =>
        ToolAnswer.Lines("cicompliance verify evidence /e", "/a b/it's").Last().ShouldBe("'/a b/it'\\''s' verify evidence /e");

    [Test]
    public void Lines_WithoutTheCommand_StayAsTheyAre() =>
        ToolAnswer.Lines("run cicompliance doctor\nreport: /r\n", "/t").ShouldBe(["run cicompliance doctor", "report: /r"]);
}
