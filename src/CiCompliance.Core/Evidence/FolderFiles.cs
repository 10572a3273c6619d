using CiCompliance.Digests;

namespace CiCompliance.Evidence;

/// <summary>The files of an evidence folder as a manifest lists them.</summary>
internal static class FolderFiles
{
    /// <summary>All files whose name is wanted, in ordinal order.</summary>
    /// <exception cref="CiComplianceException">A stage did not finish one (CIC2208).</exception>
    public static IReadOnlyList<ManifestFile> Digest(
        EvidenceFolder folder, Func<string, bool> wanted, IDigestCalculator digests, CancellationToken cancellationToken)
    {
        var files = new List<ManifestFile>();
        foreach (var name in folder.List().Where(wanted))
        {
            if (name.EndsWith(".partial", StringComparison.Ordinal) || name.EndsWith(".statement.json", StringComparison.Ordinal))
            {
                throw new CiComplianceException(EvidenceDiagnostics.Unfinished, name,
                    new("an earlier stage did not finish", "前面的阶段没有完成"),
                    new("Run cicompliance run again", "请重新运行 cicompliance run"));
            }

            using var stream = folder.OpenRead(name);
            var size = stream.Length;
            var digest = digests.Compute(stream, cancellationToken);
            files.Add(new ManifestFile(name, size, digest.Sha256, digest.Sm3));
        }

        return files;
    }
}
