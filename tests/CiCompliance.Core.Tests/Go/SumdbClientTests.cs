using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Go;

public sealed class SumdbClientTests
{
    private static readonly ModuleVersion First = new("example.com/first", "v1.0.0");
    private static readonly ModuleVersion Last = new("example.com/last", "v1.0.0");
    private Ed25519Fixture key = null!;
    private FixtureSumdb sumdb = null!;
    private FixtureModuleProxy proxy = null!;

    [SetUp]
    public void SetUp()
    {
        key = Ed25519Fixture.Random();
        sumdb = Database("other");
        proxy = new(sumdb);
    }

    [TearDown]
    public void TearDown()
    {
        proxy.Dispose();
        key.Dispose();
    }

    [Test]
    public async Task LookupAsync_WhenTrue_ProvesAndFetchesEachTileOnce()
    {
        var result = await LookupAsync();
        result.Head!.Size.ShouldBe(602);
        result.Outcomes.Values.ShouldAllBe(outcome => outcome.Finding == null && outcome.Proof != null);
        result.Findings.ShouldBeEmpty();
        var tiles = proxy.Requests.Where(path => path.Contains("/tile/", StringComparison.Ordinal)).ToList();
        tiles.Count.ShouldBe(tiles.Distinct().Count());
        proxy.Requests.ShouldNotContain(path => path.EndsWith("/latest", StringComparison.Ordinal));
    }

    [Test]
    public async Task LookupAsync_WhenAUrlIsPinned_GoesPastTheProxy()
    {
        var setting = SumdbSetting.Parse($"{sumdb.VerifierKey} {proxy.Url}/sumdb/{sumdb.Name}");
        var result = await LookupAsync(setting, ["https://127.0.0.1:9"]);
        result.Outcomes.Values.ShouldAllBe(outcome => outcome.Finding == null);
        proxy.Requests.ShouldNotContain(path => path.EndsWith("/supported", StringComparison.Ordinal));
    }

    [Test]
    public async Task LookupAsync_WhenHeadsAreOfDifferentAge_TakesTheNewestAndChecksTheOther()
    {
        Lie("/lookup/example.com/first@", path => sumdb.Answer(path, 300));
        var result = await LookupAsync();
        result.Head!.Size.ShouldBe(602);
        result.Findings.ShouldBeEmpty();
        result.Outcomes.Values.ShouldAllBe(outcome => outcome.Proof != null);
    }

    [Test]
    public async Task LookupAsync_WhenAnOlderHeadIsOfAnotherTree_IsAFork()
    {
        var forked = Database("forked");
        Lie("/lookup/example.com/first@", path => forked.Answer(path, 300));
        (await LookupAsync()).Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(DependencyDiagnostics.Forked);
    }

    [Test]
    public async Task LookupAsync_WhenTwoHeadsOfOneSizeDiffer_IsAFork()
    {
        var forked = Database("forked");
        Lie("/lookup/example.com/first@", path => forked.Answer(path));
        (await LookupAsync()).Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(DependencyDiagnostics.Forked);
    }

    [Test]
    public async Task LookupAsync_WhenATileIsOfAnotherTree_IsNotProved()
    {
        var other = Database("forked");
        Lie("/tile/8/0/000", path => other.Answer(path));
        var outcome = (await LookupAsync()).Outcomes[First];
        outcome.Finding!.Diagnostic.ShouldBe(DependencyDiagnostics.NotProved);
        outcome.Proof.ShouldBeNull();
    }

    [Test]
    public async Task LookupAsync_WhenTheRecordIsChanged_IsNotProved()
    {
        Lie("/lookup/example.com/first@", path => (200, Replace(sumdb.Answer(path).Body, ThreeModules.Hash(-1), ThreeModules.Hash(-7))));
        (await LookupAsync()).Outcomes[First].Finding!.Diagnostic.ShouldBe(DependencyDiagnostics.NotProved);
    }

