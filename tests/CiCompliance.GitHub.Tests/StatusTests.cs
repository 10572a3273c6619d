namespace CiCompliance.GitHub.Tests;

/// <summary>The commit status names the branch that the rules were applied for.</summary>
public sealed class StatusTests : PublishingFixture
{
    [TestCase(null, "CiCompliance")]
    [TestCase("main", "CiCompliance (main)")]
    [TestCase("release/2026.11", "CiCompliance (release/2026.11)")]
    [TestCase("Main", "CiCompliance (sha256:eb814be3ca3b78c0734c560518be2a03e8d8f6e7e26447224cc7c7b105e1193e)")]
    [TestCase("main) (x", "CiCompliance (sha256:4f559a2ae346e7ec9b64cd3f4de7a0682e6618fdfc9446627c4e597efc02fa14)")]
    [TestCase("发布", "CiCompliance (sha256:b61f333b91b21f79ba7b61efa3eac850742757b5668a9a2b1ff30e68f743b7ae)")]
    public async Task Context_NamesTheBranch_AndHashesWhatGitHubCouldConfuse(string? branch, string context)
    {
        await PublishAsync(branch: branch);

        ((string)Server.Statuses.ShouldHaveSingleItem()["context"]!).ShouldBe(context);
    }

    [Test]
    public async Task Context_OfALongBranch_StaysWithinGitHubsLimit()
    {
        await PublishAsync(branch: new string('a', 200));
        await PublishAsync(branch: new string('a', 201));

        Server.Statuses.Select(status => ((string)status["context"]!).Length).ShouldBe([215, 86]);
    }

    [Test]
    public async Task Pass_ForAnotherBranch_LeavesTheFirstAndIsWrittenOnce()
    {
        await PublishAsync(branch: "topic");
        await PublishAsync(branch: "main");
        await PublishAsync(branch: "topic");

        Server.Statuses.Select(status => (string)status["context"]!).ShouldBe(["CiCompliance (topic)", "CiCompliance (main)"]);
    }
}
