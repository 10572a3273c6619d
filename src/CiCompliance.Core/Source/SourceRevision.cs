namespace CiCompliance.Source;

/// <summary>A revision resolved to a commit.</summary>
/// <param name="Tags">The annotated tags that led there, outermost first; empty where the revision names the commit itself.</param>
public sealed record SourceRevision(GitObject Commit, CommitObject Parsed, IReadOnlyList<GitObject> Tags, string? TagName)
{
    private const string TagRefs = "refs/tags/";

    private const int MaxTags = 8;
    private const int ShortId = 7;

    private static readonly string[] RefPrefixes = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];

    /// <summary>The name of a tag without an object of its own, which nobody can have signed; null for any other revision.</summary>
    public string? LightweightTag { get; private init; }

    /// <exception cref="CiComplianceException">Unknown (CIC1009), a tag signed under another name (CIC1021), or reading failed.</exception>
    public static SourceRevision Resolve(IGitRepository repository, string revision)
    {
        // A line feed would be a second request to cat-file; a leading dash and the like mean nothing here, but no ref has them.
        var named = revision.Length <= 1024 && !string.IsNullOrWhiteSpace(revision) && revision[0] != '-' && !revision.Any(char.IsControl) ? ResolveName(repository, revision) : null;
        var current = repository.Read(named ?? throw SourceFailures.UnknownRevision(revision), CommitWalk.MaxCommitBytes);
        var tags = new List<GitObject>();
        string? tagName = null;
        while (current.Type == GitObjectType.Tag && tags.Count < MaxTags)
        {
            var tag = Parse(current);
            tagName ??= CheckName(tag, current.Oid, revision);
            tags.Add(current);
            current = repository.Read(tag.Target, CommitWalk.MaxCommitBytes);
            if (current.Type != tag.TargetType)
            {
                throw SourceFailures.Malformed($"tag {tags[^1].Oid}", $"it says that it tags a {tag.TargetType}, which is a {current.Type}");
            }
        }

        return current.Type == GitObjectType.Commit
            ? new SourceRevision(current, CommitWalk.Parse(current), tags, tagName) { LightweightTag = tags.Count == 0 ? TagRef(repository, revision) : null }
            : throw SourceFailures.UnknownRevision(revision);
    }

    // git takes the first of several refs that end in this name, and a tag before a branch: whoever may push a tag would choose the base.
    private static string? ResolveName(IGitRepository repository, string revision)
    {
        var named = repository.Resolve(revision);
        if (named is null || revision == named)
        {
            return named;
        }

        var refs = RefPrefixes.Count(prefix => repository.Resolve(prefix + revision) is not null);
        if (revision.StartsWith("refs/", StringComparison.Ordinal))
        {
            // Where this very ref is missing, git looks for refs/tags/refs/… and the like.
            return refs == 0 ? named : null;
        }

        var isShortId = revision.Length >= ShortId && revision.All(char.IsAsciiHexDigit);
        return refs + (isShortId ? 1 : 0) <= 1 ? named : null;
    }

    /// <summary>The tag that a full name (<c>refs/tags/…</c>) stands for; null for any other revision.</summary>
    public static string? TagOf(string revision) =>
        revision is not null && revision.StartsWith(TagRefs, StringComparison.Ordinal) ? revision[TagRefs.Length..] : null;

    private static string ShortTag(string revision) =>
        revision.StartsWith(TagRefs, StringComparison.Ordinal) ? revision[TagRefs.Length..]
        : revision.StartsWith(TagRefs[5..], StringComparison.Ordinal) ? revision[(TagRefs.Length - 5)..]
        : revision;

    private static string? TagRef(IGitRepository repository, string revision) =>
        ShortTag(revision) is var name && repository.Resolve(TagRefs + name) is not null ? name : null;

    private static TagObject Parse(GitObject raw)
    {
        try
        {
            return TagObject.Parse(raw.Raw, GitObjectId.FormatOf(raw.Oid));
        }
        catch (FormatException e)
        {
            throw SourceFailures.Malformed($"tag {raw.Oid}", e.Message);
        }
    }

    /// <summary>A signed tag object under another ref is an old release shown as a new one.</summary>
    private static string CheckName(TagObject tag, string oid, string revision)
    {
        var asked = ShortTag(revision);
        return asked == tag.Name || revision == oid
            ? tag.Name
            : throw new CiComplianceException(SourceDiagnostics.TagRenamed, SourceFailures.Printable(revision),
                new($"its tag object is signed under the name '{SourceFailures.Printable(tag.Name)}'", $"其标签对象签名时的名称为“{SourceFailures.Printable(tag.Name)}”"),
                new("Ask who moved the ref; to build it all the same, give the tag object's id", "请查明谁移动了该引用;如仍要构建,请给出标签对象的编号"));
    }
}
