using System.Text;
using CiCompliance.Source;
using CiCompliance.Tool.Inputs;

namespace CiCompliance.Tool.Wiring;

/// <summary>Revisions and small files, by the git engine that the source stage uses too.</summary>
internal sealed class GitRevisions(IGitRepository repository) : IRevisions
{
    private const int MaxTreeBytes = 64 << 20;

    public string Prefix => repository.Prefix;

    public Revision Resolve(string revision)
    {
        var found = SourceRevision.Resolve(repository, revision);
        return new Revision(found.Commit.Oid, found.Parsed.Tree);
    }

    public Revision? Find(string revision)
    {
        try
        {
            return Resolve(revision);
        }
        catch (CiComplianceException e) when (e.Diagnostic == SourceDiagnostics.UnknownRevision || e.Diagnostic == SourceDiagnostics.MissingObject)
        {
            return null;
        }
    }

    public string? CommonAncestor(string one, string other) => Source.CommonAncestor.Find(repository, one, other);

    public IReadOnlyList<string> Parents(string commit) => SourceRevision.Resolve(repository, commit).Parsed.Parents;

    public byte[]? ReadFile(string tree, string path, int maxBytes)
    {
        var names = path.Split('/');
        for (var i = 0; i < names.Length; i++)
        {
            var (mode, oid) = Find(repository.Read(tree, MaxTreeBytes).Raw, names[i]);
            if (i == names.Length - 1)
            {
                return mode is GitTreeEntry.File or GitTreeEntry.Executable ? repository.Read(oid, maxBytes).Raw : null;
            }

            if (mode != "40000")
            {
                return null;
            }

            tree = oid;
        }

        return null;
    }

    /// <summary>One entry of a tree object: <c>mode SP name NUL id</c>.</summary>
    private (string? Mode, string Oid) Find(ReadOnlySpan<byte> tree, string name)
    {
        var wanted = Encoding.UTF8.GetBytes(name);
        while (tree.IndexOf((byte)0) is > 0 and var nul && nul + 1 + repository.Format.ByteLength <= tree.Length)
        {
            var space = tree[..nul].IndexOf((byte)' ');
            if (space > 0 && tree[(space + 1)..nul].SequenceEqual(wanted))
            {
                return (Encoding.ASCII.GetString(tree[..space]), Convert.ToHexStringLower(tree.Slice(nul + 1, repository.Format.ByteLength)));
            }

            tree = tree[(nul + 1 + repository.Format.ByteLength)..];
        }

        return (null, "");
    }

    public void Dispose() => repository.Dispose();
}
