namespace CiCompliance.MSBuild.Tests;

/// <summary>Whatever the tool does but pass, the build fails and says why.</summary>
public sealed class FailureTests
{
    [Test]
    public void Gate_ThatRefuses_IsAnErrorWithCodeFileLineAndHelpLink()
    {
        var project = Project("""
            echo "sidecar/go.mod(3,7) : error CIC1101: it is {0} not what the database says. ask why" >&2
            answer 1 fail '{"name":"dependencies","verdict":"fail","checks":[]}'
            """);
        var outcome = project.Build(LinksOf(project));
        var error = outcome.ShouldFailWith("CIC1101");
        error.Text.ShouldBe("it is {0} not what the database says. ask why");
        error.File.ShouldBe(project.PathOf("App/sidecar/go.mod"));
        (error.LineNumber, error.ColumnNumber).ShouldBe((3, 7));
        HelpLinkLogger.Read(project.PathOf("links"))["CIC1101"].ShouldBe(new Uri(Path.Combine(PackageFeed.Unpacked, "docs/diagnostics/CIC1101.md")).AbsoluteUri);
        outcome.Errors.Count.ShouldBe(1);
        File.Exists(project.PathOf("App/bin/Debug/net10.0/App.dll")).ShouldBeFalse("the gate comes before the compiler");
    }

    [Test]
    public void Notice_OfAPassingRun_IsAWarningWithHelpLink()
    {
        var project = Project("""
            echo "environment : warning CIC0056: a setting. look" >&2
            answer 0 pass
            """);
        var outcome = project.Build(LinksOf(project));
        outcome.ShouldPass();
        var warning = outcome.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("CIC0056");
        HelpLinkLogger.Read(project.PathOf("links"))["CIC0056"].ShouldEndWith("/docs/diagnostics/CIC0056.md");
    }

    [TestCase("answer 3 undecided '{\"name\":\"build\",\"verdict\":\"undecided\",\"checks\":[{\"id\":\"build.not-run\",\"verdict\":\"undecided\",\"detail\":\"not run\"}]}'", "CIC0034", TestName = "Stage_ThatGivesNoReason")]
    [TestCase("exit 0", "CIC0030", TestName = "Tool_ThatAnswersNothing")]
    [TestCase("echo '{\"exitCode\":0,\"verdict\":'; exit 0", "CIC0030", TestName = "Tool_ThatAnswersHalf")]
    [TestCase("echo '[]'; exit 0", "CIC0030", TestName = "Tool_ThatAnswersAnotherThing")]
    [TestCase("echo '{\"exitCode\":0,\"verdict\":\"pass\"}'; exit 1", "CIC0030", TestName = "Tool_WhoseExitCodeContradictsItsAnswer")]
    [TestCase("echo '{\"exitCode\":1,\"verdict\":\"fail\"}'; exit 0", "CIC0030", TestName = "Tool_WhoseAnswerContradictsItsExitCode")]
    [TestCase("answer 0 undecided", "CIC0030", TestName = "Tool_WhoseVerdictContradictsItsExitCode")]
    [TestCase("echo '{\"exitCode\":0}'; exit 0", "CIC0030", TestName = "Tool_ThatGivesNoVerdict")]
    [TestCase("exec yes 0123456789012345678901234567890123456789012345678901234567890123456789", "CIC0030", TestName = "Tool_WhoseAnswerHasNoEnd")]
    [TestCase("kill -KILL $$", "CIC0030", TestName = "Tool_ThatIsKilled")]
    [TestCase("echo \"x : error CIC1001: no. ask\" >&2; answer 0 pass", "CIC1001", TestName = "Tool_ThatPassesAfterAnError")]
    [TestCase("echo \"a : warning CIC0056: b : error CIC1001: no. ask\" >&2; answer 1 fail", "CIC0034", TestName = "Tool_WhoseErrorLooksLikeAWarning")]
    public void FailsTheBuild(string script, string code)
    {
        var outcome = Project(script).Build();
        outcome.ShouldFailWith(code);
    }

    [TestCase("CiComplianceSm2Key")]
    [TestCase("CiComplianceLogKeyPassphrase")]
    [TestCase("CiComplianceP256Certificates")]
    [TestCase("CiComplianceProxyTokenFile")]
    public void Secret_InAPropertyOfAKey_ReachesNoProgram(string property)
    {
        var project = Project("answer 0 pass");
        project.Properties[property] = "not-a-reference";
        var error = project.Build().ShouldFailWith("CIC0033");
        error.Text.ShouldNotContain("not-a-reference");
        project.Tool.Calls.ShouldBeEmpty();
    }

    [Test]
    public void ProxyToken_NamedByItsPlace_ReachesTheTool()
    {
        var project = Project("answer 0 pass");
        project.Write("proxy-token", "");
        project.Properties["CiComplianceProxyTokenFile"] = project.PathOf("proxy-token");
        project.Build().ShouldPass();
        project.Tool.Calls.ShouldHaveSingleItem().ShouldContain($"--proxy-token-file={project.PathOf("proxy-token")}");
    }

    [Test]
    public void Tool_ThatIsMissing_FailsTheBuild()
    {
        var project = Project("answer 0 pass");
        File.Delete(project.Tool.Path);
        project.Build().ShouldFailWith("CIC0011");
    }

    private static string LinksOf(TestProject project) =>
        $"-logger:{typeof(HelpLinkLogger).FullName},{typeof(HelpLinkLogger).Assembly.Location};{project.PathOf("links")}";

    private static TestProject Project(string script)
    {
        var project = new TestProject();
        project.Properties["CiComplianceOnBuild"] = "true";
        project.Tool.Does(script);
        return project;
    }
}
