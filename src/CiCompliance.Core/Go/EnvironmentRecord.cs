using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Digests;
using CiCompliance.Json;

namespace CiCompliance.Go;

/// <summary><c>environment/environment.json</c>: the go command of the run, what the environment around it said, and what its children got instead.</summary>
/// <param name="Ambient">Settings as a plain go command in the project would have seen them, with the layer each came from.</param>
/// <param name="Pinned">The whole environment of the go child processes.</param>
/// <param name="Resolved">What <c>go env</c> answered under the pins.</param>
public sealed record EnvironmentRecord(
    GoToolRecord Go,
    IReadOnlyList<GoSetting> Ambient,
    IReadOnlyDictionary<string, string> Pinned,
    IReadOnlyDictionary<string, string> Resolved)
{
    public byte[] ToJson() => CanonicalJson.Serialize(this, EnvironmentContext.Default.EnvironmentRecord);

    /// <exception cref="JsonException">Not such a record in canonical form.</exception>
    public static EnvironmentRecord Parse(ReadOnlySpan<byte> json) => StrictJson.ParseCanonical(json, EnvironmentContext.Default.EnvironmentRecord);
}

/// <param name="Digest">Digests of the go binary.</param>
/// <param name="Packages">Packages of the system that the GOROOT belongs to and was compared with; empty where its origin is unknown.</param>
/// <param name="Tools">Where the origin is unknown, digests over the sorted <c>sha256  path</c> lines of bin and pkg/tool; else null.</param>
public sealed record GoToolRecord(string Executable, string Version, string Goroot, DigestSet Digest, IReadOnlyList<string> Packages, DigestSet? Tools);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EnvironmentRecord))]
internal sealed partial class EnvironmentContext : JsonSerializerContext;
