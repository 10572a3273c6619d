using System.Diagnostics;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Evidence;

public sealed class EvidenceFolderTests
{
    private TempDirectory temp = null!;

    [SetUp]
    public void SetUp() => temp = new TempDirectory();

    [TearDown]
    public void TearDown() => temp.Dispose();

    [Test]
    public void Open_WhenAnotherRunHasIt_IsRefused()
    {
        using var first = EvidenceFolder.Open(temp.Combine("out"));
        Should.Throw<CiComplianceException>(() => EvidenceFolder.Open(temp.Combine("out"))).Diagnostic.Code.ShouldBe("CIC2201");
    }

    [Test]
    public void Dispose_LeavesTheLockFile_SoThatOneWaitingAndOneNewRunHoldTheSameLock()
    {
        EvidenceFolder.Open(temp.Combine("out")).Dispose();
        File.Exists(temp.Combine("out.lock")).ShouldBeTrue();
        EvidenceFolder.Open(temp.Combine("out")).Dispose();
    }

    [Test]
    public void Clear_WhenTheFolderHoldsSomethingElse_TouchesNothing()
    {
        var precious = temp.Write("out/thesis.doc", "years of work");
        using var folder = EvidenceFolder.Open(temp.Combine("out"));
        Should.Throw<CiComplianceException>(folder.Clear).Diagnostic.Code.ShouldBe("CIC2206");
        File.Exists(precious).ShouldBeTrue();
    }

    [Test]
    public void Clear_WhenItHoldsALinkToAFolder_RemovesTheLinkOnly()
    {
        var outside = temp.Write("outside/file", "x");
        temp.Write("out/evidence.json", "{}");
        Directory.CreateSymbolicLink(temp.Combine("out", "bin"), temp.Combine("outside"));
        using var folder = EvidenceFolder.Open(temp.Combine("out"));
        folder.Clear();
        folder.List().ShouldBeEmpty();
        File.Exists(outside).ShouldBeTrue();
    }

    [Test]
    public void Read_WhenTheFileIsMissing_SaysSo()
    {
        using var folder = EvidenceFolder.Open(temp.Combine("out"));
        Should.Throw<CiComplianceException>(() => folder.Read("evidence.json", 100)).Diagnostic.Code.ShouldBe("CIC2203");
    }

    [Test]
    public void Read_WhenTheFileIsTooLarge_RefusesBeforeReading()
    {
        temp.Write("out/evidence.json", "0123456789");
        using var folder = EvidenceFolder.Open(temp.Combine("out"));
        Should.Throw<CiComplianceException>(() => folder.Read("evidence.json", 9)).Diagnostic.Code.ShouldBe("CIC2204");
    }

    [Test]
    public void Read_WhenTheFormatIsWrong_SaysSo()
    {
        temp.Write("out/evidence.json", "{}");
        using var folder = EvidenceFolder.Open(temp.Combine("out"));
        Should.Throw<CiComplianceException>(() => folder.Read("evidence.json", 100, bytes => EvidenceRecord.Parse(bytes)))
            .Diagnostic.Code.ShouldBe("CIC2205");
    }

    [TestCase("evidence.json", "evidence.json")]
    [TestCase("log/evidence.json", "log")]
    public void Read_OverALink_IsRefused(string name, string link)
    {
        temp.Write("outside/evidence.json", "{}");
        using var folder = EvidenceFolder.Open(temp.Combine("out"));
        File.CreateSymbolicLink(temp.Combine("out", link), temp.Combine("outside", link == name ? name : ""));
        Should.Throw<CiComplianceException>(() => folder.Read(name, 100)).Diagnostic.Code.ShouldBe("CIC2213");
        Should.Throw<CiComplianceException>(folder.List).Diagnostic.Code.ShouldBe("CIC2213");
    }

    [TestCase(".")]
    [TestCase("/nonexistent")]
    [TestCase("/dev/zero")]
    public void List_WhenItHoldsALink_IsRefused(string target)
    {
        using var folder = EvidenceFolder.Open(temp.Combine("out"));
        File.CreateSymbolicLink(temp.Combine("out", "link"), target);
        Should.Throw<CiComplianceException>(folder.List).Diagnostic.Code.ShouldBe("CIC2213");
    }

    [Test]
    public void Read_OfAPipe_IsRefused_AndDoesNotWaitForAWriter()
    {
        using var folder = EvidenceFolder.Open(temp.Combine("out"));
        using (var make = Process.Start("mkfifo", [temp.Combine("out", "pipe")]))
        {
            make.WaitForExit();
        }

        Should.Throw<CiComplianceException>(() => folder.Read("pipe", 100)).Diagnostic.Code.ShouldBe("CIC2213");
        Should.Throw<CiComplianceException>(() => folder.OpenRead("pipe")).Diagnostic.Code.ShouldBe("CIC2213");
    }

    [Test]
    public void Write_WhenTheDiskIsFull_LeavesNothingHalfWritten()
    {
        // /dev/full answers every write with ENOSPC, as a full disk does.
        using var folder = EvidenceFolder.Open(temp.Combine("out"));
        File.CreateSymbolicLink(temp.Combine("out", "summary.md.partial"), "/dev/full");
        Should.Throw<CiComplianceException>(() => folder.Write("summary.md", "text"u8)).Diagnostic.Code.ShouldBe("CIC2202");
        folder.Exists("summary.md").ShouldBeFalse();
    }

    [Test]
    public void Open_WhenTheDiskIsReadOnly_SaysSo()
    {
        Should.Throw<CiComplianceException>(() => EvidenceFolder.Open("/proc/cicompliance")).Diagnostic.Code.ShouldBe("CIC2202");
    }
}
