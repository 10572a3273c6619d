using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Policy;

/// <summary>Who may sign what. Without it every committer of the trust store may sign everything.</summary>
/// <param name="MatchCommitter">Whether one of a commit's signers must be who its <c>committer</c> line names (of a tag: <c>tagger</c>).</param>
/// <param name="Rules">An object must satisfy every rule that applies to it.</param>
public sealed record SourcePolicy(bool MatchCommitter, ForgePolicy Forge, IReadOnlyList<SignerRule> Rules)
{
    /// <summary>What a policy says that has no section <c>source</c>.</summary>
    public static SourcePolicy Default { get; } = new(MatchCommitter: false, ForgePolicy.Refused, []);

    public bool HasPathRules => Rules.Any(rule => rule.Paths.Count > 0);
}

/// <summary>What the forge's own key (<c>forge</c> in the trust store) may sign in its users' stead.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<ForgePolicy>))]
public enum ForgePolicy
{
    Refused,

    /// <summary>Commits with several parents.</summary>
    Merges,
    Allowed,
}

/// <summary>
/// One rule. It applies to the tags that <paramref name="Tags"/> names, or to the commits that all of the other selectors name; a selector
/// that is empty names everything.
/// </summary>
/// <param name="Authors">E-mail patterns, <c>*</c> for any text, letter case ignored; as <paramref name="Committers"/>.</param>
/// <param name="Paths">Path patterns from the tree's top: <c>*</c> within a name, <c>**</c> across folders.</param>
/// <param name="Branches">As <paramref name="Paths"/>, of the branch that is judged.</param>
/// <param name="Signers">Key ids, or e-mail patterns of the trust store's <c>identities</c>.</param>
/// <param name="Required">How many people of them must have signed; keys that share an address are one person's.</param>
/// <param name="From">A signature of theirs counts from then on, by its own time; null: always.</param>
/// <param name="Until">Excluded.</param>
public sealed record SignerRule(
    string Name,
    IReadOnlyList<string> Authors,
    IReadOnlyList<string> Committers,
    IReadOnlyList<string> Paths,
    IReadOnlyList<string> Branches,
    IReadOnlyList<string> Tags,
    IReadOnlyList<string> Signers,
    int Required,
    DateTimeOffset? From,
    DateTimeOffset? Until)
{
    /// <summary>Whether they say the same, lists in the same order.</summary>
    public static bool AreEqual(SignerRule one, SignerRule other) =>
        one.Name == other.Name && one.Required == other.Required && one.From == other.From && one.Until == other.Until
        && one.Authors.SequenceEqual(other.Authors) && one.Committers.SequenceEqual(other.Committers) && one.Paths.SequenceEqual(other.Paths)
        && one.Branches.SequenceEqual(other.Branches) && one.Tags.SequenceEqual(other.Tags) && one.Signers.SequenceEqual(other.Signers);
}
