using System.Globalization;
using CiCompliance.Keys;
using CiCompliance.Policy;

namespace CiCompliance.Source;

/// <summary>One demand of the policy on one object.</summary>
/// <param name="Name">The rule's name, or the key of the policy: <c>match-committer</c>, <c>forge</c>.</param>
/// <param name="Refusal">Null where it is satisfied.</param>
public sealed record SignerDemand(string Name, LocalizedText Detail, Diagnostic? Refusal);

/// <summary>Applies <see cref="SourcePolicy"/> to objects whose signatures have verified. Pure, so that the offline verifier answers alike.</summary>
/// <param name="committers">The keys that the signatures were verified with.</param>
/// <param name="branch">The branch that is judged, or null where nobody says.</param>
public sealed class SignerPolicy(SourcePolicy policy, IReadOnlyList<TrustedKey> committers, string? branch)
{
    private const int MaxNames = 5;

    private readonly Dictionary<string, TrustedKey> keys = committers.ToDictionary(key => key.Id, StringComparer.Ordinal);

    /// <summary>Whether <see cref="OfCommit"/> needs to know what a commit changes.</summary>
    public bool NeedsChanges => policy.HasPathRules;

    /// <summary>The rules with paths of which one is changed; asks only as long as the answer can change something.</summary>
    /// <param name="visit">Shows every changed path to a function that answers whether it wants more.</param>
    /// <returns>Each with the first such path.</returns>
    public IReadOnlyDictionary<SignerRule, string> RulesTouched(Action<Func<string, bool>> visit)
    {
        var open = policy.Rules.Where(rule => rule.Paths.Count > 0).ToList();
        var touched = new Dictionary<SignerRule, string>(ReferenceEqualityComparer.Instance);
        visit(path =>
        {
            foreach (var rule in open.Where(rule => rule.Paths.Any(pattern => NamePattern.MatchesPath(pattern, path))).ToList())
            {
                touched.Add(rule, path);
                open.Remove(rule);
            }

            return open.Count > 0;
        });
        return touched;
    }

    /// <param name="touched">As <see cref="RulesTouched"/> gives it; may be null where there are no rules with paths.</param>
    public IReadOnlyList<SignerDemand> OfCommit(CommitObject commit, IReadOnlyList<ObjectSigner> signers, IReadOnlyDictionary<SignerRule, string>? touched) =>
    [
        .. Common(commit.Committer, commit.Parents.Count > 1, signers),
        .. policy.Rules.Where(rule => rule.Tags.Count == 0 && Selects(rule.Authors, commit.Author) && Selects(rule.Committers, commit.Committer)
            && (rule.Paths.Count == 0 || touched is null || touched.ContainsKey(rule)) && MayBeOfBranch(rule)).Select(rule => Judge(rule, signers, touched?.GetValueOrDefault(rule))),
    ];

    /// <summary>Whether a rule is about tags of this name, so that one without a signature is refused.</summary>
    public bool RulesTag(string name) => policy.Rules.Any(rule => rule.Tags.Any(pattern => NamePattern.MatchesPath(pattern, name)));

    public IReadOnlyList<SignerDemand> OfTag(TagObject tag, IReadOnlyList<ObjectSigner> signers) =>
    [
        .. Common(tag.Tagger ?? new GitIdentity(null, null), isMerge: false, signers),
        .. policy.Rules.Where(rule => rule.Tags.Any(pattern => NamePattern.MatchesPath(pattern, tag.Name))).Select(rule => Judge(rule, signers, null)),
    ];

    // An address that can't be read is nobody's, so every rule about addresses applies.
    private static bool Selects(IReadOnlyList<string> patterns, GitIdentity identity) =>
        patterns.Count == 0 || identity.Mail is null || patterns.Any(pattern => NamePattern.MatchesMail(pattern, identity.Mail));

    private bool MayBeOfBranch(SignerRule rule) =>
        rule.Branches.Count == 0 || branch is null || rule.Branches.Any(pattern => NamePattern.MatchesPath(pattern, branch));

    private IEnumerable<SignerDemand> Common(GitIdentity maker, bool isMerge, IReadOnlyList<ObjectSigner> signers)
    {
        if (signers.All(signer => KeyOf(signer) is { IsForge: true }))
        {
            var accepted = policy.Forge == ForgePolicy.Allowed || (policy.Forge == ForgePolicy.Merges && isMerge);
            yield return new("forge", new(
                $"only the forge's own key signed it, which the policy {(accepted ? "accepts" : policy.Forge == ForgePolicy.Merges ? "accepts for merges only" : "refuses")}",
                $"仅有代码托管平台自身密钥的签名,策略{(accepted ? "接受" : policy.Forge == ForgePolicy.Merges ? "只接受合并提交" : "不接受")}"),
                accepted ? null : SourceDiagnostics.ForgeRefused);
        }

        if (policy.MatchCommitter)
        {
            var matches = maker.Mail is { } mail && signers.Any(signer => IsOf(KeyOf(signer), mail));
            var name = SourceFailures.Printable(maker.Mail ?? "?");
            yield return new("match-committer", matches
                ? new($"one of its signers is {name}", $"签名者之一即 {name}")
                : new($"none of its signers has the identity {name}", $"没有签名者的身份为 {name}"),
                matches ? null : SourceDiagnostics.CommitterMismatch);
        }
    }

