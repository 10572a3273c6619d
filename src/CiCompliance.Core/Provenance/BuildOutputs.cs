using CiCompliance.Digests;
using CiCompliance.Evidence;

namespace CiCompliance.Provenance;

/// <summary><c>bin/</c> of the evidence folder.</summary>
internal static class BuildOutputs
{
    private const int MaxOutputs = 1024;

    /// <summary>Removes what an earlier run left: a stale output must not look like one of this run.</summary>
    public static void Clear(EvidenceFolder evidence)
    {
        var outputs = evidence.PathOf(EvidencePaths.Outputs);
        if (Directory.Exists(outputs))
        {
            Directory.Delete(outputs, recursive: true);
        }

        ClearStatements(evidence, "provenance");
    }

    public static void ClearStatements(EvidenceFolder evidence, string predicate)
    {
        var attestations = evidence.PathOf(EvidencePaths.Attestations);
        if (Directory.Exists(attestations))
        {
            foreach (var stale in Directory.EnumerateFiles(attestations, $"*.{predicate}.statement.json"))
            {
                File.Delete(stale);
            }
        }
    }

    /// <summary>Moves a program into <c>bin/</c>, whole or not at all, and gives its digests.</summary>
    public static DigestSet Add(EvidenceFolder evidence, BuiltProgram program, IDigestCalculator digests, CancellationToken cancellationToken)
    {
        var path = evidence.PathOf(EvidencePaths.Output(program.Name));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Across file systems a move is a copy; the second one never is.
            File.Move(program.File, path + ".partial", overwrite: true);
            File.Move(path + ".partial", path, overwrite: true);
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
            var digest = digests.Compute(file, cancellationToken);
            file.Flush(flushToDisk: true);
            return digest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(EvidenceDiagnostics.NotWritable, path,
                new($"it cannot be written ({e.Message})", $"无法写入({e.Message})"), new("Free space or choose another --out", "请释放空间或用 --out 指定其他目录"), e);
        }
    }

    /// <summary>The outputs' names, in order.</summary>
    /// <exception cref="CiComplianceException">None, or something that is no plain file.</exception>
    public static IReadOnlyList<string> Names(EvidenceFolder evidence, Diagnostic none)
    {
        var folder = new DirectoryInfo(evidence.PathOf(EvidencePaths.Outputs));
        var entries = folder.Exists ? folder.EnumerateFileSystemInfos().Take(MaxOutputs + 1).ToList() : [];
        return entries.Count is > 0 and <= MaxOutputs && entries.All(entry => entry is FileInfo { LinkTarget: null })
            ? [.. entries.Select(entry => entry.Name).Order(StringComparer.Ordinal)]
            : throw new CiComplianceException(none, EvidencePaths.Outputs,
                new("it holds no outputs, or something that is no plain file", "其中没有产物,或含有非普通文件"),
                new("Run the build stage again", "请重新运行 build 阶段"));
    }
}
