using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Pipeline;
using CiCompliance.Sbom;
using CiCompliance.Source;

namespace CiCompliance.Provenance;

/// <summary>What all programs of one build have in common.</summary>
internal sealed record BuildInputs(
    RunIdentity Run,
    HostRecord Host,
    SourceRecord Source,
    DependencyRecord Dependencies,
    Toolchain Toolchain,
    IReadOnlyList<(string Name, string Sha256)> ToolDigests,
    IReadOnlyList<string> Packages);

/// <summary>SLSA provenance v1 of one program, as an in-toto Statement.</summary>
public static class ProvenanceStatement
{
    public const string BuildType = "urn:cicompliance:build:go:v1";
    public const string Builder = "urn:cicompliance:builder:cli";

    internal static Statement For(BuiltProgram program, DigestSet digest, BuildInputs inputs) =>
        new(Statement.V1, [new Subject(program.Name, digest)], PredicateTypes.Provenance, new JsonObject
        {
            ["buildDefinition"] = new JsonObject
            {
                ["buildType"] = BuildType,
                ["externalParameters"] = new JsonObject
                {
                    ["repository"] = inputs.Source.Repository,
                    ["commit"] = inputs.Source.Commit,
                    ["moduleDirectory"] = inputs.Source.ModuleDirectory,
                    ["packages"] = Strings(inputs.Packages),
                    ["target"] = program.Target.ToString(),
                    ["policy"] = Digests(("sha256", inputs.Run.Policy.Sha256), ("sm3", inputs.Run.Policy.Sm3)),
                },
                ["internalParameters"] = new JsonObject
                {
                    ["command"] = Strings(program.Command),
                    ["environment"] = new JsonObject(program.Environment.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
                    ["goVersion"] = inputs.Toolchain.GoVersion,
                    ["package"] = program.Package,
                    ["addedFlags"] = new JsonArray([.. program.Added.Select(flag =>
                        new JsonObject { ["flag"] = flag.Flag, ["en"] = flag.Reason.En, ["zh"] = flag.Reason.Zh })]),
                    ["run"] = JsonSerializer.SerializeToNode(inputs.Run, StatementContext.Default.RunIdentity),
                    ["host"] = inputs.Host.ToNode(),
                },
                ["resolvedDependencies"] = new JsonArray(
                [
                    new JsonObject
                    {
                        ["name"] = "source",
                        ["uri"] = $"git+https://{inputs.Source.Repository}@{inputs.Source.Commit}",
                        ["digest"] = Digests(("gitCommit", inputs.Source.Commit), ("gitTree", inputs.Source.Tree)),
                    },
                    .. inputs.ToolDigests.Select(tool =>
                        new JsonObject { ["name"] = $"toolchain/{tool.Name}", ["digest"] = Digests(("sha256", tool.Sha256)) }),
                    .. inputs.Dependencies.Modules.Where(module => module is { ZipH1: not null, Sha256: not null }).Select(Module),
                ]),
            },
            ["runDetails"] = new JsonObject
            {
                ["builder"] = new JsonObject { ["id"] = Builder, ["version"] = new JsonObject { ["cicompliance"] = inputs.Run.ToolVersion } },
                ["metadata"] = new JsonObject
                {
                    ["invocationId"] = inputs.Run.RunId,
                    ["startedOn"] = Time(program.StartedOn),
                    ["finishedOn"] = Time(program.FinishedOn),
                },
            },
        });

    private static JsonObject Module(ModuleRow module)
    {
        var digests = Digests(("dirHash", DirHash(module.ZipH1!)), ("sha256", module.Sha256!));
        if (module.Sm3 is { } sm3)
        {
            digests["sm3"] = sm3;
        }

        return new JsonObject { ["name"] = $"{module.Path}@{module.Version}", ["uri"] = PackageUrl.OfModule(module.Path, module.Version), ["digest"] = digests };
    }

    /// <summary>in-toto's <c>dirHash</c>: the hash of <c>h1:</c> as lower-case hex.</summary>
    private static string DirHash(string h1) => Convert.ToHexStringLower(Convert.FromBase64String(h1["h1:".Length..]));

    private static JsonObject Digests(params (string Name, string Value)[] digests) =>
        new(digests.Select(digest => KeyValuePair.Create(digest.Name, (JsonNode?)digest.Value)));

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
