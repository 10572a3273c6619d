namespace CiCompliance.GoProxy.Sources;

/// <summary>The versions of a module as the go command derives them from tags and commits: its lists, and which version a query stands for.</summary>
internal sealed class GitVersions(GitModule module)
{
    private readonly ModuleLocation location = module.Location;
    private Func<string, bool>? retracted;

    /// <summary>All tagged versions; <c>+incompatible</c> ones where no version before them has a go.mod (golang.org/issue/34189).</summary>
    public async Task<IReadOnlyList<string>> ListAsync()
    {
        var all = module.Refs.TagsWith(location.TagPrefix).Select(tag => tag[location.TagPrefix.Length..])
            .Select(text => (Text: text, Version: SemanticVersion.Parse(text)))
            .Where(tag => tag.Version is { } version && tag.Text == version.Canonical && !PseudoVersion.Is(tag.Text))
            .Select(tag => tag.Version!).Order().ToList();
        var list = all.Where(version => version.Matches(location.Major)).Select(version => version.Canonical).ToList();
        var majors = all.Where(version => !version.Matches(location.Major)).GroupBy(version => version.Major).ToList();
        if (location.Directory.Length > 0 || location.Major.Length > 0 || majors.Count == 0 || (list.Count > 0 && await HasGoModAsync(list[^1])))
        {
            return list;
        }

        foreach (var major in majors)
        {
            if (!await HasGoModAsync(major.Last().Canonical))
            {
                list.AddRange(major.Select(version => version.Canonical + SemanticVersion.Incompatible));
            }
        }

        return list;
    }

    /// <summary>The version that a query stands for.</summary>
    /// <param name="query">Empty for the commit itself.</param>
    /// <exception cref="ModuleNotFoundException">It stands for none, or is one that this commit can't have.</exception>
    public async Task<ModuleInfo> ResolveAsync(GitCommit commit, string query)
    {
        if (PseudoVersion.Parse(query) is { } pseudo)
        {
            var info = SemanticVersion.IsCanonical(query) ? await CheckAsync(commit, query, query) : throw Invalid(query, "it is not canonical");
            await ValidateAsync(commit, query, pseudo);
            return info;
        }

        if (commit.Tag is { } asked && CanonicalOf(asked) is { } canonical)
        {
            try
            {
                return await CheckAsync(commit, canonical.Canonical, query);
            }
            catch (ModuleNotFoundException)
            {
                // Another of its tags may do.
            }
        }

        SemanticVersion? highest = null;
        SemanticVersion? preceding = null;
        var wanted = SemanticVersion.Parse(query);
        foreach (var tag in module.Refs.TagsAt(commit.Id))
        {
            var (version, isCanonical) = VersionOf(tag);
            if (version is not null && wanted?.CompareTo(version) == 0)
            {
                if (isCanonical)
                {
                    return await CheckAsync(commit, version.Canonical, query);
                }

                // v1.0.0+a and v1.0.0+b may be different commits.
                preceding = version;
            }

            if (version is not null && isCanonical && (highest is null || highest.CompareTo(version) < 0) && await IsAllowedAsync(commit, version, query))
            {
                highest = version;
            }
        }

        if (highest is not null)
        {
            return await CheckAsync(commit, highest.Canonical, query);
        }

        preceding ??= await PrecedingAsync(commit, query);
        return await CheckAsync(commit, PseudoVersion.Create(location.Major, preceding, commit.Time, commit.Id), query);
    }

    /// <summary>The highest version in the history of a commit that its module may have.</summary>
    private async Task<SemanticVersion?> PrecedingAsync(GitCommit commit, string query)
    {
        var candidates = new Dictionary<string, SemanticVersion>(StringComparer.Ordinal);
        foreach (var tag in module.Refs.TagsWith(location.TagPrefix + "v"))
        {
            if (VersionOf(tag).Version is { } version && await IsAllowedAsync(commit, version, query))
            {
                candidates[tag] = version;
            }
        }

        return (await module.MergedAsync([.. candidates.Keys], commit.Id)).Select(tag => candidates[tag]).Max();
    }

    private async Task<bool> IsAllowedAsync(GitCommit commit, SemanticVersion version, string query) =>
        (version.Matches(location.Major) || await MayBeIncompatibleAsync(commit, version, query)) && !(await RetractedAsync())(version.Canonical);

    /// <summary>Whether the commit can have this version, with <c>+incompatible</c> where it needs that.</summary>
    private async Task<ModuleInfo> CheckAsync(GitCommit commit, string version, string query)
    {
        _ = await module.LocateAsync(commit, version);
        var result = version == SemanticVersion.TrimIncompatible(query) ? query : version;
        var plain = SemanticVersion.TrimIncompatible(result);
        var parsed = SemanticVersion.Parse(plain)!;
        var isMajor = parsed.Matches(location.Major);
        var isIncompatible = !isMajor && await MayBeIncompatibleAsync(commit, parsed, query);
        result = isIncompatible ? plain + SemanticVersion.Incompatible : result;
        return SemanticVersion.IsCanonical(query) && SemanticVersion.TrimIncompatible(query) != plain
            ? throw Invalid(query, $"it is not a tag, and stands for {result}")
            : isMajor && result != plain ? throw Invalid(result, "major version 0 or 1, or that of the path, can't be +incompatible")
            : isMajor || isIncompatible ? new(result, commit.Time)
            : throw Invalid(result, location.Major.Length > 0 ? $"the module path is of major version {location.Major}" : $"a module with a go.mod has major version {parsed.Major} in its path");
    }

