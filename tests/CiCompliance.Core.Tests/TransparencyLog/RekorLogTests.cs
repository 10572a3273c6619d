using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Signing;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

public sealed class RekorLogTests
{
    private TestLog log = null!;
    private StubRekor server = null!;
    private RekorLog client = null!;
    private EcdsaTestSigner signer = null!;

    [SetUp]
    public void SetUp()
    {
        log = new TestLog();
        server = new StubRekor(log);
        signer = new EcdsaTestSigner();
        client = new RekorLog(server.Url, log.Trusted, log.Verifier, TimeProvider.System);
    }

    [TearDown]
    public void TearDown()
    {
        client.Dispose();
        signer.Dispose();
        server.Dispose();
        log.Dispose();
    }

    [Test]
    public async Task AppendAsync_GivesEntriesThatMakeBundlesVerify()
    {
        var payload = """{"subject":[]}"""u8.ToArray();
        var dsse = SigstoreBundle.ForDsse(
            DsseEnvelope.InTotoPayloadType, payload, signer.Sign(DsseEnvelope.PreAuthenticationEncoding(DsseEnvelope.InTotoPayloadType, payload)), signer.PublicKey);
        var blob = SigstoreBundle.ForArtifact(SHA256.HashData(payload), signer.Sign(payload), signer.PublicKey);
        var expected = new BundleExpectation([signer.ToTrustedKey(KeyRole.EvidenceP256)], [log.Trusted]);

        var entries = await client.AppendAsync([dsse.ToEntry(signer.PublicKey), blob.ToEntry(signer.PublicKey)], CancellationToken.None);

        new BundleVerifier(log.Verifier).Verify((dsse with { Entry = entries[0] }).ToJson(), expected, "dsse").Findings.ShouldBeEmpty();
        new BundleVerifier(log.Verifier).Verify((blob with { Entry = entries[1] }).ToJson(), expected, "blob").Findings.ShouldBeEmpty();
    }

    [Test]
    public async Task AppendAsync_WhenTheEntryIsThereAlready_TakesTheOneThatIsThere()
    {
        var entry = TestLog.SomeEntry();
        var first = await AppendAsync(entry);

        var second = await AppendAsync(entry);

        second.Index.ShouldBe(first.Index);
        second.Proof!.Checkpoint.ShouldBe(first.Proof!.Checkpoint);
    }

    [Test]
    public async Task AppendAsync_WhenTheServerIsBusyForAWhile_TriesAgain()
    {
        server.Fail = request => request < 3 ? HttpStatusCode.ServiceUnavailable : null;

        (await AppendAsync(TestLog.SomeEntry())).Index.ShouldBe(1);
        server.Requests.ShouldBe(3);
    }

    [TestCase(HttpStatusCode.InternalServerError)]
    [TestCase(HttpStatusCode.TooManyRequests)]
    public async Task AppendAsync_WhenTheServerStaysBusy_IsUndecided(HttpStatusCode status)
    {
        server.Fail = _ => status;

        (await RefusalAsync()).ShouldBe(RekorDiagnostics.Unreachable);
    }

    [Test]
    public async Task AppendAsync_WhenTheServerIsDown_IsUndecided()
    {
        server.Dispose();

        (await RefusalAsync()).ShouldBe(RekorDiagnostics.Unreachable);
    }

    [TestCase(HttpStatusCode.BadRequest)]
    [TestCase(HttpStatusCode.NotFound)]
    [TestCase(HttpStatusCode.Found)]
    public async Task AppendAsync_WhenTheServerRefuses_DoesNotTryAgain(HttpStatusCode status)
    {
        server.Fail = _ => status;

        (await RefusalAsync()).ShouldBe(RekorDiagnostics.Refused);
        server.Requests.ShouldBe(1);
    }

