using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Signing;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

public sealed class RekorV2LogTests
{
    private readonly EcdsaTestVerifier verifier = new();
    private StubRekorV2 server = null!;
    private RekorV2Log client = null!;
    private EcdsaTestSigner signer = null!;

    [SetUp]
    public void SetUp()
    {
        server = new StubRekorV2(new EcdsaTestSigner());
        signer = new EcdsaTestSigner();
        client = Client(server.Trusted);
    }

    [TearDown]
    public void TearDown()
    {
        client.Dispose();
        signer.Dispose();
        server.Dispose();
    }

    [Test]
    public async Task AppendAsync_GivesEntriesThatMakeBundlesVerify()
    {
        var payload = """{"subject":[]}"""u8.ToArray();
        var dsse = SigstoreBundle.ForDsse(
            DsseEnvelope.InTotoPayloadType, payload, signer.Sign(DsseEnvelope.PreAuthenticationEncoding(DsseEnvelope.InTotoPayloadType, payload)), signer.PublicKey);
        var blob = SigstoreBundle.ForArtifact(SHA256.HashData(payload), signer.Sign(payload), signer.PublicKey);
        var expected = new BundleExpectation([signer.ToTrustedKey(KeyRole.EvidenceP256)], [server.Trusted]) { TakesRekorV2 = true };

        var entries = await client.AppendAsync([dsse.ToEntry(signer.PublicKey, LogApi.V2), blob.ToEntry(signer.PublicKey, LogApi.V2)], CancellationToken.None);

        var verified = new BundleVerifier(verifier).Verify((dsse with { Entry = entries[0] }).ToJson(), expected, "dsse");
        verified.Findings.ShouldBeEmpty();
        verified.Log!.IntegratedTime.ShouldBeNull();
        new BundleVerifier(verifier).Verify((blob with { Entry = entries[1] }).ToJson(), expected, "blob").Findings.ShouldBeEmpty();
    }

    [Test]
    public async Task AppendAsync_OfSeveral_SendsThemTogetherAndKeepsTheirOrder()
    {
        // A client that sent one after the other would wait here for ever.
        server.AnswersTogether = 8;
        var proposed = Enumerable.Range(0, 8).Select(_ => SomeEntry()).ToList();

        var entries = await client.AppendAsync(proposed, CancellationToken.None);

        entries.Select(entry => Convert.ToHexString(entry.Body)).ShouldBe(proposed.Select(entry => Convert.ToHexString(entry.Body)));
        entries.Select(entry => entry.Index).Order().ShouldBe([0L, 1, 2, 3, 4, 5, 6, 7]);
    }

    [TestCase("/api/v2/", true)]
    [TestCase("/api/v2/", false)]
    [TestCase("/", true)]
    public async Task AppendAsync_WhenTheEntryIsThereAlready_ProvesItFromTheTiles(string tilesAt, bool partial)
    {
        Fill(700);
        var entry = SomeEntry();
        var first = await AppendAsync(entry);
        Fill(324);
        (server.TilesAt, server.ServesPartialTiles) = (tilesAt, partial);

        var second = await AppendAsync(entry);

        second.Index.ShouldBe(first.Index);
        second.Index.ShouldBe(700);
        second.Proof!.TreeSize.ShouldBe(1025);
        second.IsIncluded().ShouldBeTrue();
    }

    [TestCase("an equivalent entry already exists in the transparency log")]
    [TestCase("an equivalent entry already exists with index one")]
    [TestCase("with index 99999999999999999999999")]
    public async Task AppendAsync_WhenADuplicateHasNoIndex_Refuses(string message)
    {
        var entry = SomeEntry();
        await AppendAsync(entry);
        server.Duplicate = _ => message;

        (await RefusalAsync(entry)).ShouldBe(RekorDiagnostics.Malformed);
    }

    [Test]
    public async Task AppendAsync_WhenADuplicateIsAnotherEntry_Refuses()
    {
        var entry = SomeEntry();
        await AppendAsync(entry);
        await AppendAsync(SomeEntry());
        server.Duplicate = index => $"an equivalent entry already exists with index {index + 1}";

        (await RefusalAsync(entry)).ShouldBe(RekorDiagnostics.DoesNotVerify);
    }

    [TestCase("checkpoint", false)]
    [TestCase("tile/0/", true)]
    [TestCase("tile/entries/", false)]
    public async Task AppendAsync_WhenAFileOfADuplicateIsWrong_Refuses(string name, bool atFront)
    {
        Fill(5);
        var entry = SomeEntry();
        await AppendAsync(entry);
        server.Corrupt = (path, content) => path.StartsWith(name, StringComparison.Ordinal) ? Changed(content, atFront ? 9 : content.Length - 9) : content;

        (await RefusalAsync(entry)).ShouldBe(RekorDiagnostics.DoesNotVerify);
    }

