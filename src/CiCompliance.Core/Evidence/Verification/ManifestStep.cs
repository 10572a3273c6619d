namespace CiCompliance.Evidence.Verification;

/// <summary>Step 3: the set of files equals the manifest and the seal; sizes and both digests.</summary>
internal static class ManifestStep
{
    private static readonly string[] Seal = [EvidencePaths.Manifest, EvidencePaths.ManifestSm2, EvidencePaths.ManifestSigstore];

    public static void Verify(VerificationContext context)
    {
        if (context.Snapshot.Find(EvidencePaths.Manifest) is null)
        {
            context.Refuse(3, "files", VerificationDiagnostics.NotSealed, EvidencePaths.Manifest,
                new("the folder has no manifest: its run did not reach the seal", "目录没有清单:该运行未完成封存"));
            return;
        }

        if (context.Document(3, EvidencePaths.Manifest, bytes => Manifest.Parse(bytes)) is not { } manifest)
        {
            return;
        }

        context.Manifest = manifest;
        // Where the consistency proof is missing, step 5 leaves the log undecided.
        var listed = new HashSet<string>([.. Seal, EvidencePaths.SealConsistency], StringComparer.Ordinal);
        foreach (var file in manifest.Files)
        {
            if (!listed.Add(file.Path))
            {
                context.Refuse(3, "files", VerificationDiagnostics.BadFormat, file.Path, new("the manifest lists it twice", "清单重复列出该文件"));
            }

            Compare(context, file);
        }

        foreach (var name in context.Snapshot.Files.Keys.Where(name => !listed.Contains(name)))
        {
            context.Refuse(3, "files", VerificationDiagnostics.Extra, name, new("the manifest does not list it", "清单中没有该文件"));
        }

        foreach (var name in Seal.Where(name => context.Snapshot.Find(name) is null))
        {
            context.Refuse(3, "files", VerificationDiagnostics.Missing, name, new("the file is missing", "文件缺失"));
        }

        if (!context.Refused)
        {
            context.Recomputed(3, "files", new($"{manifest.Files.Count} files, each with its size, SHA-256 and SM3", $"{manifest.Files.Count} 个文件,大小、SHA-256 与 SM3 均一致"));
        }
    }

    private static void Compare(VerificationContext context, ManifestFile listed)
    {
        if (context.Snapshot.Find(listed.Path) is not { } file)
        {
            context.Refuse(3, "files", VerificationDiagnostics.Missing, listed.Path, new("the file is missing", "文件缺失"));
        }
        else if (file.Size != listed.Size || file.Digests.Sha256 != listed.Sha256 || file.Digests.Sm3 != listed.Sm3)
        {
            context.Refuse(3, "files", VerificationDiagnostics.Changed, listed.Path,
                new("its size or digest is not the one that was sealed", "大小或摘要与封存时不一致"));
        }
    }
}
