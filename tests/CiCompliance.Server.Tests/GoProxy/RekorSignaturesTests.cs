using System.Security.Cryptography;
using CiCompliance.Cryptography;
using CiCompliance.Go;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;
using CiCompliance.Server.Tests.Log;
using CiCompliance.Signing;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>Publishers' signatures in our own log server, found by the statement's digest.</summary>
public sealed class RekorSignaturesTests
{
    private static readonly ModuleVersion Module = new("git.example.cn/team/lib", "v1.2.3");
    private static readonly ModuleStatement Statement = ModuleStatement.Create(Module, Hash(1), Hash(2));

    [TestCase(KeyAlgorithm.EcdsaP256)]
    [TestCase(KeyAlgorithm.Ed25519)]
    public async Task LoggedSignature_IsFoundByTheStatementsDigest(KeyAlgorithm algorithm)
    {
        await using var log = await RunningLog.StartAsync();
        using var publisher = TestPublisher.Create(algorithm, "git.example.cn/team");
        (await VerifyAsync(log, log.Trusted, publisher.Key)).Outcome.ShouldBe(PublisherOutcome.MissingSignature);

        await RecordAsync(log, publisher.Sign(Statement), publisher.Key.PublicKey);

        var answer = await VerifyAsync(log, log.Trusted, publisher.Key);
        (answer.Outcome, answer.Accepted?.KeyId, answer.Accepted?.ProvedAt).ShouldBe((PublisherOutcome.Valid, publisher.Key.Id, null));
        (await VerifyAsync(log, log.Trusted)).Outcome.ShouldBe(PublisherOutcome.KeyNotAllowed);
        (await VerifyAsync(log, log.Trusted, [publisher.Key], Hash(3))).Outcome.ShouldBe(PublisherOutcome.MissingSignature, "another zip has another digest");
    }

    [Test]
    public async Task TimeOfAnIndependentLog_CountsForAKeyThatHasEnded()
    {
        await using var log = await RunningLog.StartAsync();
        using var publisher = TestPublisher.Create(KeyAlgorithm.EcdsaP256, "git.example.cn/team");
        await RecordAsync(log, publisher.Sign(Statement), publisher.Key.PublicKey);
        var independent = log.Trusted with { Independent = true };
        var (logged, later) = (DateTimeOffset.UtcNow, new LaterClock());
        var ended = publisher.Key with { ValidUntil = logged.AddMinutes(1) };

        (await VerifyAsync(log, log.Trusted, [ended], clock: later)).Outcome.ShouldBe(PublisherOutcome.KeyNotAllowed, "the log may be the publisher's own");
        var answer = await VerifyAsync(log, independent, [ended], clock: later);
        answer.Outcome.ShouldBe(PublisherOutcome.Valid);
        answer.Accepted!.ProvedAt!.Value.ShouldBe(logged, TimeSpan.FromMinutes(1));

        (await VerifyAsync(log, independent, publisher.Key with { ValidFrom = logged.AddDays(1) })).Outcome.ShouldBe(PublisherOutcome.KeyNotAllowed);
        (await VerifyAsync(log, independent, publisher.Key with { Revocation = new(RevocationReason.Compromised, logged.AddDays(-1)) })).Outcome.ShouldBe(PublisherOutcome.KeyNotAllowed);
        (await VerifyAsync(log, independent, [publisher.Key with { Revocation = new(RevocationReason.Compromised, logged.AddDays(1)) }], clock: later)).Outcome.ShouldBe(PublisherOutcome.Valid);
    }

