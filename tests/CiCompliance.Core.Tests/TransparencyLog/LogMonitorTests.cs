using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

public sealed class LogMonitorTests
{
    private static readonly EcdsaTestVerifier Verifier = new();

    private EcdsaTestSigner key = null!;
    private LogMonitor monitor = null!;

    [SetUp]
    public void SetUp()
    {
        key = new EcdsaTestSigner();
        monitor = new LogMonitor(key.ToTrustedKey(KeyRole.Log, "log.example.test"), Verifier);
    }

    [TearDown]
    public void TearDown() => key.Dispose();

    [Test]
    public async Task ObserveAsync_TheFirstTime_TakesWhatTheKeySigned()
    {
        var observation = await monitor.ObserveAsync(Shown(3), null, _ => { }, CancellationToken.None);

        observation.Seen.ShouldBeNull();
        observation.Shown.Size.ShouldBe(3);
        observation.Fork.ShouldBeNull();
    }

    [TestCase(1, 1)]
    [TestCase(1, 2)]
    [TestCase(3, 7)]
    [TestCase(4, 8)]
    public async Task ObserveAsync_WhenTheLogOnlyGrew_Passes(int before, int now) =>
        (await monitor.ObserveAsync(Shown(now), Note(before), _ => { }, CancellationToken.None)).Fork.ShouldBeNull();

    [TestCase(3, 3, Description = "another root over the same size")]
    [TestCase(3, 7, Description = "a larger tree that does not begin with the old one")]
    [TestCase(7, 3, Description = "a smaller tree")]
    public async Task ObserveAsync_WhenTheLogForked_SaysSo(int before, int now)
    {
        var observation = await monitor.ObserveAsync(Shown(now, seed: 1), Note(before), _ => { }, CancellationToken.None);

        observation.Fork.ShouldNotBeNull();
        observation.Seen!.Size.ShouldBe(before);
        observation.Shown.Size.ShouldBe(now);
    }

    [Test]
    public async Task ObserveAsync_WhenTheLogWentBack_IsAForkEvenOnItsOwnHistory() =>
        (await monitor.ObserveAsync(Shown(3), Note(7), _ => { }, CancellationToken.None)).Fork.ShouldNotBeNull();

    [Test]
    public async Task ObserveAsync_WhenTheLogGivesNoProof_IsUndecided() =>
        (await Should.ThrowAsync<CiComplianceException>(() => monitor.ObserveAsync(Shown(7) with { HasProofs = false }, Note(3), _ => { }, CancellationToken.None)))
            .Diagnostic.Kind.ShouldBe(DiagnosticKind.Undecided);

    [Test]
    public async Task ObserveAsync_WhenTheLogGivesNoProof_HasGivenOutWhatItShowed()
    {
        Checkpoint? kept = null;

        await Should.ThrowAsync<CiComplianceException>(() => monitor.ObserveAsync(Shown(7) with { HasProofs = false }, Note(3), shown => kept = shown, CancellationToken.None));

        kept.ShouldNotBeNull().Size.ShouldBe(7);
    }

    [Test]
    public async Task ObserveAsync_WhenTheOriginIsAnother_IsNoForkButAWrongFile([Values(2, 3, 7)] int before)
    {
        var seen = Checkpoint.Sign("log.example.test - 2", before, Tree(before, 1).Root(before), key).ToBytes();

        var refused = await Should.ThrowAsync<CiComplianceException>(() => monitor.ObserveAsync(Shown(3), seen, _ => throw new InvalidOperationException(), CancellationToken.None));

        refused.Diagnostic.ShouldBe(WitnessDiagnostics.BadState);
        refused.Diagnostic.Kind.ShouldBe(DiagnosticKind.Usage);
        refused.Message.ShouldContain("log.example.test - 2");
    }

    [Test]
    public async Task ObserveAsync_WhenSomebodyElseSigned_Refuses()
    {
        using var other = new EcdsaTestSigner();
        var forged = Shown(3) with { Note = Checkpoint.Sign("log.example.test - 1", 3, new byte[32], other).ToBytes() };

        (await Should.ThrowAsync<CiComplianceException>(() => monitor.ObserveAsync(forged, null, _ => { }, CancellationToken.None))).Diagnostic.ShouldBe(WitnessDiagnostics.NotSigned);
        (await Should.ThrowAsync<CiComplianceException>(() => monitor.ObserveAsync(Shown(3) with { Note = "no note"u8.ToArray() }, null, _ => { }, CancellationToken.None)))
            .Diagnostic.ShouldBe(WitnessDiagnostics.NotSigned);
        (await Should.ThrowAsync<CiComplianceException>(() => monitor.ObserveAsync(Shown(3), forged.Note, _ => { }, CancellationToken.None))).Diagnostic.ShouldBe(WitnessDiagnostics.BadState);
    }

    private static MerkleTree Tree(int size, byte seed)
    {
        var tree = new MerkleTree(new HashList());
        for (var i = 0; i < size; i++)
        {
            tree.Append(MerkleProof.LeafHash([seed, (byte)i]));
        }

        return tree;
    }

    private byte[] Note(int size, byte seed = 0) => Checkpoint.Sign("log.example.test - 1", size, Tree(size, seed).Root(size), key).ToBytes();

    private Observed Shown(int size, byte seed = 0) => new(Note(size, seed), Tree(size, seed), true);

    private sealed record Observed(byte[] Note, MerkleTree Tree, bool HasProofs) : IObservedLog
    {
        public Task<byte[]> CheckpointAsync(CancellationToken cancellationToken) => Task.FromResult(Note);

        public Task<IReadOnlyList<byte[]>> ConsistencyAsync(Checkpoint older, Checkpoint newer, CancellationToken cancellationToken) =>
            HasProofs ? Task.FromResult(Tree.ConsistencyProof(older.Size, newer.Size))
                : throw new CiComplianceException(RekorDiagnostics.Refused, "log", new("it refused", "被拒绝"), new("", ""));

        public void Dispose()
        {
        }
    }

    private sealed class HashList : IHashStore
    {
        private readonly List<byte[]> hashes = [];

        public long Count => hashes.Count;

        public byte[] Read(long position) => hashes[(int)position];

        public void Append(ReadOnlySpan<byte> hash) => hashes.Add(hash.ToArray());
    }
}
