using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Digests;
using CiCompliance.Go;
using CiCompliance.Json;

namespace CiCompliance.Sbom;

/// <summary>
/// CycloneDX 1.6 of one binary, from its own build information alone. The same binary and timestamp give the same bytes (canonical
/// JSON), so that a verifier makes it again instead of believing it.
/// </summary>
public static class CycloneDxWriter
{
    // A namespace of our own for UUIDs (RFC 9562 §5.5) over binary digests.
    private static readonly byte[] SerialNamespace = Convert.FromHexString("5c1f7a0e8d4b4f6e9a3c2b7d6e5f4a31");

    /// <param name="name">Name of the output.</param>
    /// <param name="timestamp">Written in UTC, whole seconds.</param>
    public static byte[] Write(GoBuildInfo buildInfo, DigestSet binary, string name, DateTimeOffset timestamp)
    {
        var main = buildInfo.Main ?? new BuildInfoModule(buildInfo.Path, "", "");
        var mainRef = Reference(main);
        var modules = buildInfo.Dependencies.OrderBy(module => module.Path, StringComparer.Ordinal).ToList();
        var references = modules.Select(Reference).Append("stdlib").ToList();
        return CanonicalJson.Canonicalize(new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["serialNumber"] = $"urn:uuid:{SerialNumber(binary)}",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["timestamp"] = timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                // Without a version: a verifier of another version must write the same bytes.
                ["tools"] = new JsonObject { ["components"] = new JsonArray(new JsonObject { ["type"] = "application", ["name"] = "cicompliance" }) },
                ["component"] = MainComponent(buildInfo, main, mainRef, binary, name),
            },
            ["components"] = new JsonArray([.. modules.Select(Component), StandardLibrary(buildInfo.GoVersion)]),
            ["dependencies"] = new JsonArray(
            [
                new JsonObject { ["ref"] = mainRef, ["dependsOn"] = Strings(references) },
                .. references.Select(reference => new JsonObject { ["ref"] = reference }),
            ]),
            // Build information lists what is linked in, not who required it.
            ["compositions"] = new JsonArray(
                new JsonObject { ["aggregate"] = "complete", ["assemblies"] = Strings([mainRef]) },
                new JsonObject { ["aggregate"] = "incomplete", ["dependencies"] = Strings([mainRef, .. references]) }),
        });
    }

    /// <summary>UUID version 5 over the binary's SHA-256.</summary>
    public static Guid SerialNumber(DigestSet binary)
    {
        var hash = SHA1.HashData([.. SerialNamespace, .. Encoding.ASCII.GetBytes("sha256:" + binary.Sha256)]).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    private static JsonObject MainComponent(GoBuildInfo buildInfo, BuildInfoModule main, string reference, DigestSet binary, string name)
    {
        var component = Identity("application", reference, main);
        component["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = binary.Sha256 });
        // The schema's hash names have no SM3.
        component["properties"] = Properties(
        [
            ("cicompliance:output", name),
            ("cicompliance:sm3", binary.Sm3),
            ("cicompliance:go:package", buildInfo.Path),
            ("cicompliance:go:version", buildInfo.GoVersion),
            .. buildInfo.Settings.Select(setting => ("cicompliance:go:build:" + setting.Key, setting.Value)),
        ]);
        return component;
    }

    private static JsonObject Component(BuildInfoModule module)
    {
        var built = module.Effective;
        var component = Identity("library", Reference(module), built);
        component["scope"] = "required";
        var properties = new List<(string, string)>();
        if (built.Sum.Length > 0)
        {
            properties.Add(("cicompliance:go:h1", built.Sum));
        }

        if (module.Replacement is not null)
        {
            properties.Add(("cicompliance:go:replaces", $"{module.Path}@{module.Version}"));
        }

        if (properties.Count > 0)
        {
            component["properties"] = Properties(properties);
        }

        return component;
    }

    private static JsonObject StandardLibrary(string goVersion)
    {
        var version = goVersion.Split(' ')[0];
        version = version.StartsWith("go", StringComparison.Ordinal) ? version[2..] : version;
        return new JsonObject
        {
            ["type"] = "library",
            ["bom-ref"] = "stdlib",
            ["name"] = "stdlib",
            ["version"] = version,
            ["purl"] = PackageUrl.OfModule("stdlib", version),
            ["scope"] = "required",
        };
    }

    private static JsonObject Identity(string type, string reference, BuildInfoModule module)
    {
        var component = new JsonObject { ["type"] = type, ["bom-ref"] = reference, ["name"] = module.Path };
        if (module.Version.Length > 0)
        {
            component["version"] = module.Version;
        }

        // A folder in place of a module has no package URL.
        if (!IsFolder(module.Path))
        {
            component["purl"] = PackageUrl.OfModule(module.Path, module.Version);
        }

        return component;
    }

    private static bool IsFolder(string path) =>
        path is "." or ".." || path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith("../", StringComparison.Ordinal) || path.StartsWith('/');

    // Not the package URL: that is in lower case, and two modules may differ in case alone.
    private static string Reference(BuildInfoModule module) => $"module:{module.Path}@{module.Version}";

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);

    private static JsonArray Properties(IEnumerable<(string Name, string Value)> values) =>
        new([.. values.Select(property => new JsonObject { ["name"] = property.Name, ["value"] = property.Value })]);
}
