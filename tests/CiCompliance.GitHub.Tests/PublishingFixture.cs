using CiCompliance.Attestations;

namespace CiCompliance.GitHub.Tests;

/// <summary>Publishes one evidence folder to one stub, as often as a test wants.</summary>
public abstract class PublishingFixture
{
    protected const string Token = "ghs_canary0123456789";

    private CancellationTokenSource cancellation = null!;

    protected GitHubStub Server { get; private set; } = null!;

    protected SkippingClock Clock { get; private set; } = null!;

    protected List<string> Notes { get; } = [];

    internal GitHubBounds Bounds { get; set; } = null!;

    [SetUp]
    public void SetUp()
    {
        (Server, Clock, cancellation, Bounds) = (new GitHubStub(), new SkippingClock(), new CancellationTokenSource(), GitHubBounds.Default);
        Notes.Clear();
    }

    [TearDown]
    public void TearDown()
    {
        Server.Dispose();
        cancellation.Dispose();
        Server.Problems.ShouldBeEmpty("GitHub's description refuses a request");
        Server.Requests.ShouldAllBe(request => request.Headers["Authorization"] == "Bearer " + Token && request.Headers["X-GitHub-Api-Version"] == "2022-11-28");
        Notes.ShouldNotContain(note => note.Contains(Token));
    }

    protected void Cancel() => cancellation.Cancel();

    protected async Task<IReadOnlyList<PublishedItem>> PublishAsync(
        int findings = 0, string? release = null, bool isSealed = true, RunMode mode = RunMode.Production, string? apiUrl = null, string repository = "acme/app", bool isExpected = true,
        string? branch = null, string? tag = null, string rules = "")
    {
        using var folder = new SealedFolder(Findings(findings), isSealed, mode, new Uri(Server.Root).Authority + "/" + repository, branch, tag, rules);
        using var publication = Publication.Open(folder.Path, new HandedOver(isExpected ? folder.Digest : null, IsUnsealed: false), SealedFolder.Digests, CancellationToken.None);
        var place = new JobPlace(Server.Root, "acme/app", Server.Root + "/acme/app/actions/runs/7/attempts/1");
        using var gitHub = new OctokitGitHub(apiUrl ?? Server.ApiUrl, "acme/app", Token, "0.1.0", Bounds, Clock, new Lines(Notes), cancellation.Token);
        return await new GitHubPublisher(gitHub, place, Clock, new Lines(Notes))
            .PublishAsync(publication, JobPublisher.Annotate(publication, Language.English), release, Language.English, cancellation.Token);
    }

    protected async Task<Finding> RefusedAsync(Func<Task> publish)
    {
        var finding = (await Should.ThrowAsync<CiComplianceException>(publish)).Finding;
        finding.Format(Language.English).ShouldNotContain(Token);
        return finding;
    }

    protected static IReadOnlyList<Finding> Findings(int count) =>
        [.. Enumerable.Range(1, count).Select(n => new Finding(new Diagnostic("CIC1001", DiagnosticKind.NotCompliant, ""), $"go.sum({n},2)", new($"finding {n}", $"发现 {n}"), new("Fix it", "请修复")))];

    private sealed class Lines(List<string> lines) : IProgress<LocalizedText>
    {
        public void Report(LocalizedText value) => lines.Add(value.En);
    }
}
