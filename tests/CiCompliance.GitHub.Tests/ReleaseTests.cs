using System.Text;
using CiCompliance.Attestations;

namespace CiCompliance.GitHub.Tests;

public sealed class ReleaseTests : PublishingFixture
{
    private const string TagRule = """
        source:
          rules:
            - name: release tags
              tags: ["v*"]
              signers: [alice@example.cn]
        """;

    [Test]
    public async Task Release_GetsBundlesEnvelopesSealReportAndVerdict()
    {
        var items = await PublishAsync(release: "v1.0.0");

        Server.Assets.Select(asset => (string)asset["name"]!).ShouldBe(
        [
            "app-linux-amd64.binary.sigstore.json", "app-linux-amd64.binary.sm2.dsse.json", "app-linux-amd64.cdx.json", "app-linux-amd64.dependencies.sigstore.json",
            "app-linux-amd64.dependencies.sm2.dsse.json", "app-linux-amd64.provenance.sigstore.json", "app-linux-amd64.provenance.sm2.dsse.json",
            "app-linux-amd64.source.sigstore.json", "app-linux-amd64.source.sm2.dsse.json", "evidence.manifest.json", "evidence.manifest.sigstore.json",
            "evidence.manifest.sm2.dsse.json", "evidence.report.html", "evidence.verdict.json",
        ], ignoreOrder: true);
        Server.Writes.Where(request => request.Path.Contains("/uploads/")).ShouldAllBe(request => request.Query["label"].Contains("log index 42, uuid "));
        var verdict = Server.Writes.Single(request => request.Query.GetValueOrDefault("name") == "evidence.verdict.json").Json;
        ((string)verdict["verdict"]!, (long)verdict["log"]!["index"]!).ShouldBe(("pass", SealedFolder.LogIndex));
        items.Count(item => item.Kind == "release-asset").ShouldBe(14);
    }

    [Test]
    public async Task Asset_LeftHalfUploaded_IsReplaced()
    {
        Server.AddAsset("evidence.report.html", "starter", []);

        await PublishAsync(release: "v1");

        Server.Assets.ShouldAllBe(asset => (string)asset["state"]! == "uploaded");
        Server.Writes.Count(request => request.Method == "DELETE").ShouldBe(1);
    }

    [Test]
    public async Task Asset_OfAnEarlierRun_IsReplaced_AndTheSameStays()
    {
        Server.AddAsset("evidence.report.html", "uploaded", Encoding.UTF8.GetBytes("<!doctype html>"));
        Server.AddAsset("app-linux-amd64.cdx.json", "uploaded", Encoding.UTF8.GetBytes("[]"));
        Server.AddAsset("somebody-elses.zip", "uploaded", [1]);

        var items = await PublishAsync(release: "v1");

        items.Single(item => item.Name == "evidence.report.html").WasThere.ShouldBeTrue();
        items.Single(item => item.Name == "app-linux-amd64.cdx.json").WasThere.ShouldBeFalse();
        Server.Writes.Count(request => request.Method == "DELETE").ShouldBe(1);
        Server.Assets.ShouldContain(asset => (string)asset["name"]! == "somebody-elses.zip");
    }

    [Test]
    public async Task Upload_Answered502_LeavesAStarterThatIsReplaced()
    {
        var failed = false;
        Server.Answer = request =>
        {
            if (failed || request.Query.GetValueOrDefault("name") != "evidence.report.html")
            {
                return null;
            }

            failed = true;
            Server.AddAsset("evidence.report.html", "starter", []);
            return new GitHubAnswer(502, "");
        };

        await PublishAsync(release: "v1");

        ((string)Server.Assets.Single(asset => (string)asset["name"]! == "evidence.report.html")["state"]!).ShouldBe("uploaded");
    }

    [Test]
    public async Task Upload_ThatAnotherJobWasFasterWith_IsComparedAndKept()
    {
        var first = true;
        Server.Answer = request =>
        {
            if (first && request.Query.GetValueOrDefault("name") == "evidence.report.html")
            {
                first = false;
                Server.AddAsset("evidence.report.html", "uploaded", request.Body);
            }

            return null;
        };

        await PublishAsync(release: "v1");

        Server.Writes.ShouldNotContain(request => request.Method == "DELETE");
        Server.Writes.Count(request => request.Query.GetValueOrDefault("name") == "evidence.report.html").ShouldBe(1);
    }

