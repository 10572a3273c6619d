using System.Text;

namespace CiCompliance.Evidence.Tests;

/// <summary>Programs and their bills of materials.</summary>
public sealed class OutputAttackTests : ContentAttack
{
    [Test]
    public void Output_WhenReplacedByAnotherHardenedBinary_IsRefused()
    {
        Replace(File.ReadAllBytes(GoPrograms.Build("go1.23", "pure", cgo: false, "-buildmode=pie", "-ldflags", "-s -w -bindnow")));
        Forgery.Verify().Findings.Select(finding => finding.Diagnostic.Code).ShouldContain(code => code == "CIC2264" || code == "CIC2271");
        Forgery.ShouldBeRefused("CIC2273", EvidencePaths.SbomOf(Forgery.Output));
    }

    [Test]
    public void Output_WhenNotPositionIndependent_IsRefused()
    {
        Replace(File.ReadAllBytes(GoPrograms.Build("go1.23", "pure", cgo: false, "-buildmode=exe", "-ldflags", "-s -w")));
        Forgery.ShouldBeRefused("CIC2271", EvidencePaths.Output(Forgery.Output));
    }

    [TestCase("")]
    [TestCase("#!/bin/sh\n")]
    [TestCase("\u007fELF")]
    public void Output_WhenItIsNoBinary_IsRefused(string content)
    {
        Replace(Encoding.Latin1.GetBytes(content));
        Forgery.ShouldBeRefused("CIC2271", EvidencePaths.Output(Forgery.Output));
    }

    [Test]
    public void Output_WhenPatched_IsRefusedOrItsRowsStillHold()
    {
        // Random damage: whatever the reader of ELF makes of it, it ends in an answer.
        var good = Forgery.Read(EvidencePaths.Output(Forgery.Output));
        for (var i = 0; i < 12; i++)
        {
            var bad = good.ToArray();
            for (var n = 1; n <= 16; n++)
            {
                bad[(i * 7919 * n) % (i % 2 == 0 ? 1024 : bad.Length)] ^= (byte)(n * 13);
            }

            Replace(bad);
            Should.NotThrow(Forgery.Verify).Verdict.ShouldBe(Verdict.Fail);
        }
    }

    [Test]
    public void Sbom_WhenAComponentIsRemoved_IsRefused()
    {
        var name = EvidencePaths.SbomOf(Forgery.Output);
        Forgery.Edit(name, sbom => sbom["components"]!.AsArray().RemoveAt(0));
        Refused("CIC2273", name);
    }

    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("{\"metadata\":1,\"metadata\":2}")]
    [TestCase("{\"metadata\":{\"timestamp\":1}}")]
    [TestCase("not JSON")]
    public void Sbom_WhenItIsNone_IsRefused(string content)
    {
        var name = EvidencePaths.SbomOf(Forgery.Output);
        Forgery.Write(name, content);
        Refused("CIC2273", name);
    }

    [Test]
    public void Sbom_WhenMissing_IsRefused()
    {
        var name = EvidencePaths.SbomOf(Forgery.Output);
        File.Delete(Forgery.PathOf(name));
        Refused("CIC2273", name);
    }

    private void Replace(byte[] output)
    {
        Forgery.Write(EvidencePaths.Output(Forgery.Output), output);
        SignAll();
    }
}
