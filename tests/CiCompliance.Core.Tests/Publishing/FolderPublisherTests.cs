using CiCompliance.Diagnostics;
using CiCompliance.Publishing;

namespace CiCompliance.Core.Tests.Publishing;

public sealed class FolderPublisherTests
{
    [Test]
    public void Publish_WritesReportSummaryAndVerdict_AndAgainTheSame()
    {
        using var folder = new SealedFolder();
        var before = folder.Snapshot();

        var files = Publish(folder, folder.Beside("target"));
        var again = Publish(folder, folder.Beside("target"));

        again.ShouldBe(files);
        files.Select(Path.GetFileName).ShouldBe(["report.html", "summary.md", "verdict.json"]);
        Directory.EnumerateFiles(folder.Beside("target")).Count().ShouldBe(3);
        folder.Snapshot().ShouldBe(before);
    }

    [TestCase("evidence")]
    [TestCase("evidence/out")]
    [TestCase(".")]
    [TestCase("link")]
    [TestCase("link/out")]
    [TestCase("parent/evidence/out")]
    [TestCase("sideways/out")]
    public void Publish_IntoTheEvidence_IsRefused(string target)
    {
        using var folder = new SealedFolder();
        var before = folder.Snapshot();
        File.CreateSymbolicLink(folder.Beside("link"), folder.Path);
        File.CreateSymbolicLink(folder.Beside("parent"), Path.GetDirectoryName(folder.Path)!);
        // Its last step counts from where the link itself really is.
        Directory.CreateDirectory(folder.Beside("deep/er"));
        File.CreateSymbolicLink(folder.Beside("deep/er/up"), "../../evidence");
        File.CreateSymbolicLink(folder.Beside("sideways"), "deep/er/up");

        Should.Throw<CiComplianceException>(() => Publish(folder, folder.Beside(target))).Diagnostic.ShouldBe(PublishingDiagnostics.BadTarget);
        folder.Snapshot().ShouldBe(before);
    }

    [TestCase("summary.md")]
    [TestCase("summary.md.partial")]
    [TestCase("verdict.json.partial")]
    public void Publish_WhereALinkWasPlanted_LeavesItsTargetAlone(string name)
    {
        using var folder = new SealedFolder();
        File.WriteAllText(folder.Beside("victim"), "precious");
        Directory.CreateDirectory(folder.Beside("target"));
        File.CreateSymbolicLink(folder.Beside("target/" + name), folder.Beside("victim"));

        Publish(folder, folder.Beside("target"));

        File.ReadAllText(folder.Beside("victim")).ShouldBe("precious");
        new FileInfo(folder.Beside("target/summary.md")).LinkTarget.ShouldBeNull();
        Directory.EnumerateFiles(folder.Beside("target")).Count().ShouldBe(name == "summary.md" ? 3 : 4);
    }

    [Test]
    public void Receipt_WhereALinkWasPlanted_LeavesItsTargetAlone()
    {
        using var folder = new SealedFolder();
        using var publication = Published.Open(folder);
        File.WriteAllText(folder.Beside("victim"), "precious");
        foreach (var name in new[] { "evidence.published.json", "evidence.published.json.partial" })
        {
            File.CreateSymbolicLink(folder.Beside(name), folder.Beside("victim"));
        }

        new PublishReceipt(1, DateTimeOffset.UnixEpoch, null, null, VerdictDocument.Of(publication), []).Write(folder.Beside("evidence.published.json"));

        File.ReadAllText(folder.Beside("victim")).ShouldBe("precious");
        File.ReadAllText(folder.Beside("evidence.published.json")).ShouldContain("deployable");
    }

    [Test]
    public void Publish_WhereItCannotWrite_IsUndecided()
    {
        using var folder = new SealedFolder();
        File.WriteAllText(folder.Beside("file"), "");

        Should.Throw<CiComplianceException>(() => Publish(folder, folder.Beside("file"))).Diagnostic.ShouldBe(PublishingDiagnostics.NotWritten);
    }

    private static IReadOnlyList<string> Publish(SealedFolder folder, string target)
    {
        using var publication = Published.Open(folder);
        return FolderPublisher.Publish(publication, folder.Path, Path.GetFullPath(target), Language.English);
    }
}
