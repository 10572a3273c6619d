using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

/// <summary>Our own witness, by C2SP tlog-witness.</summary>
public sealed class CosigningTests
{
    private static readonly EcdsaTestVerifier Verifier = new();

    private TempDirectory temporary = null!;
    private TestLog log = null!;
    private EcdsaTestSigner key = null!;
    private Witness witness = null!;

    [SetUp]
    public void SetUp()
    {
        temporary = new TempDirectory();
        log = new TestLog();
        key = new EcdsaTestSigner();
        witness = Open();
    }

    [TearDown]
    public void TearDown()
    {
        witness.Dispose();
        key.Dispose();
        log.Dispose();
        temporary.Dispose();
    }

    [Test]
    public async Task Cosign_WhileTheLogGrows_SignsEachTreeAndRemembersItAcrossRestarts()
    {
        var first = log.Store.Checkpoint;
        ShouldSign(Ask(0, first), first);
        await log.AppendAsync(TestLog.SomeEntry(), TestLog.SomeEntry());
        witness.Dispose();
        witness = Open();
        var second = log.Store.Checkpoint;

        Ask(0, second).ShouldBe(new WitnessAnswer(409, "1\n"));
        ShouldSign(Ask(1, second, [.. log.Store.ConsistencyProof(1, 3)]), second);
        ShouldSign(Ask(3, second), second);
        Ask(1, second, [.. log.Store.ConsistencyProof(1, 3)]).ShouldBe(new WitnessAnswer(409, "3\n"));
    }

    [Test]
    public async Task Cosign_WhenTheLogForked_SignsNothing()
    {
        using var fork = new TestLog();
        ShouldSign(Ask(0, log.Store.Checkpoint), log.Store.Checkpoint);
        await log.AppendAsync(TestLog.SomeEntry());
        var own = log.Store.Checkpoint;
        var otherRoot = Checkpoint.Sign(own.Origin, 1, new byte[32], log.Key);
        var otherGrowth = Checkpoint.Sign(own.Origin, 2, new byte[32], log.Key);

        Ask(1, otherRoot).Status.ShouldBe(409);
        Ask(1, otherGrowth, [.. log.Store.ConsistencyProof(1, 2)]).Status.ShouldBe(422);
        Ask(1, otherGrowth).Status.ShouldBe(422);
        Ask(1, own, new byte[32]).Status.ShouldBe(422);
        ShouldSign(Ask(1, own, [.. log.Store.ConsistencyProof(1, 2)]), own);
        Ask(2, log.Store.Checkpoint with { Size = 1 }).Status.ShouldBe(403);
        Ask(2, Checkpoint.Sign(own.Origin, 1, own.Root, log.Key)).Status.ShouldBe(400);
    }

    [Test]
    public void Cosign_OfALogThatIsNotTrusted_SignsNothing()
    {
        using var stranger = new EcdsaTestSigner();

        Ask(0, Checkpoint.Sign("other.example.test - 1", 1, new byte[32], log.Key)).Status.ShouldBe(404);
        Ask(0, Checkpoint.Sign(log.Store.Checkpoint.Origin, 1, new byte[32], stranger)).Status.ShouldBe(403);
        witness.Dispose();
        witness = Open(log.Trusted with { Revocation = new(RevocationReason.Retired, DateTimeOffset.UtcNow) });
        Ask(0, log.Store.Checkpoint).Status.ShouldBe(403);
    }

    [TestCase("")]
    [TestCase("old 0\n")]
    [TestCase("old -1\n\nX")]
    [TestCase("old 0\nno hash\n\nX")]
    [TestCase("new 0\n\nX")]
    [TestCase("old 0\n\nno checkpoint")]
    public void Cosign_OfSomethingElse_SaysSo(string request) =>
        witness.Cosign(Encoding.UTF8.GetBytes(request.Replace("X", log.Store.Checkpoint.ToString(), StringComparison.Ordinal))).Status.ShouldBe(400);

    [Test]
    public void Cosign_OfTooMuchOrOfNoText_SaysSo()
    {
        witness.Cosign(new byte[Witness.MaxRequest + 1]).Status.ShouldBe(400);
        witness.Cosign([0xff, 0xfe]).Status.ShouldBe(400);
    }

    [Test]
    public void Cosign_WhenWhatItSawWasDamaged_SignsNothing()
    {
        ShouldSign(Ask(0, log.Store.Checkpoint), log.Store.Checkpoint);
        File.WriteAllText(Directory.GetFiles(temporary.Combine("witness"), "*.checkpoint").Single(), "x");

        Should.Throw<IOException>(() => Ask(1, log.Store.Checkpoint));
    }

    [Test]
    public void Cosign_WhenWhatItSawCannotBeRead_SignsNothing()
    {
        ShouldSign(Ask(0, log.Store.Checkpoint), log.Store.Checkpoint);
        var path = Directory.GetFiles(temporary.Combine("witness"), "*.checkpoint").Single();
        File.Delete(path);
        File.CreateSymbolicLink(path, path); // opening it is ELOOP, and File.Exists says that there is nothing

        Should.Throw<IOException>(() => Ask(0, log.Store.Checkpoint));
    }

    [Test]
    public void Open_WhenAnotherWitnessHoldsTheFolder_Refuses() => Should.Throw<IOException>(() => Open());

    private Witness Open(TrustedKey? trusted = null) => new(temporary.Combine("witness"), "w", key, [trusted ?? log.Trusted], Verifier, TimeProvider.System);

    private WitnessAnswer Ask(long old, Checkpoint shown, params byte[][] proof) =>
        witness.Cosign(Encoding.UTF8.GetBytes($"old {old}\n{string.Concat(proof.Select(hash => Convert.ToBase64String(hash) + "\n"))}\n{shown}"));

    private void ShouldSign(WitnessAnswer answer, Checkpoint shown)
    {
        answer.Status.ShouldBe(200, answer.Text);
        Cosignature.Verify(shown with { Signatures = [NoteSignature.Parse(answer.Text.TrimEnd('\n'))] }, key.ToTrustedKey(KeyRole.Witness, "w"), Verifier).ShouldBe(Verdict.Pass);
    }
}
