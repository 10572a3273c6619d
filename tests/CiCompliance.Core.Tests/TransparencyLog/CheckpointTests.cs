using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

public sealed class CheckpointTests
{
    private const string Root = "ZGj4IlvCt120HpPw7pCNgS4xcfXDNcLJk4PH27751dU=";

    private static readonly EcdsaTestVerifier Verifier = new();

    private static string Real => (string)JsonNode.Parse(SigstoreVectors.Bundle("real2.bundle"))!
        ["verificationMaterial"]!["tlogEntries"]![0]!["inclusionProof"]!["checkpoint"]!["envelope"]!;

    [Test]
    public void Parse_WhenRekorWroteIt_ReadsVerifiesAndWritesTheSameBytes()
    {
        var checkpoint = Checkpoint.Parse(Real);

        checkpoint.Origin.ShouldBe("rekor.local - 7191793505356674757");
        checkpoint.Size.ShouldBe(8);
        checkpoint.IsOf(SigstoreVectors.Log, Verifier).ShouldBeTrue();
        checkpoint.ToString().ShouldBe(Real);
    }

    [TestCase("")]
    [TestCase("o - 1\n1\n" + Root + "\n")]
    [TestCase("o - 1\n1\n" + Root + "\n\n")]
    [TestCase("\n1\n" + Root + "\n\n— o AAAAAAA=\n")]
    [TestCase(" o - 1\n1\n" + Root + "\n\n— o AAAAAAA=\n")]
    [TestCase("o - 1\n01\n" + Root + "\n\n— o AAAAAAA=\n")]
    [TestCase("o - 1\n+1\n" + Root + "\n\n— o AAAAAAA=\n")]
    [TestCase("o - 1\n-1\n" + Root + "\n\n— o AAAAAAA=\n")]
    [TestCase("o - 1\n9223372036854775808\n" + Root + "\n\n— o AAAAAAA=\n")]
    [TestCase("o - 1\n1\nAAAA\n\n— o AAAAAAA=\n")]
    [TestCase("o - 1\n1\n" + Root + "\nextra\n\n— o AAAAAAA=\n")]
    [TestCase("o - 1\n1\n" + Root + "\n\n- o AAAAAAA=\n")]
    [TestCase("o - 1\n1\n" + Root + "\n\n— o AAAA\n")]
    [TestCase("o - 1\n1\n" + Root + "\n\n— o  AAAAAAA=\n")]
    [TestCase("o - 1\n1\n" + Root + "\n\n— o AAAAAAB=\n")]
    [TestCase("o - 1\n1\n" + Root + "\n\n— o AAAAAAA=")]
    [TestCase("o - 1\r\n1\r\n" + Root + "\r\n\r\n— o AAAAAAA=\r\n")]
    public void Parse_WhenItHasAnotherForm_Refuses(string note) => Should.Throw<FormatException>(() => Checkpoint.Parse(note));

    [Test]
    public void Parse_WhenItIsHugeOrNotUtf8_Refuses()
    {
        Should.Throw<FormatException>(() => Checkpoint.Parse(Real + new string('x', Checkpoint.MaxBytes)));
        Should.Throw<FormatException>(() => Checkpoint.Parse([0xff, .. Encoding.UTF8.GetBytes(Real)]));
    }

    [Test]
    public void IsOf_WhenASecondLineIsAdded_IsFalse()
    {
        using var other = new EcdsaTestSigner();

        Checkpoint.Parse(Real).Cosign("rekor.local", other).IsOf(SigstoreVectors.Log, Verifier).ShouldBeFalse();
    }

    [Test]
    public void IsOf_WhenALogOfVersion2HasMoreLines_LooksForItsOwnOnce()
    {
        using var log = new EcdsaTestSigner();
        using var witness = new EcdsaTestSigner();
        var trusted = log.ToTrustedKey(KeyRole.Log, "rekor.local");
        var checkpoint = Checkpoint.Sign("rekor.local", 1, new byte[32], log);

        checkpoint.IsOf(trusted, Verifier).ShouldBeTrue();
        checkpoint.Cosign("witness", witness).IsOf(trusted, Verifier).ShouldBeTrue();
        checkpoint.Cosign("rekor.local", log).IsOf(trusted, Verifier).ShouldBeFalse();
        (checkpoint with { Signatures = [] }).Cosign("witness", witness).IsOf(trusted, Verifier).ShouldBeFalse();
    }

    [Test]
    public void IsOf_WhenTheBodyIsChanged_IsFalse()
    {
        var checkpoint = Checkpoint.Parse(Real);

        (checkpoint with { Size = 9 }).IsOf(SigstoreVectors.Log, Verifier).ShouldBeFalse();
        (checkpoint with { Origin = "rekor.local - 1" }).IsOf(SigstoreVectors.Log, Verifier).ShouldBeFalse();
    }

    [Test]
    public void WitnessPolicy_CountsEachTrustedWitnessOnce()
    {
        using var sm2 = new EcdsaTestSigner(KeyAlgorithm.Sm2);
        using var other = new EcdsaTestSigner();
        using var stranger = new EcdsaTestSigner();
        var cosigned = Checkpoint.Parse(Real).Cosign("w1+sm2", sm2).Cosign("w2", other).Cosign("w3", stranger);
        TrustedKey[] witnesses = [sm2.ToTrustedKey(KeyRole.Witness, "w1+sm2"), sm2.ToTrustedKey(KeyRole.Witness, "w1+sm2"), other.ToTrustedKey(KeyRole.Witness, "w2")];

        new WitnessPolicy(2, witnesses).Verify(cosigned, Verifier).ShouldBe(Verdict.Pass);
        new WitnessPolicy(3, witnesses).Verify(cosigned, Verifier).ShouldBe(Verdict.Fail);
        new WitnessPolicy(1, [stranger.ToTrustedKey(KeyRole.Witness, "w2")]).Verify(cosigned, Verifier).ShouldBe(Verdict.Fail);
        new WitnessPolicy(1, witnesses).Verify(cosigned with { Size = 9 }, Verifier).ShouldBe(Verdict.Fail);
        new WitnessPolicy(0, witnesses).Verify(cosigned, Verifier).ShouldBe(Verdict.NotApplicable);
    }

    [Test]
    public void WitnessPolicy_WhenOneWitnessSignsWithAnOldAndANewKey_CountsItOnce()
    {
        using var old = new EcdsaTestSigner();
        using var current = new EcdsaTestSigner();
        var cosigned = Checkpoint.Parse(Real).Cosign("w1", old).Cosign("w1", current);
        TrustedKey[] witnesses = [old.ToTrustedKey(KeyRole.Witness, "w1"), current.ToTrustedKey(KeyRole.Witness, "w1")];

        new WitnessPolicy(1, witnesses).Verify(cosigned, Verifier).ShouldBe(Verdict.Pass);
        new WitnessPolicy(2, witnesses).Verify(cosigned, Verifier).ShouldBe(Verdict.Fail);
    }
}