    [Test]
    public async Task LookupAsync_WhenTheRecordIsOfAnotherModule_IsFalse()
    {
        Lie("/lookup/example.com/first@", _ => sumdb.Answer("/lookup/example.com/last@v1.0.0"));
        (await LookupAsync()).Outcomes[First].Finding!.Diagnostic.ShouldBe(DependencyDiagnostics.FalseAnswer);
    }

    [Test]
    public async Task LookupAsync_WhenSignedByAnotherKey_IsFalse()
    {
        var impostor = new FixtureSumdb(sumdb.Name, Ed25519Fixture.Random());
        impostor.Add(First, ThreeModules.Hash(1), ThreeModules.Hash(-1));
        Lie("/lookup/example.com/first@", path => impostor.Answer(path));
        var finding = (await LookupAsync()).Outcomes[First].Finding!;
        finding.Diagnostic.ShouldBe(DependencyDiagnostics.FalseAnswer);
        finding.What.En.ShouldContain("not signed by");
    }

    [TestCase("")]
    [TestCase("0\n")]
    [TestCase("-1\nx\n\ny\n")]
    [TestCase("99999999999999999999\nx\n\ny\n")]
    public async Task LookupAsync_WhenTheReplyIsMalformed_IsFalse(string reply)
    {
        Lie("/lookup/example.com/first@", _ => (200, Encoding.UTF8.GetBytes(reply)));
        (await LookupAsync()).Outcomes[First].Finding!.Diagnostic.ShouldBe(DependencyDiagnostics.FalseAnswer);
    }

    [Test]
    public async Task LookupAsync_WhenTheReplyIsHuge_IsFalse()
    {
        Lie("/lookup/example.com/first@", _ => (200, new byte[(1 << 20) + 1]));
        (await LookupAsync()).Outcomes[First].Finding!.What.En.ShouldContain("more than");
    }

    [Test]
    public async Task LookupAsync_WhenTheRecordNumberIsBeyondTheTree_IsFalse()
    {
        Lie("/lookup/example.com/first@", path => (200, [.. "999"u8, .. sumdb.Answer(path).Body]));
        (await LookupAsync()).Outcomes[First].Finding!.What.En.ShouldContain("beyond the tree head");
    }

    [Test]
    public async Task LookupAsync_WhenRedirectedWithinTheHost_Follows()
    {
        var target = $"/sumdb/{sumdb.Name}/lookup/example.com/first@v1.0.0";
        proxy.Lie = path => path == target ? (302, Encoding.ASCII.GetBytes("/moved")) : path == "/moved" ? sumdb.Answer("/lookup/example.com/first@v1.0.0") : null;
        (await LookupAsync()).Outcomes[First].Proof.ShouldNotBeNull();
    }

    [TestCase("https://sum.example.cn/lookup")]
    [TestCase("file:///etc/passwd")]
    public async Task LookupAsync_WhenRedirectedElsewhere_IsFalse(string target)
    {
        Lie("/lookup/example.com/first@", _ => (302, Encoding.ASCII.GetBytes(target)));
        (await LookupAsync()).Outcomes[First].Finding!.What.En.ShouldContain("redirects to another host");
    }

    [Test]
    public async Task LookupAsync_WhenATileIsMissing_IsUndecided()
    {
        Lie("/tile/8/0/000", _ => (404, []));
        (await LookupAsync()).Outcomes[First].Finding!.Diagnostic.ShouldBe(DependencyDiagnostics.DatabaseUnavailable);
    }