    /// <summary>Whether a version of no matching major version may have <c>+incompatible</c>: at the root, without a go.mod there or, unless asked for so, in a folder for that major version.</summary>
    private async Task<bool> MayBeIncompatibleAsync(GitCommit commit, SemanticVersion version, string query) =>
        location.Directory.Length == 0 && location.Major.Length == 0 && !await module.HasFileAsync(commit.Id, "go.mod")
            && (query.EndsWith(SemanticVersion.Incompatible, StringComparison.Ordinal) || !await module.HasFileAsync(commit.Id, $"v{version.Major}/go.mod"));

    /// <summary>A pseudo-version must say of its commit what is so, or anybody could put any commit above all others.</summary>
    private async Task ValidateAsync(GitCommit commit, string version, PseudoVersion pseudo)
    {
        if (pseudo.Revision != commit.Id[..PseudoVersion.RevisionLength])
        {
            throw Invalid(version, $"its revision should be {commit.Id[..PseudoVersion.RevisionLength]}");
        }

        if (pseudo.Time != commit.Time)
        {
            throw Invalid(version, $"its time should be {commit.Time.UtcDateTime:yyyyMMddHHmmss}");
        }

        var preceding = Preceding(version, pseudo);
        if (preceding.Length == 0)
        {
            _ = location.Major.Length == 0 && SemanticVersion.Parse(version)!.Major == "1" ? throw Invalid(version, "without a preceding tag it should be v0.0.0") : 0;
            return;
        }

        if (module.Refs.TagsAt(commit.Id).Contains(location.TagPrefix + preceding))
        {
            throw Invalid(version, $"its commit is {preceding} itself");
        }

        var before = SemanticVersion.Parse(preceding)!;
        var tags = module.Refs.TagsWith(location.TagPrefix + preceding)
            .Where(tag => SemanticVersion.Parse(tag[location.TagPrefix.Length..])?.CompareTo(before) == 0).ToList();
        foreach (var tag in tags)
        {
            if (await module.IsAncestorAsync(tag, commit.Id))
            {
                return;
            }
        }

        throw Invalid(version, tags.Count == 0 ? $"there is no tag {location.TagPrefix}{preceding}" : $"its commit does not follow {tags[0]}");
    }

    private string Preceding(string version, PseudoVersion pseudo)
    {
        try
        {
            return (pseudo.Build == SemanticVersion.Incompatible ? pseudo with { Build = "" } : pseudo).Preceding();
        }
        catch (FormatException e)
        {
            throw Invalid(version, e.Message);
        }
    }

    /// <summary>What the highest release retracts, else the highest pre-release; nothing where that can't be found out.</summary>
    private async Task<Func<string, bool>> RetractedAsync()
    {
        if (retracted is null)
        {
            try
            {
                var versions = (await ListAsync()).TakeWhile(version => !version.EndsWith(SemanticVersion.Incompatible, StringComparison.Ordinal)).ToList();
                var highest = versions.FindLast(version => SemanticVersion.Parse(version)!.Prerelease.Length == 0) ?? versions.LastOrDefault();
                retracted = highest is null ? _ => false
                    : GoModScan.Retracted((await module.LocateAsync(await module.FindAsync(location.TagPrefix + highest), highest)).GoMod ?? []);
            }
            catch (ModuleNotFoundException)
            {
                retracted = _ => false;
            }
        }

        return retracted;
    }

    private async Task<bool> HasGoModAsync(string tag) => await module.HasFileAsync((await module.FindAsync(tag)).Id, "go.mod");

    private SemanticVersion? CanonicalOf(string tag) => VersionOf(tag) is (var version, true) ? version : null;

    /// <summary>The version that a tag names for this module, and whether by its canonical name.</summary>
    private (SemanticVersion? Version, bool IsCanonical) VersionOf(string tag)
    {
        var text = tag.StartsWith(location.TagPrefix, StringComparison.Ordinal) ? tag[location.TagPrefix.Length..] : "";
        return SemanticVersion.Parse(text) is { } version && text.StartsWith(version.Canonical, StringComparison.Ordinal) && !PseudoVersion.Is(text)
            ? (version with { Build = "" }, text == version.Canonical)
            : (null, false);
    }

    private ModuleNotFoundException Invalid(string version, string why) => new(SafeText.Line($"{location.Path}: invalid version {version}: {why}", 1000));
}
