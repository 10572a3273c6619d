using CiCompliance.Evidence;

namespace CiCompliance.Publishing;

/// <summary>For every other CI: report, summary and verdict in a folder that its own steps pick up.</summary>
public static class FolderPublisher
{
    private const int MaxBytes = 64 << 20;

    /// <param name="evidence">The evidence folder's path.</param>
    /// <returns>The files that were written, absolute.</returns>
    /// <exception cref="CiComplianceException">The target is, holds or lies in the evidence folder (CIC5417), or cannot be written (CIC5412).</exception>
    public static IReadOnlyList<string> Publish(Publication publication, string evidence, string target, Language language)
    {
        RequireApart(evidence, target);
        var written = new List<string>();
        void Write(string name, byte[] content)
        {
            written.Add(Path.Combine(target, name));
            PublishedFile.Write(written[^1], content);
        }

        if (publication.Files.TryGetValue(EvidencePaths.Report, out var report))
        {
            Write(EvidencePaths.Report, report.ReadWhole(MaxBytes));
        }

        Write(EvidencePaths.Summary, SummaryText.ForJob(publication, JobPlace.Elsewhere, language, JobFiles.MaxSummaryBytes));
        // Last: where it stands, the rest does.
        Write("verdict.json", VerdictDocument.Of(publication).ToJson());
        return written;
    }

    private static void RequireApart(string evidence, string target)
    {
        string folder, place;
        try
        {
            (folder, place) = (LinkTrail.RealPath(evidence), LinkTrail.RealPath(target));
        }
        catch (IOException e)
        {
            throw PublishedFile.NotWritten(target, e);
        }

        if (LinkTrail.IsInside(place, folder) || LinkTrail.IsInside(folder, place))
        {
            throw new CiComplianceException(PublishingDiagnostics.BadTarget, target,
                new("it is the evidence folder, lies in it or holds it; evidence is a closed set of files", "它就是证据目录,或位于其中,或包含它;证据目录是封闭的文件集合"),
                new("Choose a folder of its own", "请选择单独的目录"));
        }
    }
}