    [Test]
    public async Task LookupAsync_WhenAPartialTileIsGone_TakesTheFullOne()
    {
        var size = 602;
        proxy.Lie = path => path.Contains(".p/", StringComparison.Ordinal) ? (404, [])
            : path.EndsWith("/tile/8/0/002", StringComparison.Ordinal) ? (200, [.. sumdb.Answer($"/tile/8/0/002.p/{size - 512}").Body, .. new byte[(256 - (size - 512)) * 32]])
            : path.EndsWith("/tile/8/1/000", StringComparison.Ordinal) ? (200, [.. sumdb.Answer("/tile/8/1/000.p/2").Body, .. new byte[254 * 32]]) : null;
        (await LookupAsync()).Outcomes.Values.ShouldAllBe(outcome => outcome.Proof != null);
    }

    [TestCase(403)]
    [TestCase(500)]
    public async Task LookupAsync_WhenSupportedIsRefused_Stops(int status)
    {
        Lie("/supported", _ => (status, []));
        (await Should.ThrowAsync<CiComplianceException>(() => LookupAsync())).Diagnostic.ShouldBe(DependencyDiagnostics.DatabaseUnavailable);
    }

    [Test]
    public async Task LookupAsync_WhenAServerErrorPasses_TriesAgain()
    {
        var count = 0;
        Lie("/lookup/example.com/first@", path => Interlocked.Increment(ref count) < 3 ? (503, []) : sumdb.Answer(path));
        (await LookupAsync()).Outcomes[First].Proof.ShouldNotBeNull();
    }

    [Test]
    public async Task GetAsync_WhenNothingIsAnswered_EndsAndFailsTheOthersAtOnce()
    {
        proxy.Lie = _ => (0, []);
        using var http = ModuleHttp.Create();
        var transport = new SumdbTransport(http, TimeProvider.System) { Timeout = TimeSpan.FromMilliseconds(50) };
        await Should.ThrowAsync<HttpRequestException>(() => transport.GetAsync(new(proxy.Url + "/a"), CancellationToken.None));
        var before = proxy.Requests.Count;
        await Should.ThrowAsync<HttpRequestException>(() => transport.GetAsync(new(proxy.Url + "/b"), CancellationToken.None));
        proxy.Requests.Count.ShouldBe(before);
    }

    [TestCase("http://sum.example.cn", false)]
    [TestCase("http://127.0.0.1:1", true)]
    [TestCase("http://[::1]:1", true)]
    [TestCase("http://localhost:1", true)]
    [TestCase("https://sum.example.cn", true)]
    [TestCase("https://user@sum.example.cn", false)]
    [TestCase("ftp://127.0.0.1", false)]
    public void IsAllowed_WhenUrl_WantsHttpsBeyondThisMachine(string url, bool expected) => SumdbTransport.IsAllowed(new(url)).ShouldBe(expected);

    private FixtureSumdb Database(string other)
    {
        var database = new FixtureSumdb("sumdb.example.cn", key);
        database.Add(First, ThreeModules.Hash(1), ThreeModules.Hash(-1));
        for (var i = 0; i < 600; i++)
        {
            database.Add(new($"example.com/{other}", $"v1.0.{i}"), ThreeModules.Hash(i + 10), ThreeModules.Hash(-i - 10));
        }

        database.Add(Last, ThreeModules.Hash(2), ThreeModules.Hash(-2));
        return database;
    }

    private void Lie(string where, Func<string, (int, byte[])> answer)
    {
        var root = $"/sumdb/{sumdb.Name}";
        proxy.Lie = path => path.StartsWith(root + where, StringComparison.Ordinal) ? answer(path[root.Length..]) : null;
    }

    private async Task<SumdbResult> LookupAsync(SumdbSetting? setting = null, IReadOnlyList<string>? proxies = null)
    {
        using var http = ModuleHttp.Create();
        var client = new SumdbClient(setting ?? SumdbSetting.Parse(sumdb.VerifierKey), proxies ?? [proxy.Url], new Ed25519FixtureVerifier(), http, TimeProvider.System);
        return await client.LookupAsync([First, Last], CancellationToken.None);
    }

    private static byte[] Replace(byte[] body, string from, string to) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(from, to, StringComparison.Ordinal));
}