    [TestCase("checkpoint")]
    [TestCase("tile/0/")]
    [TestCase("tile/entries/")]
    public async Task AppendAsync_WhenAFileOfADuplicateIsShort_Refuses(string name)
    {
        Fill(5);
        var entry = SomeEntry();
        await AppendAsync(entry);
        server.Corrupt = (path, content) => path.StartsWith(name, StringComparison.Ordinal) ? content[..^1] : content;

        (await RefusalAsync(entry)).ShouldBe(RekorDiagnostics.Malformed);
    }

    [Test]
    public async Task AppendAsync_WhenADuplicatesTilesAreNowhere_IsUndecided()
    {
        var entry = SomeEntry();
        await AppendAsync(entry);
        server.TilesAt = null;

        (await RefusalAsync(entry)).ShouldBe(RekorDiagnostics.Refused);
    }

    public static IEnumerable<TestCaseData> Lies()
    {
        yield return Lie("another body", entry => entry["canonicalizedBody"] = Convert.ToBase64String(SomeEntry().Body));
        yield return Lie("another index", entry => entry["logIndex"] = "3");
        yield return Lie("another log", entry => entry["logId"]!["keyId"] = Convert.ToBase64String(new byte[32]));
        yield return Lie("no hashes", entry => Proof(entry)["hashes"] = new JsonArray());
        yield return Lie("another hash", entry => Proof(entry)["hashes"] = new JsonArray(Convert.ToBase64String(new byte[32])));
        yield return Lie("another size", entry => Proof(entry)["treeSize"] = "3");
        yield return Lie("another root", entry => Proof(entry)["rootHash"] = Convert.ToBase64String(new byte[32]));
        yield return Lie("another log's checkpoint", entry => Proof(entry)["checkpoint"]!["envelope"] = new StubRekorV2(new EcdsaTestSigner()).Head.ToString());
        yield return Lie("an unsigned checkpoint", entry => Proof(entry)["checkpoint"]!["envelope"] = $"{StubRekorV2.Origin}\n2\n{Convert.ToBase64String(new byte[32])}\n\n");
    }

    [TestCaseSource(nameof(Lies))]
    public async Task AppendAsync_WhenTheServerLies_Refuses(Action<JsonObject> lie)
    {
        Fill(1);
        server.Lie = lie;

        (await RefusalAsync(SomeEntry())).ShouldBe(RekorDiagnostics.DoesNotVerify);
    }

