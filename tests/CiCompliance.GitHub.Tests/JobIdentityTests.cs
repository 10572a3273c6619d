using System.Buffers.Text;
using System.Text;

namespace CiCompliance.GitHub.Tests;

public sealed class JobIdentityTests
{
    private readonly GitHubStub server = new();

    [OneTimeTearDown]
    public void TearDown() => server.Dispose();

    [Test]
    public async Task Claims_OfTheRunnersToken_AreKeptWithoutIt()
    {
        server.Answer = request => request.Query["audience"] == "cicompliance" && request.Headers["Authorization"] == "Bearer request-token"
            ? Value("""{"repository_id":"17","run_id":"7","actor":"li\u0000","event_name":"push","jti":"secret","sha":"c","run_attempt":2}""") : new GitHubAnswer(403, "{}");

        var claims = await JobIdentity.ReadAsync(server.Root + "/oidc?api-version=2", "request-token", CancellationToken.None);

        claims.ShouldBe(new Dictionary<string, string> { ["repository_id"] = "17", ["run_id"] = "7", ["actor"] = "li", ["event_name"] = "push", ["sha"] = "c", ["run_attempt"] = "2" }, ignoreOrder: true);
    }

    [TestCase(500, "{}")]
    [TestCase(200, "{}")]
    [TestCase(200, """{"value":"no-token"}""")]
    [TestCase(200, """{"value":"a.!!!.c"}""")]
    [TestCase(200, """{"value":7}""")]
    public async Task Identity_ThatIsOfferedAndNotGiven_StopsTheRun(int status, string body)
    {
        server.Answer = _ => new GitHubAnswer(status, body);

        (await Should.ThrowAsync<CiComplianceException>(() => JobIdentity.ReadAsync(server.Root + "/oidc", "t", CancellationToken.None))).Diagnostic.Code.ShouldBe("CIC5415");
    }

    private static GitHubAnswer Value(string payload) => new(200, $$"""{"value":"e30.{{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}}.c2ln"}""");
}
