using CiCompliance.Evidence;
using CiCompliance.Source;

namespace CiCompliance.Publishing;

/// <summary>What a job shows without asking any server: its summary and its outputs.</summary>
public static class JobPublisher
{
    /// <param name="evidencePath">The evidence folder, as later steps are to find it.</param>
    public static void Publish(Publication publication, JobFiles files, JobPlace place, string evidencePath, Language language)
    {
        _ = files.AppendSummary(room => SummaryText.ForJob(publication, place, language, room));
        files.AppendOutputs(VerdictDocument.ToOutputs(publication, evidencePath));
    }

    /// <summary>Every finding at its line, failures first.</summary>
    public static IReadOnlyList<Annotation> Annotate(Publication publication, Language language)
    {
        var (tree, moduleDirectory) = TreeOf(publication);
        return [.. publication.Findings.Select(finding => Annotation.Of(finding, tree, moduleDirectory, language))];
    }

    private static (HashSet<string> Paths, string ModuleDirectory) TreeOf(Publication publication)
    {
        // A run that was stopped before the source was verified has no tree: then no finding has a file.
        if (publication.Source is not { } source || !publication.Files.ContainsKey(EvidencePaths.Tree))
        {
            return ([], "");
        }

        var format = source.ObjectFormat == "sha256" ? GitObjectFormat.Sha256 : GitObjectFormat.Sha1;
        var entries = publication.Read(EvidencePaths.Tree, GitTree.MaxListingBytes, bytes => GitTree.ParseListing(bytes, format));
        return ([.. entries.Select(entry => entry.DisplayPath)], source.ModuleDirectory);
    }
}
