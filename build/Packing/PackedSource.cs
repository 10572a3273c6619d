namespace CiCompliance.Build.Packing;

/// <summary>What is packed: a commit, or a working tree that is none and is never called one.</summary>
internal sealed record PackedSource(string Commit, bool IsDirty)
{
    /// <summary>The commit; for a working tree no id that anybody could fetch.</summary>
    public string Revision => IsDirty ? Commit + "-dirty" : Commit;

    /// <param name="git">Runs git in this repository's folder and gives its answer, trimmed.</param>
    public static PackedSource Of(Func<string[], string> git) =>
        new(git(["rev-parse", "HEAD"]), git(["status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=none"]).Length > 0);

    /// <summary>A working tree's version is a pre-release of the tag's or, after it, of the same height: NuGet would not see <c>+dirty</c>.</summary>
    public string VersionOf(string fromTags) => !IsDirty ? fromTags : fromTags + (fromTags.Contains('-', StringComparison.Ordinal) ? ".dirty" : "-dirty");
}