    [Test]
    public async Task Upload_ThatTheServerKeepsDifferently_IsRefused()
    {
        Server.Answer = request => request.Path.Contains("/uploads/") ? new GitHubAnswer(201, """{"id":1,"name":"x","state":"uploaded","size":1,"digest":"sha256:00"}""") : null;

        (await RefusedAsync(() => PublishAsync(release: "v1"))).Diagnostic.Code.ShouldBe("CIC5409");
    }

    [Test]
    public async Task Release_ThatIsNotThere_IsAskedForBeforeTheFirstWrite()
    {
        Server.HasRelease = false;

        (await RefusedAsync(() => PublishAsync(release: "v1"))).Diagnostic.Code.ShouldBe("CIC5413");
        Server.Writes.ShouldBeEmpty();
    }

    [Test]
    public async Task Release_GetsSealedEvidenceOnly()
    {
        (await RefusedAsync(() => PublishAsync(release: "v1", isSealed: false))).Diagnostic.Code.ShouldBe("CIC5400");
        Server.Requests.ShouldBeEmpty();
    }

    [TestCase("cccccccccccccccccccccccccccccccccccccccc")]
    [TestCase(null)]
    public async Task Release_OfAnotherCommit_IsLeftAlone(string? tagged)
    {
        Server.TaggedCommit = tagged;
        Server.AddAsset("evidence.report.html", "uploaded", [1]);

        var finding = await RefusedAsync(() => PublishAsync(release: "v1"));

        (finding.Diagnostic.Code, finding.Origin).ShouldBe(("CIC5419", "v1"));
        Server.Writes.ShouldBeEmpty();
    }

    [Test]
    public async Task Release_GetsNoDemonstration()
    {
        (await RefusedAsync(() => PublishAsync(release: "v1", mode: RunMode.Demonstration))).Diagnostic.Code.ShouldBe("CIC5419");
        Server.Requests.ShouldBeEmpty();
    }

    [TestCase(null)]
    [TestCase("v1.0.1")]
    [TestCase("V1.0.0")]
    public async Task Release_OfATagThatARuleIsAbout_GetsNoEvidenceOfAnother(string? tag)
    {
        var finding = await RefusedAsync(() => PublishAsync(release: "v1.0.0", tag: tag, rules: TagRule));

        (finding.Diagnostic.Code, finding.Origin).ShouldBe(("CIC5419", "v1.0.0"));
        finding.What.En.ShouldContain("rule 'release tags'");
        Server.Requests.ShouldBeEmpty();
    }

    [TestCase("v1.0.0", "v1.0.0")]
    [TestCase("nightly", null)]
    public async Task Release_OfItsOwnTagOrOneWithoutARule_GetsTheEvidence(string release, string? tag)
    {
        await PublishAsync(release: release, tag: tag, rules: TagRule);

        Server.Assets.ShouldNotBeEmpty();
    }

    [TestCase("""{"object":{"type":"tag","sha":"../../../user"}}""", "CIC5409")]
    [TestCase("""{"object":null}""", "CIC5409")]
    [TestCase("""{"object":{"type":"tag","sha":"ffffffffffffffffffffffffffffffffffffffff"}}""", "CIC5419")]
    [TestCase("""{"object":{"type":"tree","sha":"ffffffffffffffffffffffffffffffffffffffff"}}""", "CIC5419")]
    public async Task Tag_ThatLeadsNowhere_IsRefused(string answer, string code)
    {
        // A tag of itself, too: the depth is bounded.
        Server.Answer = request => request.Path.Contains("/git/") ? new GitHubAnswer(200, answer) : null;

        (await RefusedAsync(() => PublishAsync(release: "v1"))).Diagnostic.Code.ShouldBe(code);
        Server.Writes.ShouldBeEmpty();
        Server.Requests.Count(request => request.Path.Contains("/git/")).ShouldBeLessThan(10);
    }

    [Test]
    public async Task UploadUrl_ThatATokenMayNotBeSentTo_IsRefused()
    {
        Server.Answer = request => request.Path.Contains("/releases/tags/") ? new GitHubAnswer(200, """{"id":5,"upload_url":"http://uploads.example/x{?name}"}""") : null;

        (await RefusedAsync(() => PublishAsync(release: "v1"))).Diagnostic.Code.ShouldBe("CIC5414");
        Server.Writes.ShouldBeEmpty();
    }

    [Test]
    public async Task Tag_IsOneSegmentOfThePath()
    {
        Server.HasRelease = false;

        await RefusedAsync(() => PublishAsync(release: "../../../user"));

        Server.Requests.Last().Path.ShouldEndWith("/releases/tags/..%2F..%2F..%2Fuser");
    }
}
