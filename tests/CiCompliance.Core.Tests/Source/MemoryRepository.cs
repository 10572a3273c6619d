using System.Text;
using CiCompliance.Source;

namespace CiCompliance.Core.Tests.Source;

/// <summary>Commits in memory, for histories that are quick to write down.</summary>
internal sealed class MemoryRepository : IGitRepository
{
    private readonly Dictionary<string, GitObject> objects = new(StringComparer.Ordinal);

    public string Engine => "memory";

    public GitObjectFormat Format => GitObjectFormat.Sha1;

    public string Prefix => "";

    public bool IsShallow => false;

    public bool HasRewrites => false;

    public HashSet<string> WasRead { get; } = new(StringComparer.Ordinal);

    public string Commit(long time, params string[] parents) =>
        Add(Encoding.UTF8.GetBytes($"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n{string.Concat(parents.Select(parent => $"parent {parent}\n"))}"
            + $"author A <a@b> {time} +0000\ncommitter A <a@b> {time} +0000\n\n{objects.Count}\n"));

    public string Add(byte[] raw)
    {
        var oid = GitObjectId.Compute("commit", raw, Format);
        objects.Add(oid, new GitObject(oid, "commit", raw));
        return oid;
    }

    public string? Resolve(string revision) => objects.ContainsKey(revision) ? revision : null;

    public GitObject Read(string oid, int maxBytes)
    {
        WasRead.Add(oid);
        return objects.TryGetValue(oid, out var found) ? found : throw SourceFailures.Missing(oid);
    }

    public long CopyBlob(string oid, Stream destination, long maxBytes) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
