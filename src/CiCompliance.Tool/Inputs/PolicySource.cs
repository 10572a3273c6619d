using System.Text.Json;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Source;

namespace CiCompliance.Tool.Inputs;

/// <summary>
/// Finds policy and trust outside the tree under test: files that lie elsewhere, or the protected base revision. Who changes the code can't
/// change what it is judged by, but may ask for more: a policy of the protected revision is tightened by the one in the tree.
/// </summary>
internal sealed class PolicySource(IRevisions revisions, Func<byte[], string, CompliancePolicy> parsePolicy)
{
    public const string PolicyName = "compliance.yml";
    public const string TrustName = ".cicompliance/trust.json";
    public const int MaxPolicyBytes = 1 << 20;

    /// <exception cref="CiComplianceException">None to be had (CIC0005), inside the tree (CIC0006), unreadable (CIC0007), malformed.</exception>
    public Judgement Load(string projectDirectory, string? config, string? trust, string? baseName, Revision? @base, Revision tested)
    {
        var root = RepositoryTree.RootOf(projectDirectory);
        var protectedTree = config is not null && trust is not null ? null : TreeOfBase(@base, tested, config is null ? "--config" : "--trust");
        var (policy, policyOrigin) = Read(config, "--config", PolicyName, MaxPolicyBytes, root, baseName, protectedTree);
        var (keys, trustOrigin) = Read(trust, "--trust", TrustName, TrustStore.MaxBytes, root, baseName, protectedTree);
        var judgement = new Judgement(policy, parsePolicy(policy, policyOrigin), ParseTrust(keys, trustOrigin), policyOrigin, trustOrigin, []);
        return config is null ? Tighten(judgement, tested) : judgement;
    }

    /// <summary>
    /// The policy of the tree under test takes the place of the base's where it weakens nothing. As a whole or not at all: single keys of two
    /// files could contradict each other.
    /// </summary>
    private Judgement Tighten(Judgement judgement, Revision tested)
    {
        var origin = $"{tested.Commit}:{InTree(PolicyName)}";
        if (revisions.ReadFile(tested.Tree, InTree(PolicyName), MaxPolicyBytes) is not { } source || source.AsSpan().SequenceEqual(judgement.Source))
        {
            return judgement;
        }

        var merge = PolicyTightening.Apply(judgement.Policy, parsePolicy(source, origin), origin);
        return merge.Policy is null ? judgement with { Notices = merge.Findings }
            : judgement with { Source = source, Policy = merge.Policy, PolicyOrigin = origin };
    }

    /// <exception cref="CiComplianceException">Not a trust store (CIC0008).</exception>
    public static TrustStore ParseTrust(byte[] content, string origin)
    {
        try
        {
            return TrustStore.Parse(content);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new CiComplianceException(ToolDiagnostics.TrustMalformed, origin,
                new($"it is not a trust store: {e.Message}", $"不是信任库:{e.Message}"),
                new("Write it with cicompliance trust import", "请用 cicompliance trust import 生成"), e);
        }
    }

    private (byte[] Content, string Origin) Read(
        string? path, string option, string name, int maxBytes, string root, string? baseName, string? protectedTree)
    {
        if (path is not null)
        {
            return (OutsideFile.Read(path, option, root, maxBytes), path);
        }

        var inTree = InTree(name);
        return revisions.ReadFile(protectedTree!, inTree, maxBytes) is { } content
            ? (content, $"{baseName}:{inTree}")
            : throw Missing(new($"{baseName} has no {inTree}", $"{baseName} 中没有 {inTree}"),
                new($"Commit it there, or give {option} FILE outside the repository", $"请在该版本中提交此文件,或用 {option} 指定仓库之外的文件"));
    }

    private string InTree(string name) => revisions.Prefix.Length == 0 ? name : $"{revisions.Prefix}/{name}";

    private static string TreeOfBase(Revision? @base, Revision tested, string option)
    {
        if (@base is null)
        {
            throw Missing(new($"neither {option} nor --base was given", $"既没有 {option} 也没有 --base"),
                new($"Give --base REV (the protected branch), or {option} FILE outside the repository", $"请给出 --base REV(受保护分支),或用 {option} 指定仓库之外的文件"));
        }

        return @base.Commit != tested.Commit ? @base.Tree
            : throw Missing(new("--base is the commit under test itself", "--base 就是被检提交本身"),
                new($"Give an earlier protected revision, or {option} FILE outside the repository", $"请给出更早的受保护版本,或用 {option} 指定仓库之外的文件"));
    }

    private static CiComplianceException Missing(LocalizedText what, LocalizedText fix) => new(ToolDiagnostics.NoPolicy, "cicompliance", what, fix);
}

/// <summary>What a run is judged by.</summary>
/// <param name="Source">The policy file's own bytes.</param>
/// <param name="PolicyOrigin">A path, or <c>REV:path</c>.</param>
/// <param name="Notices">Where the policy of the tree under test would weaken this one, and so has no effect.</param>
internal sealed record Judgement(
    byte[] Source, CompliancePolicy Policy, TrustStore Trust, string PolicyOrigin, string TrustOrigin, IReadOnlyList<Finding> Notices);