    [Test]
    public async Task AppendAsync_WhenTheServerSaysATimeThatNobodySigned_LeavesItOut()
    {
        server.Lie = entry =>
        {
            entry["integratedTime"] = "1700000000";
            entry["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = "AQID" };
        };

        var entry = await AppendAsync(SomeEntry());

        entry.IntegratedTime.ShouldBeNull();
        entry.SignedEntryTimestamp.ShouldBeNull();
    }

    [Test]
    public async Task AppendAsync_WhenTheAnswerIsNotRekors_Refuses()
    {
        server.Lie = entry => entry.Remove("canonicalizedBody");

        (await RefusalAsync(SomeEntry())).ShouldBe(RekorDiagnostics.Malformed);
    }

    [Test]
    public async Task AppendAsync_WhenTheKeyIsNotTheTrustedOne_Refuses()
    {
        using var other = Client(new EcdsaTestSigner().ToTrustedKey(KeyRole.Log, StubRekorV2.Origin));

        (await Should.ThrowAsync<CiComplianceException>(() => other.AppendAsync([SomeEntry()], CancellationToken.None))).Diagnostic.ShouldBe(RekorDiagnostics.DoesNotVerify);
    }

    [Test]
    public async Task AppendAsync_WhenTheServerIsDown_IsUndecided()
    {
        server.Dispose();

        (await RefusalAsync(SomeEntry())).ShouldBe(RekorDiagnostics.Unreachable);
    }

    [Test]
    public async Task AppendAsync_WhenTheServerRefuses_DoesNotTryAgain()
    {
        server.Fail = _ => (HttpStatusCode.BadRequest, null);

        (await RefusalAsync(SomeEntry())).ShouldBe(RekorDiagnostics.Refused);
        server.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task AppendAsync_WhenTheServerAsksToWait_WaitsThatLong()
    {
        var clock = new PausingClock();
        using var patient = new RekorV2Log(server.Url, null, server.Trusted, verifier, clock);
        server.Fail = _ => server.Requests.Count == 1 ? (HttpStatusCode.ServiceUnavailable, "17") : null;

        (await patient.AppendAsync([SomeEntry()], CancellationToken.None)).Count.ShouldBe(1);

        clock.Pauses.ShouldBe([TimeSpan.FromSeconds(17)]);
    }

    [Test]
    public async Task AppendAsync_WhenTheServerAsksToWaitTooLong_IsUndecidedAtOnce()
    {
        server.Fail = _ => (HttpStatusCode.TooManyRequests, "3600");

        (await RefusalAsync(SomeEntry())).ShouldBe(RekorDiagnostics.Unreachable);
        server.Requests.Count.ShouldBe(1);
    }

    [TestCase(1, 2)]
    [TestCase(3, 7)]
    [TestCase(255, 256)]
    [TestCase(256, 257)]
    [TestCase(200, 700)]
    [TestCase(512, 1024)]
    public async Task ConsistencyAsync_GivesHashesThatLeadFromOneCheckpointToTheOther(int older, int newer)
    {
        Fill(newer + 20);

        var hashes = await client.ConsistencyAsync(server.HeadAt(older), server.HeadAt(newer), CancellationToken.None);

        new ConsistencyProof(older, newer, hashes).Connects(server.HeadAt(older), server.HeadAt(newer)).ShouldBeTrue();
    }

    [Test]
    public async Task ConsistencyAsync_WhenAPartialTileIsGone_TakesTheFullOne()
    {
        Fill(1030);
        server.ServesPartialTiles = false;

        new ConsistencyProof(300, 700, await client.ConsistencyAsync(server.HeadAt(300), server.HeadAt(700), CancellationToken.None))
            .Connects(server.HeadAt(300), server.HeadAt(700)).ShouldBeTrue();
        server.Requests.ShouldContain("GET /api/v2/tile/0/002");
    }

    [Test]
    public async Task ConsistencyAsync_WhenATileIsWrong_GivesNoProofThatConnects()
    {
        Fill(9);
        server.Corrupt = (_, content) => [.. content.Select(value => (byte)~value)];

        var hashes = await client.ConsistencyAsync(server.HeadAt(5), server.HeadAt(9), CancellationToken.None);

        new ConsistencyProof(5, 9, hashes).Connects(server.HeadAt(5), server.HeadAt(9)).ShouldBeFalse();
    }

    [Test]
    public async Task ConsistencyAsync_FromAnAddressOfItsOwn_ReadsThere()
    {
        using var tiles = new StubRekorV2(new EcdsaTestSigner()) { TilesAt = "/static/" };
        for (var i = 0; i < 9; i++)
        {
            tiles.Append([(byte)i]);
        }

        using var apart = new RekorV2Log(server.Url, tiles.Url + "/static", server.Trusted, verifier, TimeProvider.System);

        new ConsistencyProof(5, 9, await apart.ConsistencyAsync(tiles.HeadAt(5), tiles.HeadAt(9), CancellationToken.None))
            .Connects(tiles.HeadAt(5), tiles.HeadAt(9)).ShouldBeTrue();
        server.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task ConsistencyAsync_WhenTheServerIsDown_IsUndecided()
    {
        Fill(9);
        var (older, newer) = (server.HeadAt(5), server.HeadAt(9));
        server.Dispose();

        (await Should.ThrowAsync<CiComplianceException>(() => client.ConsistencyAsync(older, newer, CancellationToken.None))).Diagnostic.ShouldBe(RekorDiagnostics.Unreachable);
    }

    [TestCase("http://rekor.example.test", null)]
    [TestCase("https://rekor.example.test", "http://tiles.example.test")]
    [TestCase("https://rekor.example.test", "https://user@tiles.example.test")]
    public void New_WhenAnAddressIsNotHttps_Refuses(string url, string? tiles) =>
        Should.Throw<CiComplianceException>(() => new RekorV2Log(url, tiles, server.Trusted, verifier, TimeProvider.System)).Diagnostic.ShouldBe(RekorDiagnostics.BadUrl);

    private static ProposedEntry SomeEntry() =>
        ProposedEntry.HashedRekord002(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(70), new EcdsaTestSigner().PublicKey);

    private static TestCaseData Lie(string name, Action<JsonObject> lie) => new TestCaseData(lie).SetArgDisplayNames(name);

    /// <summary>Another letter, so that base64 stays base64.</summary>
    private static byte[] Changed(byte[] content, int at) => [.. content[..at], content[at] == 'A' ? (byte)'B' : (byte)'A', .. content[(at + 1)..]];

    private static JsonObject Proof(JsonObject entry) => entry["inclusionProof"]!.AsObject();

    private RekorV2Log Client(TrustedKey key) => new(server.Url, null, key, verifier, TimeProvider.System);

    private void Fill(int count)
    {
        for (var i = 0; i < count; i++)
        {
            server.Append(Encoding.UTF8.GetBytes($"entry {server.Size}"));
        }
    }

    private async Task<LoggedEntry> AppendAsync(ProposedEntry entry) => (await client.AppendAsync([entry], CancellationToken.None))[0];

    private async Task<Diagnostic> RefusalAsync(ProposedEntry entry) =>
        (await Should.ThrowAsync<CiComplianceException>(() => AppendAsync(entry))).Diagnostic;

    /// <summary>A clock whose pauses are over at once; limits, which are longer, stay as they are.</summary>
    private sealed class PausingClock : TimeProvider
    {
        public List<TimeSpan> Pauses { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime <= TimeSpan.Zero || dueTime >= TimeSpan.FromSeconds(60))
            {
                return System.CreateTimer(callback, state, dueTime, period);
            }

            Pauses.Add(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
