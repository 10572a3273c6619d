using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Agreement;

/// <param name="Total">Commits of the whole repository that carry a signature.</param>
/// <param name="Oids">Those to judge, by type: every signed tag, and every signed commit or an even spread of them.</param>
internal sealed record SignedObjects(int Total, IReadOnlyList<(string Type, string Oid)> Oids)
{
    private const int MaxCommits = 10_000;
    private const int MaxBytes = 32 << 20;

    public static SignedObjects Find(IGitRepository repository, string path)
    {
        var listing = Peer.Run("git", ["-C", path, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objecttype) %(objectname)"]).Text;
        var commits = new List<(string Type, string Oid)>();
        var tags = new List<(string Type, string Oid)>();
        foreach (var line in listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        {
            var (type, oid) = (line[..line.IndexOf(' ', StringComparison.Ordinal)], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            if (type is GitObjectType.Commit or GitObjectType.Tag && IsSigned(repository.Read(oid, MaxBytes)))
            {
                (type == GitObjectType.Tag ? tags : commits).Add((type, oid));
            }
        }

        var taken = Math.Min(commits.Count, MaxCommits);
        return new(commits.Count, [.. tags, .. Enumerable.Range(0, taken).Select(i => commits[(int)((long)i * commits.Count / taken)])]);
    }

    // On bytes, and not by the parser under comparison: what that one overlooks must be asked about, too.
    private static bool IsSigned(GitObject found) =>
        found.Type == GitObjectType.Tag ? found.Raw.AsSpan().IndexOf("-----BEGIN "u8) >= 0
        : found.Raw.AsSpan().IndexOf("\n\n"u8) is var end && found.Raw.AsSpan(0, end < 0 ? found.Raw.Length : end).IndexOf("\ngpgsig"u8) >= 0;
}
