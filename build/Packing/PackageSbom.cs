using System.Text.Json;
using System.Text.Json.Nodes;

namespace CiCompliance.Build.Packing;

/// <summary>
/// The bill of materials of one package (CycloneDX 1.6), from the <c>deps.json</c> of its build: what the package carries or asks for, with the
/// hashes that NuGet verified. It has no serial number and no time, so that the same commit gives the same bytes.
/// </summary>
internal static class PackageSbom
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="dependencies">The content of a <c>deps.json</c>, or null: the package has no code.</param>
    public static string Of(string id, string version, string? dependencies)
    {
        var components = dependencies is null ? [] : JsonNode.Parse(dependencies)!["libraries"]!.AsObject()
            .Where(library => (string?)library.Value!["type"] is "package" or "project" && !library.Key.StartsWith("CiCompliance", StringComparison.OrdinalIgnoreCase))
            .OrderBy(library => library.Key, StringComparer.OrdinalIgnoreCase)
            .Select(library => Component(library.Key, (string?)library.Value!["sha512"])).ToArray();
        return new JsonObject
        {
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["component"] = new JsonObject { ["type"] = "library", ["bom-ref"] = Purl(id, version), ["name"] = id, ["version"] = version, ["purl"] = Purl(id, version) },
            },
            ["components"] = new JsonArray(components),
            ["dependencies"] = new JsonArray(new JsonObject
            {
                ["ref"] = Purl(id, version),
                ["dependsOn"] = new JsonArray([.. components.Select(component => JsonValue.Create((string)component["bom-ref"]!))]),
            }),
        }.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
    }

    // What stands in for a package here (Cake.Frosting) is asked for under that name, and has no hash.
    private static JsonNode Component(string key, string? sha512)
    {
        var at = key.IndexOf('/', StringComparison.Ordinal);
        var (name, version) = (key[..at], key[(at + 1)..]);
        var component = new JsonObject
        {
            ["type"] = "library",
            ["bom-ref"] = Purl(name, version),
            ["name"] = name,
            ["version"] = version,
            ["purl"] = Purl(name, version),
        };
        if (sha512 is { Length: > 0 })
        {
            component["hashes"] = new JsonArray(new JsonObject
            {
                ["alg"] = "SHA-512",
                ["content"] = Convert.ToHexStringLower(Convert.FromBase64String(sha512["sha512-".Length..])),
            });
        }

        return component;
    }

    private static string Purl(string name, string version) => $"pkg:nuget/{name}@{version}";
}
