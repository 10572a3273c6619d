using CiCompliance.Pipeline;

namespace CiCompliance.Policy;

/// <param name="Policy">The stricter of both in every key; null where the tree's policy weakens the base's.</param>
/// <param name="Findings">One per key that would weaken it.</param>
public sealed record PolicyMerge(CompliancePolicy? Policy, IReadOnlyList<Finding> Findings);

/// <summary>
/// The tree under test may only tighten the policy of its protected base: switch permissions off, ship less, accept fewer libraries,
/// require more stages. Where modules come from and which log is written to has no stricter side and stays as it is.
/// </summary>
public static class PolicyTightening
{
    /// <param name="origin">The tree's policy file, for messages.</param>
    public static PolicyMerge Apply(CompliancePolicy basePolicy, CompliancePolicy treePolicy, string origin)
    {
        var (strict, tree) = (basePolicy, treePolicy);
        var findings = new List<Finding>();
        Same("repository", strict.Repository, tree.Repository);
        Permission("source.match-committer", !strict.Source.MatchCommitter, !tree.Source.MatchCommitter, "off");
        if (tree.Source.Forge > strict.Source.Forge)
        {
            Add("source.forge", $"sets '{tree.Source.Forge.ToString().ToLowerInvariant()}'", $"设为“{tree.Source.Forge.ToString().ToLowerInvariant()}”");
        }

        // Rules only ever refuse, so that more of them are stricter, and a changed one can't be compared.
        foreach (var rule in strict.Source.Rules.Where(rule => !tree.Source.Rules.Any(other => SignerRule.AreEqual(rule, other))))
        {
            Add("source.rules", $"leaves out or changes '{rule.Name}'", $"去掉或更改了“{rule.Name}”");
        }

        Same("go.provider", strict.Go.Provider, tree.Go.Provider);
        Same("go.proxy", strict.Go.Proxy, tree.Go.Proxy);
        Same("go.sumdb", strict.Go.Sumdb, tree.Go.Sumdb);
        Permission("go.direct", strict.Go.AllowDirect, tree.Go.AllowDirect, "allowed");
        Permission("dependencies.vendor", strict.Dependencies.Vendor == VendorPolicy.SourceSigned, tree.Dependencies.Vendor == VendorPolicy.SourceSigned, "source-signed");
        Within("build.packages", tree.Build.Packages, strict.Build.Packages, CoversPackage);
        Within("build.targets", tree.Build.Targets, strict.Build.Targets, string.Equals);
        Permission("build.cgo", strict.Build.Cgo, tree.Build.Cgo, "true");
        Permission("build.cache", strict.Build.Cache == BuildCachePolicy.Shared, tree.Build.Cache == BuildCachePolicy.Shared, "shared");
        Permission("binary.static", strict.Binary.Static == StaticPolicy.Allowed, tree.Binary.Static == StaticPolicy.Allowed, "allowed");
        Within("binary.needed", tree.Binary.NeededLibraries, strict.Binary.NeededLibraries, CoversLibrary);
        Same("log.kind", strict.Log.Kind.ToString(), tree.Log.Kind.ToString());
        Same("log.path", strict.Log.Path, tree.Log.Path);
        Same("log.url", strict.Log.Url, tree.Log.Url);
        Same("log.api", strict.Log.Api.ToString(), tree.Log.Api.ToString());
        Same("log.signing-config", strict.Log.SigningConfig, tree.Log.SigningConfig);
        Same("log.tiles", strict.Log.Tiles, tree.Log.Tiles);
        Permission("log.offline", strict.Log.Offline, tree.Log.Offline, "allowed");
        Permission("log.ephemeral-in-ci", strict.Log.EphemeralInCi, tree.Log.EphemeralInCi, "allowed");
        if (tree.Log.Cosignatures < strict.Log.Cosignatures)
        {
            Add("log.cosignatures", $"wants {tree.Log.Cosignatures} instead of {strict.Log.Cosignatures}", $"要求 {tree.Log.Cosignatures} 个,而非 {strict.Log.Cosignatures} 个");
        }

        Same("log.timestamp-authority", strict.Log.TimestampAuthority, tree.Log.TimestampAuthority);
        Within("log.witnesses", tree.Log.Witnesses ?? [], strict.Log.Witnesses ?? [], string.Equals);
        foreach (var stage in StageCatalog.RequiredBy(strict).Except(StageCatalog.RequiredBy(tree), StringComparer.Ordinal))
        {
            Add("stages", $"leaves out '{stage}'", $"去掉了“{stage}”");
        }

        // With no finding every key of the tree's policy is the base's or a stricter one.
        return new PolicyMerge(findings.Count == 0 ? tree : null, findings);

        void Permission(string key, bool allowedByBase, bool allowedByTree, string word)
        {
            if (allowedByTree && !allowedByBase)
            {
                Add(key, $"sets '{word}'", $"设为“{word}”");
            }
        }

        void Same(string key, string? expected, string? actual)
        {
            if (!string.Equals(expected, actual, StringComparison.Ordinal))
            {
                Add(key, "differs", "不一致");
            }
        }

        void Within(string key, IReadOnlyList<string> values, IReadOnlyList<string> allowed, Func<string, string, bool> covers)
        {
            foreach (var value in values.Where(value => !allowed.Any(pattern => covers(pattern, value))))
            {
                Add(key, $"adds '{value}'", $"增加了“{value}”");
            }
        }

        void Add(string key, string en, string zh) => findings.Add(new Finding(PolicyDiagnostics.Weakened, origin,
            new($"the tree's policy weakens '{key}': it {en}, against the protected base", $"与受保护基线相比，待测树的策略放宽了“{key}”：{zh}"),
            new("The base's policy was applied; what weakens it takes effect for the changes after this one", "已采用基线的策略；放宽之处自此后的变更起生效")));
    }

    private static bool CoversPackage(string pattern, string value) =>
        value == pattern
        || (pattern.EndsWith("/...", StringComparison.Ordinal)
            && (value == pattern[..^4] || value.StartsWith(pattern[..^3], StringComparison.Ordinal)));

    private static bool CoversLibrary(string pattern, string value) =>
        value == pattern || (pattern.EndsWith('*') && value.StartsWith(pattern[..^1], StringComparison.Ordinal));
}
