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
    public void Publish_IntoTheEvidence_IsRefused(string target)
    {
        using var folder = new SealedFolder();
        File.CreateSymbolicLink(folder.Beside("link"), folder.Path);

        Should.Throw<CiComplianceException>(() => Publish(folder, folder.Beside(target))).Diagnostic.ShouldBe(PublishingDiagnostics.BadTarget);
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
        using var publication = Publication.Open(folder.Path, SealedFolder.Digests, CancellationToken.None);
        return FolderPublisher.Publish(publication, folder.Path, Path.GetFullPath(target), Language.English);
    }
}
