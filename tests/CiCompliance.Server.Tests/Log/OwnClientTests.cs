using System.Security.Cryptography;
using CiCompliance.Attestations;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Signing;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Tests.Log;

/// <summary>The clients of Rekor v1 and v2 that a run records with, at our own server.</summary>
[TestFixture(LogApi.V1)]
[TestFixture(LogApi.V2)]
public sealed class OwnClientTests(LogApi api)
{
    private RunningLog log = null!;
    private ITransparencyLog client = null!;
    private EcdsaTestSigner signer = null!;

    [SetUp]
    public async Task StartAsync()
    {
        log = await RunningLog.StartAsync();
        signer = new EcdsaTestSigner();
        client = api == LogApi.V1 ? new RekorLog(log.Address, log.Trusted, log.Verifier, TimeProvider.System)
            : new RekorV2Log(log.Address, null, log.Trusted, log.Verifier, TimeProvider.System);
    }

    [TearDown]
    public async Task StopAsync()
    {
        client.Dispose();
        signer.Dispose();
        await log.DisposeAsync();
    }

    [Test]
    public async Task AppendAsync_GivesEntriesThatMakeBundlesVerify()
    {
        var payload = """{"subject":[]}"""u8.ToArray();
        var dsse = SigstoreBundle.ForDsse(
            DsseEnvelope.InTotoPayloadType, payload, signer.Sign(DsseEnvelope.PreAuthenticationEncoding(DsseEnvelope.InTotoPayloadType, payload)), signer.PublicKey);
        var blob = SigstoreBundle.ForArtifact(SHA256.HashData(payload), signer.Sign(payload), signer.PublicKey);
        var expected = new BundleExpectation([signer.ToTrustedKey(KeyRole.EvidenceP256)], [log.Trusted]) { TakesRekorV2 = true };

        var entries = await client.AppendAsync([dsse.ToEntry(signer.PublicKey, api), blob.ToEntry(signer.PublicKey, api)], CancellationToken.None);

        new BundleVerifier(log.Verifier).Verify((dsse with { Entry = entries[0] }).ToJson(), expected, "dsse").Findings.ShouldBeEmpty();
        var verified = new BundleVerifier(log.Verifier).Verify((blob with { Entry = entries[1] }).ToJson(), expected, "blob");
        verified.Findings.ShouldBeEmpty();
        verified.Log!.IntegratedTime.HasValue.ShouldBe(api == LogApi.V1);
    }

    [Test]
    public async Task AppendAsync_OfWhatIsThereAlready_GivesTheSameEntry()
    {
        var proposed = Enumerable.Range(0, 300).Select(_ => SomeEntry()).ToList();
        var first = await client.AppendAsync(proposed, CancellationToken.None);

        var second = await client.AppendAsync(proposed, CancellationToken.None);

        second.Select(entry => entry.Index).ShouldBe(first.Select(entry => entry.Index));
        log.Service.Store.Checkpoint.Size.ShouldBe(301);
    }

    [Test]
    public async Task ConsistencyAsync_LeadsFromAnyCheckpointToALaterOne()
    {
        var older = Checkpoint.Parse(await ((IObservedLog)client).CheckpointAsync(CancellationToken.None));
        await client.AppendAsync([.. Enumerable.Range(0, 20).Select(_ => SomeEntry())], CancellationToken.None);
        var newer = Checkpoint.Parse(await ((IObservedLog)client).CheckpointAsync(CancellationToken.None));

        var proof = await client.ConsistencyAsync(older, newer, CancellationToken.None);

        newer.IsOf(log.Trusted, log.Verifier).ShouldBeTrue();
        (older.Size, newer.Size).ShouldBe((1, 21));
        MerkleProof.ProvesConsistency(older.Size, newer.Size, older.Root, newer.Root, proof).ShouldBeTrue();
    }

    private ProposedEntry SomeEntry()
    {
        var payload = RandomNumberGenerator.GetBytes(32);
        return SigstoreBundle.ForArtifact(SHA256.HashData(payload), signer.Sign(payload), signer.PublicKey).ToEntry(signer.PublicKey, api);
    }
}
