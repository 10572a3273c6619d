using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Evidence;

/// <summary>What the seal refuses before it opens a log or a key; that it seals is shown where evidence is verified.</summary>
public sealed class SealStageTests
{
    private static readonly KeyReference Key = new("key.pem", null, null);

    private TempDirectory temp = null!;
    private EvidenceFolder folder = null!;

    [SetUp]
    public void SetUp()
    {
        temp = new TempDirectory();
        folder = EvidenceFolder.Open(temp.Combine("out"));
    }

    [TearDown]
    public void TearDown()
    {
        folder.Dispose();
        temp.Dispose();
    }

    [TestCase("attestations/app.binary.statement.json")]
    [TestCase("bin/app.partial")]
    public void RunAsync_WhenAnEarlierStageDidNotFinish_SealsNothing(string name)
    {
        folder.Write(name, "{}"u8);
        Refusal(Key, Key).ShouldBe(EvidenceDiagnostics.Unfinished);
        folder.Exists(EvidencePaths.Manifest).ShouldBeFalse();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void RunAsync_WhenAKeyIsNotGiven_SaysWhich(bool sm2Given) =>
        Refusal(sm2Given ? Key : null, sm2Given ? null : Key).ShouldBe(EvidenceDiagnostics.KeyNotGiven);

    private Diagnostic Refusal(KeyReference? sm2, KeyReference? p256)
    {
        var identity = new RunIdentity("run", "example.cn/app", new('a', 40), new('b', 40), new DigestSet("p", "p"), RunMode.Production, "0.1.0");
        var options = new RunOptions(temp.Path, null, "HEAD", null, null, RunMode.Production, sm2, p256, null, null);
        var context = new StageContext(options, null!, new TrustStore(1, []), folder, new TestRunRecord(identity), temp.Path, TimeProvider.System, new Progress<LocalizedText>());
        return Should.Throw<CiComplianceException>(() => new SealStage(null!, null!, new TestDigests(), null!, null!).RunAsync(context, default)).Diagnostic;
    }
}
