using System.Net;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

public sealed class WitnessTests
{
    private static readonly EcdsaTestVerifier Verifier = new();

    private EcdsaTestSigner log = null!;
    private EcdsaTestSigner witness = null!;

    [SetUp]
    public void SetUp() => (log, witness) = (new EcdsaTestSigner(), new EcdsaTestSigner());

    [TearDown]
    public void TearDown()
    {
        log.Dispose();
        witness.Dispose();
    }

    private Checkpoint Head => Checkpoint.Sign("log.example.test - 1", 7, new byte[32], log);

    [Test]
    public async Task CosignAsync_WhenTheWitnessIsNew_SendsTheCheckpointAlone()
    {
        var stub = new StubWitness(this);

        var (lines, problem) = await stub.Client.CosignAsync(Head, stub.Prove, CancellationToken.None);

        problem.ShouldBeNull();
        Cosignature.Verify(Head with { Signatures = lines }, witness.ToTrustedKey(KeyRole.Witness, "w"), Verifier).ShouldBe(Verdict.Pass);
        stub.Requests.ShouldBe([$"old 0\n\n{Head.ToString().Split("\n\n")[0]}"]);
    }

    [Test]
    public async Task CosignAsync_WhenTheWitnessHasSeenLess_ProvesGrowthFromThere()
    {
        var stub = new StubWitness(this) { Seen = 3 };

        var (lines, _) = await stub.Client.CosignAsync(Head, stub.Prove, CancellationToken.None);

        lines.Count.ShouldBe(1);
        stub.Requests[1].ShouldStartWith($"old 3\n{Convert.ToBase64String(new byte[32])}\n\nlog.example.test - 1\n7\n");
    }

    [Test]
    public async Task CosignAsync_WhenTheWitnessHasSeenTheSame_SendsNoProof()
    {
        var stub = new StubWitness(this) { Seen = 7 };

        (await stub.Client.CosignAsync(Head, stub.Prove, CancellationToken.None)).Lines.Count.ShouldBe(1);

        stub.Requests[1].ShouldStartWith("old 7\n\nlog.example.test - 1\n7\n");
    }

    [TestCase(200, "")]
    [TestCase(200, "\n")]
    [TestCase(200, "no line\n")]
    [TestCase(200, "\u2014 w AAAAAAA=")]
    [TestCase(404, "unknown log\n")]
    [TestCase(403, "")]
    [TestCase(409, "8\n")]
    [TestCase(409, "0\n")]
    [TestCase(409, "-1\n")]
    [TestCase(409, "three\n")]
    [TestCase(422, "bad proof\n")]
    public async Task CosignAsync_WhenTheWitnessRefusesOrAnswersBadly_SaysWhy(int status, string content)
    {
        var client = new WitnessClient((_, _) => Task.FromResult(new ServiceAnswer((HttpStatusCode)status, null, Encoding.UTF8.GetBytes(content))));

        var (lines, problem) = await client.CosignAsync(Head, (_, _) => throw new InvalidOperationException(), CancellationToken.None);

        lines.ShouldBeEmpty();
        problem.ShouldNotBeNull();
    }

    [Test]
    public async Task CosignAsync_WhenTheSizeChangesForEver_EndsAfterThreeRequests()
    {
        var sizes = 0;
        var client = new WitnessClient((_, _) => Task.FromResult(new ServiceAnswer(HttpStatusCode.Conflict, null, Encoding.ASCII.GetBytes($"{++sizes}\n"))));

        (await client.CosignAsync(Head, (_, _) => Task.FromResult<IReadOnlyList<byte[]>>([]), CancellationToken.None)).Problem.ShouldNotBeNull();

        sizes.ShouldBe(3);
    }

    [Test]
    public async Task Round_WhenEnoughCosign_KeepsOnlyVerifiedLinesOnceEach()
    {
        var good = new StubWitness(this) { Extra = "\u2014 stranger AAAAAAA=\n\u2014 w AAAAAAA=\n" };
        var same = new StubWitness(this);

        var cosigned = await RoundAsync(1, ("https://a", good.Client), ("https://b", same.Client));

        cosigned.Select(line => line.Name).ShouldBe(["w"]);
        Cosignature.Verify(Head with { Signatures = cosigned }, witness.ToTrustedKey(KeyRole.Witness, "w"), Verifier).ShouldBe(Verdict.Pass);
    }

    [Test]
    public async Task Round_WhenOneIsDownButEnoughAreUp_Passes() =>
        (await RoundAsync(1, ("https://down", Down), ("https://up", new StubWitness(this).Client))).Count.ShouldBe(1);

    [Test]
    public async Task Round_WhenTooFewCosign_IsUndecidedAndNamesEach()
    {
        var refused = await Should.ThrowAsync<CiComplianceException>(() => RoundAsync(2, ("https://down", Down), ("https://up", new StubWitness(this).Client)));

        refused.Diagnostic.ShouldBe(WitnessDiagnostics.TooFew);
        refused.Diagnostic.Kind.ShouldBe(DiagnosticKind.Undecided);
        refused.Message.ShouldContain("https://down: it is down");
    }

    [Test]
    public async Task Round_WhenOneWitnessAnswersUnderTwoAddresses_CountsItOnce() =>
        await Should.ThrowAsync<CiComplianceException>(() => RoundAsync(2, ("https://a", new StubWitness(this).Client), ("https://b", new StubWitness(this).Client)));

    private static WitnessClient Down => new((_, _) => throw new CiComplianceException(RekorDiagnostics.Unreachable, "w", new("it is down", "不可用"), new("", "")));

    private Task<IReadOnlyList<NoteSignature>> RoundAsync(int threshold, params IEnumerable<(string Url, WitnessClient Client)> witnesses) =>
        new WitnessRound(new(threshold, [witness.ToTrustedKey(KeyRole.Witness, "w")]), Verifier).CosignAsync(
            witnesses.ToDictionary(each => each.Url, each => each.Client), Head,
            (_, _) => Task.FromResult<IReadOnlyList<byte[]>>([]), CancellationToken.None);

    /// <summary>Answers as C2SP tlog-witness says, without verifying the proof.</summary>
    private sealed class StubWitness
    {
        private readonly WitnessTests test;

        public StubWitness(WitnessTests test)
        {
            this.test = test;
            Client = new WitnessClient((content, _) => Task.FromResult(Answer(Encoding.UTF8.GetString(content))));
        }

        public long Seen { get; init; }

        public string Extra { get; init; } = "";

        public WitnessClient Client { get; }

        public List<string> Requests { get; } = [];

        public Task<IReadOnlyList<byte[]>> Prove(long from, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<byte[]>>([new byte[32]]);

        private ServiceAnswer Answer(string request)
        {
            Requests.Add(request[..request.LastIndexOf("\n\n", StringComparison.Ordinal)]);
            return request.StartsWith($"old {Seen}\n", StringComparison.Ordinal)
                ? new(HttpStatusCode.OK, null, Encoding.UTF8.GetBytes(Extra + Cosignature.Sign(test.Head, "w", test.witness, DateTimeOffset.UnixEpoch)))
                : new(HttpStatusCode.Conflict, null, Encoding.ASCII.GetBytes($"{Seen}\n"));
        }
    }
}
