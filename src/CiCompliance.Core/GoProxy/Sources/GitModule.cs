using System.Globalization;
using System.Text;

namespace CiCompliance.GoProxy.Sources;

/// <summary>A commit as versions are made of it.</summary>
/// <param name="Time">When it was committed, whole seconds, UTC.</param>
/// <param name="Tag">The tag it was asked for by, or null.</param>
internal sealed record GitCommit(string Id, DateTimeOffset Time, string? Tag);

/// <summary>Where the files of a module are in a commit.</summary>
/// <param name="Directory">Empty at the root.</param>
/// <param name="GoMod">Null where there is none.</param>
internal sealed record GitModuleFiles(GitCommit Commit, string Directory, byte[]? GoMod);

/// <summary>One module in one repository, looked at with one listing of refs (Go module reference, "Mapping versions to commits").</summary>
internal sealed class GitModule(ModuleLocation location, BareRepository repository, GitRefs refs, CancellationToken cancellationToken)
{
    private const int MinPrefix = 7;
    private const int IdLength = 40;

    public ModuleLocation Location => location;

    public GitRefs Refs => refs;

    public BareRepository Repository => repository;

    /// <summary>The revision that a version or query means: of a pseudo-version its commit, of a version the tag in this module's folder.</summary>
    public string RevisionOf(string query) =>
        PseudoVersion.Parse(query) is { } pseudo ? pseudo.Revision
        : SemanticVersion.Parse(query) is not null ? location.TagPrefix + SemanticVersion.TrimIncompatible(query)
        : query;

    /// <summary>Finds and fetches a commit: by tag, branch, HEAD, or the first seven or more digits of its id.</summary>
    /// <exception cref="ModuleNotFoundException">There is none, or more than one.</exception>
    public async Task<GitCommit> FindAsync(string revision)
    {
        var isId = revision.Length is >= MinPrefix and <= IdLength && revision.All(char.IsAsciiHexDigitLower);
        if ((refs.Find(revision) ?? (isId ? refs.FindByPrefix(revision) : null)) is var (name, known))
        {
            await repository.EnsureCommitAsync(refs, name, known, cancellationToken);
            return await ReadCommitAsync(known, name == GitRefs.Tags + revision ? revision : null) ?? throw Unknown(revision);
        }

        if (!isId)
        {
            throw Unknown(revision);
        }

        await repository.EnsureCompleteAsync(refs, cancellationToken);
        return await repository.FindCommitsAsync(revision, cancellationToken) switch
        {
            [var id] => await ReadCommitAsync(id, null) ?? throw Unknown(revision),
            [] => throw Unknown(revision),
            _ => throw new ModuleNotFoundException($"revision {revision} is ambiguous"),
        };
    }

    /// <summary>The folder of the module in a commit, and its go.mod; of the two places for a major version, the one that has it.</summary>
    /// <param name="version">For messages.</param>
    /// <exception cref="ModuleNotFoundException">There is no go.mod where one must be, or it is of another major version.</exception>
    public async Task<GitModuleFiles> LocateAsync(GitCommit commit, string version)
    {
        var first = location.TagPrefix + "go.mod";
        var second = location.MajorDirectory is { } directory ? directory + "/go.mod" : null;
        var contents = await repository.ReadAsync([.. new[] { first, second }.OfType<string>().Select(file => $"{commit.Id}:{file}")], cancellationToken);
        if (contents.Any(content => content?.Length > ModuleLimits.MaxGoMod))
        {
            throw new ModuleSourceException($"{location.Path}@{version}: go.mod has more than {ModuleLimits.MaxGoMod} bytes");
        }

        var isFirst = contents[0] is { } goMod && IsOfMajor(GoModScan.ModuleLine(goMod));
        if (second is not null && contents[1] is { } other)
        {
            var line = GoModScan.ModuleLine(other);
            return !IsMajor(line, location.Major) ? throw No($"{second} names the module '{line}', which is not of major version {location.Major}")
                : isFirst ? throw No($"{first} and {second} both are of major version {location.Major}")
                : new(commit, location.MajorDirectory!, other);
        }

        return isFirst ? new(commit, location.Directory, contents[0])
            : contents[0] is { } foreign ? throw No($"{first} names the module '{GoModScan.ModuleLine(foreign)}', which is not of major version {(location.Major.Length == 0 ? "0 or 1" : location.Major)}")
            : location.TagPrefix.Length == 0 && location.Major.Length == 0 ? new(commit, "", null)
            : throw No($"there is no {first}{(second is null ? "" : " and no " + second)}");

        ModuleNotFoundException No(string why) => new(SafeText.Line($"{location.Path}@{version}: {why}, at revision {commit.Id[..PseudoVersion.RevisionLength]}", 1000));
    }

    /// <summary>Whether a commit has a file at this place of the repository.</summary>
    public async Task<bool> HasFileAsync(string commit, string file) => (await repository.ReadAsync([$"{commit}:{file}"], cancellationToken))[0] is not null;

    public async Task<bool> IsAncestorAsync(string tag, string commit)
    {
        await repository.EnsureCompleteAsync(refs, cancellationToken);
        return await repository.IsAncestorAsync(refs[GitRefs.Tags + tag]!, commit, cancellationToken);
    }

    /// <summary>Of some tags, those in the history of a commit.</summary>
    public async Task<IReadOnlyList<string>> MergedAsync(IReadOnlyList<string> tags, string commit)
    {
        if (tags.Count == 0)
        {
            return [];
        }

        await repository.EnsureCompleteAsync(refs, cancellationToken);
        var merged = await repository.MergedTagsAsync(commit, cancellationToken);
        return [.. tags.Where(merged.Contains)];
    }

    /// <summary>A go.mod of the root or of a folder with the same major version: what the go command asks of a module's path is no more.</summary>
    private bool IsOfMajor(string line) =>
        IsMajor(line, location.Major) || (location.Major.Length == 0 && line.StartsWith("gopkg.in/", StringComparison.Ordinal));

    private static bool IsMajor(string line, string major) => line.Length > 0 && ModuleName.SplitMajor(line) is var (_, named)
        && (major.Length == 0 ? named is "" or "v0" or "v1" or "v0-unstable" or "v1-unstable" : named == major);

    private async Task<GitCommit?> ReadCommitAsync(string id, string? tag)
    {
        if ((await repository.ReadAsync([id], cancellationToken))[0] is not { } content)
        {
            return null;
        }

        var header = Encoding.UTF8.GetString(content).Split("\n\n", 2)[0].Split('\n');
        var committer = header.FirstOrDefault(line => line.StartsWith("committer ", StringComparison.Ordinal)) ?? "";
        var words = committer[(committer.LastIndexOf('>') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800
            ? new(id, DateTimeOffset.FromUnixTimeSeconds(seconds), tag)
            : throw new ModuleSourceException($"commit {id} has no time");
    }

    private ModuleNotFoundException Unknown(string revision) => new($"{location.Path}: unknown revision {SafeText.Line(revision, 200)}");
}