    private SignerDemand Judge(SignerRule rule, IReadOnlyList<ObjectSigner> signers, string? path)
    {
        if (rule.Branches.Count > 0 && branch is null)
        {
            return new(rule.Name, new("whether it applies depends on the branch, which nobody named", "是否适用取决于分支,但未指明分支"), SourceDiagnostics.BranchUnknown);
        }

        var allowed = signers.Where(signer => rule.Signers.Any(name => name == signer.KeyId || IsNamed(KeyOf(signer), name))).ToList();
        var inTime = allowed.Where(signer => signer.SignedAt is { } at ? !(at < rule.From) && !(at >= rule.Until) : rule.From is null && rule.Until is null).ToList();
        var counted = People(inTime);
        var count = counted.ToString(CultureInfo.InvariantCulture);
        var (refusal, en, zh) = counted >= rule.Required ? (null, $"{count} of its signers count, {rule.Required} needed", $"有效签名者 {count} 个,需要 {rule.Required} 个")
            : allowed.Count == 0 ? (SourceDiagnostics.SignerNotAllowed, $"none of its signers is {Names(rule, " or ")}", $"签名者中没有 {Names(rule, "、")}")
            : inTime.Count < allowed.Count ? (SourceDiagnostics.SignerNotAllowed, $"{count} of its signers signed within the rule's time, {rule.Required} needed", $"在规则时限内的签名者 {count} 个,需要 {rule.Required} 个")
            : ((Diagnostic?)SourceDiagnostics.TooFewSigners, $"{count} of its signers count, {rule.Required} needed", $"有效签名者 {count} 个,需要 {rule.Required} 个");
        return path is null || refusal is null
            ? new(rule.Name, new(en, zh), refusal)
            : new(rule.Name, new($"it changes {SourceFailures.Printable(path)}, and {en}", $"它更改了 {SourceFailures.Printable(path)},且{zh}"), refusal);
    }

    /// <summary>Keys that share an address are one person's, and so are two trusted keys that hold the same one; also by way of a third signer's.</summary>
    private int People(IEnumerable<ObjectSigner> signers)
    {
        var people = new List<List<ObjectSigner>>();
        foreach (var signer in signers)
        {
            var same = people.Where(person => person.Exists(other => MayBeOne(signer, other))).ToList();
            people.RemoveAll(same.Contains);
            people.Add([signer, .. same.SelectMany(person => person)]);
        }

        return people.Count;
    }

    private bool MayBeOne(ObjectSigner one, ObjectSigner other) =>
        one.KeyId == other.KeyId || (one.Material is not null && one.Material == other.Material)
        || MayShare(KeyOf(one)?.Identities ?? [], KeyOf(other)?.Identities ?? []);

    private static bool MayShare(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        one.Intersect(other, StringComparer.OrdinalIgnoreCase).Any() || Covers(one, other) || Covers(other, one);

    // Addresses that are no patterns were compared before, in one pass.
    private static bool Covers(IReadOnlyList<string> patterns, IReadOnlyList<string> mails) =>
        patterns.Where(pattern => pattern.Contains('*', StringComparison.Ordinal)).Any(pattern => mails.Any(mail => NamePattern.MatchesMail(pattern, mail)));

    private static string Names(SignerRule rule, string separator) =>
        string.Join(separator, rule.Signers.Take(MaxNames)) + (rule.Signers.Count > MaxNames ? ", …" : "");

    private TrustedKey? KeyOf(ObjectSigner signer) => keys.GetValueOrDefault(signer.KeyId);

    private static bool IsOf(TrustedKey? key, string mail) => (key?.Identities ?? []).Any(pattern => NamePattern.MatchesMail(pattern, mail));

    /// <summary>A name of a rule is a pattern itself, and so may an identity be: then both must be written alike.</summary>
    private static bool IsNamed(TrustedKey? key, string name) => name.Contains('@', StringComparison.Ordinal)
        && (key?.Identities ?? []).Any(identity => identity == name || (!identity.Contains('*', StringComparison.Ordinal) && NamePattern.MatchesMail(name, identity)));
}
