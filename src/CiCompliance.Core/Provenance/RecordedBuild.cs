using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;

namespace CiCompliance.Provenance;

/// <summary>What a provenance statement says of the build, as far as the binary can be asked about it.</summary>
/// <param name="Target"><c>goos/goarch</c>.</param>
/// <param name="Package">Import path of the main package.</param>
public sealed record RecordedBuild(
    Subject Subject,
    string Target,
    string Package,
    string GoVersion,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment)
{
    /// <exception cref="JsonException">No provenance statement of this build type with exactly one subject.</exception>
    public static RecordedBuild Parse(byte[] statement) => From(Statement.Parse(statement));

    /// <inheritdoc cref="Parse"/>
    public static RecordedBuild From(Statement statement)
    {
        try
        {
            var definition = statement.Predicate["buildDefinition"]!;
            var parameters = definition["internalParameters"]!;
            return statement is { PredicateType: PredicateTypes.Provenance, Subject: [var subject] } && (string?)definition["buildType"] == ProvenanceStatement.BuildType
                ? new RecordedBuild(subject, Text(definition["externalParameters"]!["target"]), Text(parameters["package"]), Text(parameters["goVersion"]),
                    [.. parameters["command"]!.AsArray().Select(Text)],
                    parameters["environment"]!.AsObject().ToDictionary(pair => pair.Key, pair => Text(pair.Value)))
                : throw new LocalizedJsonException("no provenance of a Go build", "不是 Go 构建的来源声明");
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new LocalizedJsonException("no provenance of a Go build", "不是 Go 构建的来源声明", e);
        }
    }

    private static string Text(JsonNode? node) => (string?)node ?? throw new LocalizedJsonException("no provenance of a Go build", "不是 Go 构建的来源声明");
}