    [Test]
    public void AppendAsync_WhenCancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Should.Throw<OperationCanceledException>(() => client.AppendAsync([TestLog.SomeEntry()], cancelled.Token));
    }

    public static IEnumerable<TestCaseData> Lies()
    {
        yield return Lie("another body", entry => entry["body"] = Convert.ToBase64String(TestLog.SomeEntry().Body));
        yield return Lie("another time", entry => entry["integratedTime"] = (long)entry["integratedTime"]! + 1);
        yield return Lie("another index", entry => entry["logIndex"] = (long)entry["logIndex"]! + 1);
        yield return Lie("another log", entry => entry["logID"] = new string('0', 64));
        yield return Lie("no hashes", entry => Proof(entry)["hashes"] = new JsonArray());
        yield return Lie("another hash", entry => Proof(entry)["hashes"] = new JsonArray(new string('0', 64)));
        yield return Lie("another size", entry => Proof(entry)["treeSize"] = 3);
        yield return Lie("another root", entry => Proof(entry)["rootHash"] = new string('0', 64));
        yield return Lie("another checkpoint", entry => Proof(entry)["checkpoint"] = new TestLog().Store.Checkpoint.ToString());
        yield return Lie("an unsigned checkpoint", entry => Proof(entry)["checkpoint"] = "log.example.test - 1\n2\n" + Convert.ToBase64String(new byte[32]) + "\n\n");
        yield return Lie("another timestamp", entry => entry["verification"]!["signedEntryTimestamp"] = Convert.ToBase64String(new byte[70]));
    }

    [TestCaseSource(nameof(Lies))]
    public async Task AppendAsync_WhenTheServerLies_Refuses(Action<JsonObject> lie)
    {
        server.Lie = lie;

        (await RefusalAsync()).ShouldBe(RekorDiagnostics.DoesNotVerify);
    }

    [Test]
    public async Task AppendAsync_WhenTheKeyIsNotTheTrustedOne_Refuses()
    {
        using var other = new RekorLog(server.Url, new EcdsaTestSigner().ToTrustedKey(KeyRole.Log, TestLog.Name), log.Verifier, TimeProvider.System);

        (await Should.ThrowAsync<CiComplianceException>(() => other.AppendAsync([TestLog.SomeEntry()], CancellationToken.None)))
            .Diagnostic.ShouldBe(RekorDiagnostics.DoesNotVerify);
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("not json")]
    [TestCase("{\"a\":{\"body\":\"x\"}}")]
    public async Task AppendAsync_WhenTheAnswerIsNotRekors_Refuses(string answer)
    {
        server.RawAnswer = answer;

        (await RefusalAsync()).ShouldBe(RekorDiagnostics.Malformed);
    }

    [Test]
    public async Task AppendAsync_WhenTheAnswerIsEndless_Refuses()
    {
        server.RawAnswer = new StringBuilder("{\"a\":\"").Append('x', 5 << 20).Append("\"}").ToString();

        (await RefusalAsync()).ShouldBe(RekorDiagnostics.Malformed);
    }

    [Test]
    public async Task ConsistencyAsync_GivesHashesThatLeadFromOneCheckpointToTheOther()
    {
        var (older, newer) = await TwoCheckpointsAsync();

        var hashes = await client.ConsistencyAsync(older, newer, CancellationToken.None);

        new ConsistencyProof(older.Size, newer.Size, hashes).Connects(older, newer).ShouldBeTrue();
        new ConsistencyProof(older.Size, newer.Size, [.. hashes.Select(_ => new byte[32])]).Connects(older, newer).ShouldBeFalse();
        new ConsistencyProof(older.Size, newer.Size, hashes).Connects(older with { Origin = "log.example.test - 1" }, newer).ShouldBeFalse();
    }

    [Test]
    public async Task ConsistencyAsync_WhenTheTreeIsAnother_IsUndecided()
    {
        var (older, newer) = await TwoCheckpointsAsync();

        (await ProofRefusalAsync(older, newer with { Origin = "log.example.test - 1" })).ShouldBe(RekorDiagnostics.Refused);
        (await ProofRefusalAsync(older, newer with { Origin = "log.example.test - 1&x=2" })).ShouldBe(RekorDiagnostics.Malformed);
        (await ProofRefusalAsync(older, newer with { Origin = "log.example.test" })).ShouldBe(RekorDiagnostics.Malformed);
    }

    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("not json")]
    [TestCase("{\"hashes\":null}")]
    [TestCase("{\"hashes\":[null]}")]
    [TestCase("{\"hashes\":[\"00\"]}")]
    public async Task ConsistencyAsync_WhenTheAnswerIsNotRekors_IsUndecided(string answer)
    {
        var (older, newer) = await TwoCheckpointsAsync();
        server.ProofAnswer = () => (HttpStatusCode.OK, answer);

        (await ProofRefusalAsync(older, newer)).ShouldBe(RekorDiagnostics.Malformed);
    }

    [Test]
    public async Task ConsistencyAsync_WhenTheServerIsDown_IsUndecided()
    {
        var (older, newer) = await TwoCheckpointsAsync();
        server.Dispose();

        (await ProofRefusalAsync(older, newer)).ShouldBe(RekorDiagnostics.Unreachable);
    }

    [TestCase("http://elsewhere.example.test/api/v1/log/entries/../../secret")]
    [TestCase("")]
    public async Task AppendAsync_WhenADuplicatesLocationIsNoEntry_Refuses(string location)
    {
        var entry = TestLog.SomeEntry();
        await AppendAsync(entry);
        server.Locate = _ => location;

        (await Should.ThrowAsync<CiComplianceException>(() => AppendAsync(entry))).Diagnostic.ShouldBe(RekorDiagnostics.Malformed);
    }

    [TestCase("http://rekor.example.test")]
    [TestCase("ftp://127.0.0.1")]
    [TestCase("https://user:secret@rekor.example.test")]
    [TestCase("rekor.example.test")]
    public void New_WhenTheAddressIsNotHttps_Refuses(string url) =>
        Should.Throw<CiComplianceException>(() => new RekorLog(url, log.Trusted, log.Verifier, TimeProvider.System))
            .Diagnostic.ShouldBe(RekorDiagnostics.BadUrl);

    private static TestCaseData Lie(string name, Action<JsonObject> lie) => new TestCaseData(lie).SetArgDisplayNames(name);

    private static JsonObject Proof(JsonObject entry) => entry["verification"]!["inclusionProof"]!.AsObject();

    private async Task<LoggedEntry> AppendAsync(ProposedEntry entry) => (await client.AppendAsync([entry], CancellationToken.None))[0];

    private async Task<(Checkpoint Older, Checkpoint Newer)> TwoCheckpointsAsync()
    {
        var older = await AppendAsync(TestLog.SomeEntry());
        await AppendAsync(TestLog.SomeEntry());
        var newer = await AppendAsync(TestLog.SomeEntry());
        return (Checkpoint.Parse(older.Proof!.Checkpoint), Checkpoint.Parse(newer.Proof!.Checkpoint));
    }

    private async Task<Diagnostic> ProofRefusalAsync(Checkpoint older, Checkpoint newer) =>
        (await Should.ThrowAsync<CiComplianceException>(() => client.ConsistencyAsync(older, newer, CancellationToken.None))).Diagnostic;

    private async Task<Diagnostic> RefusalAsync() =>
        (await Should.ThrowAsync<CiComplianceException>(() => AppendAsync(TestLog.SomeEntry()))).Diagnostic;
}