    [Test]
    public async Task LogOfAnotherKey_IsDown()
    {
        await using var log = await RunningLog.StartAsync();
        using var publisher = TestPublisher.Create(KeyAlgorithm.EcdsaP256, "git.example.cn/team");
        await RecordAsync(log, publisher.Sign(Statement), publisher.Key.PublicKey);
        using var other = new EcdsaTestSigner();

        var answer = await VerifyAsync(log, other.ToTrustedKey(KeyRole.Log, RunningLog.Name), publisher.Key);
        answer.Outcome.ShouldBe(PublisherOutcome.ServiceDown);
        answer.Silent[0].Why.En.ShouldContain("does not verify");
        (await VerifyAsync(log, log.Trusted with { ValidUntil = DateTimeOffset.UnixEpoch }, publisher.Key)).Outcome.ShouldBe(PublisherOutcome.ServiceDown);
        (await VerifyAsync(log, log.Trusted with { Revocation = new(RevocationReason.Retired, DateTimeOffset.UnixEpoch) }, publisher.Key)).Outcome.ShouldBe(PublisherOutcome.ServiceDown);

        var address = log.Address;
        await log.StopServerAsync();
        (await VerifyAsync(address, log.Trusted, [publisher.Key], null, null)).Outcome.ShouldBe(PublisherOutcome.ServiceDown);
        await log.StartServerAsync();
    }

    [Test]
    public async Task FloodOfStrangersEntries_HidesNoPublisher()
    {
        await using var log = await RunningLog.StartAsync();
        using var publisher = TestPublisher.Create(KeyAlgorithm.EcdsaP256, "git.example.cn/team");
        await RecordAsync(log, publisher.Sign(Statement), publisher.Key.PublicKey);
        for (var i = 0; i < 45; i++)
        {
            using var stranger = new EcdsaTestSigner();
            await RecordAsync(log, new(stranger.KeyId, stranger.Sign(Statement.SignedBytes)), stranger.PublicKey);
        }

        (await VerifyAsync(log, log.Trusted, publisher.Key)).Outcome.ShouldBe(PublisherOutcome.Valid);
    }

    [Test]
    public async Task EntryOfAnotherKind_IsNotLookedAt()
    {
        await using var log = await RunningLog.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = new SigningKey(key);
        await log.UuidOfAsync(signer.HashedRekord(SHA256.HashData(Statement.Json)));
        var trusted = new TrustedKey(Convert.ToHexStringLower(SHA256.HashData(signer.Info)), "Team", KeyRole.Publisher, KeyAlgorithm.EcdsaP256, signer.Info, ["git.example.cn/team"]);
        (await VerifyAsync(log, log.Trusted, trusted)).Outcome.ShouldBe(PublisherOutcome.MissingSignature);
    }

    private static async Task RecordAsync(RunningLog log, ModuleSignature signature, byte[] publicKey)
    {
        using var client = new RekorLog(log.Address, log.Trusted, log.Verifier, TimeProvider.System);
        await client.AppendAsync([ProposedEntry.Dsse(DsseEnvelope.InTotoPayloadType, Statement.Json, signature.Signature, publicKey)], CancellationToken.None);
    }

    private static Task<PublisherAnswer> VerifyAsync(RunningLog log, TrustedKey logKey, params TrustedKey[] publishers) => VerifyAsync(log, logKey, publishers, null, null);

    private static Task<PublisherAnswer> VerifyAsync(RunningLog log, TrustedKey logKey, TrustedKey[] publishers, string? zip = null, TimeProvider? clock = null) =>
        VerifyAsync(log.Address, logKey, publishers, zip, clock);

    private static async Task<PublisherAnswer> VerifyAsync(string address, TrustedKey logKey, TrustedKey[] publishers, string? zip, TimeProvider? clock)
    {
        var verifier = new SignatureVerifier();
        var trust = new TrustStore(TrustStore.CurrentVersion, publishers);
        using var source = new RekorSignatures(address, logKey, trust, verifier, TimeSpan.FromSeconds(30), clock ?? TimeProvider.System);
        return await new PublisherVerifier(trust, [source], verifier, new OpenPgpSignatureVerifier(TimeProvider.System), clock ?? TimeProvider.System)
            .VerifyAsync(Module, zip ?? Hash(1), Hash(2), CancellationToken.None);
    }

    private static string Hash(byte fill) => "h1:" + Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray());

    /// <summary>Two days on; its timers are the system's.</summary>
    private sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddDays(2);
    }
}
