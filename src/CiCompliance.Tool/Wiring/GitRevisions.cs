using CiCompliance.Source;
using CiCompliance.Tool.Inputs;

namespace CiCompliance.Tool.Wiring;

/// <summary>Revisions and small files, by the git engine that the source stage uses too.</summary>
internal sealed class GitRevisions(IGitRepository repository) : IRevisions
{
    private const int MaxTreeBytes = 64 << 20;
    private const int MaxTags = 8;

    public string Prefix => repository.Prefix;

    public Revision Resolve(string revision)
    {
        var oid = repository.Resolve(revision) ?? throw Unknown(revision);
        for (var i = 0; i < MaxTags; i++)
        {
            var found = repository.Read(oid, CommitWalk.MaxCommitBytes);
            if (found.Type == GitObjectType.Commit)
            {
                return new Revision(oid, CommitObject.Parse(found.Raw).Tree);
            }

            oid = found.Type == GitObjectType.Tag ? TagObject.Parse(found.Raw).Target : throw Unknown(revision);
        }

        throw Unknown(revision);
    }

    public byte[]? ReadFile(string tree, string path, int maxBytes)
    {
        var names = path.Split('/');
        for (var i = 0; i < names.Length; i++)
        {
            var entry = GitTree.ParseObject(repository.Read(tree, MaxTreeBytes).Raw, repository.Format)
                .FirstOrDefault(entry => entry.Path.Span.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(names[i])));
            if (entry is null)
            {
                return null;
            }

            if (i == names.Length - 1)
            {
                return entry.Mode is GitTreeEntry.File or GitTreeEntry.Executable ? repository.Read(entry.Oid, maxBytes).Raw : null;
            }

            tree = entry.Oid;
        }

        return null;
    }

    public void Dispose() => repository.Dispose();

    private static CiComplianceException Unknown(string revision) => SourceFailures.UnknownRevision(revision);
}
