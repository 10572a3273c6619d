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
            var entry = Find(tree, names[i]);
            if (i == names.Length - 1)
            {
                return entry.Mode is GitTreeEntry.File or GitTreeEntry.Executable ? repository.Read(entry.Oid, maxBytes).Raw : null;
            }

            if (!entry.IsFolder)
            {
                return null;
            }

            tree = entry.Oid;
        }

        return null;
    }

    /// <summary>An entry without a mode where the tree has none of this name.</summary>
    private TreeObjectEntry Find(string tree, string name)
    {
        try
        {
            // The names of a tree are bytes, one character each.
            var wanted = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(name));
            return TreeObject.Parse(repository.Read(tree, MaxTreeBytes).Raw, repository.Format).FirstOrDefault(entry => entry.Name == wanted);
        }
        catch (FormatException e)
        {
            throw new CiComplianceException(SourceDiagnostics.MalformedObject, $"tree {tree}",
                new($"it does not have its form: {e.Message}", $"格式不正确:{e.Message}"),
                new("Find out who wrote it; git fsck names such objects", "请查明写入者;git fsck 可列出此类对象"), e);
        }
    }

    public void Dispose() => repository.Dispose();
}
