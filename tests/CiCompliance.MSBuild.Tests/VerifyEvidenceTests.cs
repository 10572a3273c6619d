namespace CiCompliance.MSBuild.Tests;

/// <summary>The task by which an auditor's own build verifies evidence.</summary>
public sealed class VerifyEvidenceTests
{
    [TestCase("Policy=\"$(Typo)\" Requires=\"Policy;Commit\"", TestName = "Policy_ThatIsMistypedAndRequired")]
    [TestCase("Policy=\"p.yml\" Requires=\"Polcy\"", TestName = "Requires_OfWhatTheTaskDoesNotHave")]
    public void IsAnError(string attributes)
    {
        var project = Project(attributes);
        project.Build("-t:Audit", "-restore").ShouldFailWith("CIC0036").Text.ShouldContain("mistyped");
        project.Tool.Calls.ShouldBeEmpty();
    }

    [Test]
    public void Required_ThatAreThere_ReachTheTool()
    {
        var project = Project("Policy=\"p.yml\" Checkpoint=\"c\" Base=\"b\" Witnesses=\"2\" MinimumTool=\"0.1.0\" Requires=\"Policy;Checkpoint;Base;Witnesses;MinimumTool\"");
        project.Build("-t:Audit", "-restore").ShouldPass();
        project.Tool.Calls.ShouldHaveSingleItem().ShouldBe(
        [
            "verify", "evidence", project.PathOf("App/evidence"), "--trust=t.json", "--commit=c1", "--policy=p.yml", "--base=b", "--checkpoint=c",
            "--witnesses=2", "--minimum-tool=0.1.0", "--format=json",
        ]);
    }

    [Test]
    public void Demonstration_AllowedByTheEnvironmentAlone_IsNotAllowed()
    {
        var project = Project("AllowDemonstration=\"false\"");
        project.Environment["CICOMPLIANCE_ALLOW_DEMONSTRATION"] = "true";
        project.Tool.Does("[ -z \"${CICOMPLIANCE_ALLOW_DEMONSTRATION:-}\" ] && answer 0 pass; answer 1 fail");
        project.Build("-t:Audit", "-restore").ShouldPass();
    }

    private static TestProject Project(string attributes)
    {
        var project = new TestProject(items: $"""
            </ItemGroup>
              <Target Name="Audit"><CiCompliance.MSBuild.VerifyEvidence ToolPath="$(_CiComplianceTool)" Evidence="evidence" Trust="t.json" Commit="c1" {attributes} /></Target>
            <ItemGroup>
            """);
        project.Tool.Does("answer 0 pass");
        return project;
    }
}
