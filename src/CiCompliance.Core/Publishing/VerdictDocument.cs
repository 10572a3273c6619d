using System.Text.Json.Serialization;
using CiCompliance.Digests;
using CiCompliance.Json;

namespace CiCompliance.Publishing;

/// <summary><c>verdict.json</c>: what a deployment or another tool wants to know of a run, described in docs/guides/publish.md.</summary>
/// <param name="Deployable">The folder that was handed over, passed, sealed, and no demonstration.</param>
/// <param name="Seal">Digests of <c>seal/manifest.json</c>.</param>
public sealed record VerdictDocument(
    int Version,
    string Verdict,
    int ExitCode,
    bool Deployable,
    string Mode,
    string Repository,
    string Commit,
    string RunId,
    string ToolVersion,
    DigestSet? Seal,
    LogReference? Log,
    IReadOnlyList<OutputRow> Outputs)
{
    public static VerdictDocument Of(Publication publication) => new(
        1,
        publication.Verdict.ToWord(),
        publication.ExitCode,
        publication.IsDeployable,
        publication.Run.Mode.ToString().ToLowerInvariant(),
        publication.Run.Repository,
        publication.Run.Commit,
        publication.Run.RunId,
        publication.Run.ToolVersion,
        publication.Seal,
        publication.Log,
        Rows(publication));

    public byte[] ToJson() => CanonicalJson.Serialize(this, VerdictContext.Default.VerdictDocument);

    /// <summary>For a step of the same job: everything as one-line values.</summary>
    internal static IEnumerable<(string Name, string Value)> ToOutputs(Publication publication, string evidencePath)
    {
        var document = Of(publication);
        return
        [
            ("verdict", document.Verdict),
            ("exit-code", $"{document.ExitCode}"),
            ("deployable", document.Deployable ? "true" : "false"),
            ("mode", document.Mode),
            ("evidence-path", evidencePath),
            ("evidence-sha256", document.Seal?.Sha256 ?? ""),
            ("evidence-sm3", document.Seal?.Sm3 ?? ""),
            ("rekor-uuid", document.Log?.Uuid ?? ""),
            ("log-index", document.Log is { } log ? $"{log.Index}" : ""),
            ("digests", System.Text.Encoding.UTF8.GetString(CanonicalJson.Serialize(document.Outputs, VerdictContext.Default.IReadOnlyListOutputRow))),
        ];
    }

    private static List<OutputRow> Rows(Publication publication) =>
        [.. publication.Outputs.Select(output => new OutputRow(output.Name, output.Size, output.Digest.Sha256, output.Digest.Sm3))];
}

public sealed record OutputRow(string Name, long Size, string Sha256, string Sm3);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(VerdictDocument))]
[JsonSerializable(typeof(IReadOnlyList<OutputRow>))]
internal sealed partial class VerdictContext : JsonSerializerContext;
