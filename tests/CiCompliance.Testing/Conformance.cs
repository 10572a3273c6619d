using System.Text.Json.Nodes;
using NUnit.Framework;

namespace CiCompliance.Testing;

/// <summary>The bundle cases of a checkout of sigstore/sigstore-conformance, given by path in CICOMPLIANCE_CONFORMANCE.</summary>
public static class Conformance
{
    public const string Variable = "CICOMPLIANCE_CONFORMANCE";

    // What the suite itself expects where a case says nothing (test/client.py).
    private const string DefaultIdentity =
        "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
    private const string DefaultIssuer = "https://token.actions.githubusercontent.com";

    public sealed record Case(string Name, string Bundle, string? Key, string Identity, string Issuer, string Artifact, string? TrustedRoot)
    {
        public bool MustFail => Name.EndsWith("fail", StringComparison.Ordinal);
    }

    private static string? Assets => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? Path.Combine(path, "test", "assets", "bundle-verify") : null;

    /// <summary>Skips the test, naming what is missing.</summary>
    public static IReadOnlyList<Case> Require()
    {
        if (Assets is not { } assets || !Directory.Exists(assets))
        {
            Assert.Ignore($"unavailable: {Variable}, a checkout of sigstore/sigstore-conformance");
            return [];
        }

        return [.. Directory.EnumerateDirectories(assets).Order(StringComparer.Ordinal).Select(folder => Read(folder, assets))];
    }

    /// <summary>
    /// The public-good instance's root, which the suite leaves to the client: two cases hold it, one with the log's end set, one without the
    /// certificate logs.
    /// </summary>
    public static string PublicGoodRoot()
    {
        var root = Parse("trust-root-tlog-validity-end-inclusive");
        root["tlogs"]![0] = Parse("invalid-ct-key_fail")["tlogs"]![0]!.DeepClone();
        return root.ToJsonString();

        static JsonNode Parse(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Assets!, name, "trusted_root.json")))!;
    }

    private static Case Read(string folder, string assets)
    {
        return new(Path.GetFileName(folder), Path.Combine(folder, "bundle.sigstore.json"), Own("key.pub"), Text("identity") ?? DefaultIdentity,
            Text("issuer") ?? DefaultIssuer, Own("artifact") ?? Path.Combine(assets, "..", "a.txt"), Own("trusted_root.json"));

        string? Own(string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;
        string? Text(string name) => Own(name) is { } path ? File.ReadAllText(path).Trim() : null;
    }
}
