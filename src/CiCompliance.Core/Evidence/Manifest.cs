using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Attestations;
using CiCompliance.Json;
using CiCompliance.Policy;

namespace CiCompliance.Evidence;

/// <summary><c>seal/manifest.json</c>: every file of the folder but those in <c>seal/</c>. A closed set.</summary>
/// <param name="Log">What kind of log the run used, as the signer says.</param>
/// <param name="Files">In ordinal order of their paths.</param>
public sealed record Manifest(int Version, RunIdentity Run, ManifestLog Log, IReadOnlyList<ManifestFile> Files)
{
    public const int CurrentVersion = 1;
    public const int MaxBytes = 32 << 20;

    public byte[] ToJson() => CanonicalJson.Serialize(this, ManifestContext.Default.Manifest);

    /// <exception cref="JsonException">Not such a manifest of this version in canonical form.</exception>
    public static Manifest Parse(ReadOnlySpan<byte> json)
    {
        var manifest = StrictJson.ParseCanonical(json, ManifestContext.Default.Manifest);
        return manifest.Version == CurrentVersion
            ? manifest
            : throw new LocalizedJsonException($"manifest version {manifest.Version} is not {CurrentVersion}", $"清单版本 {manifest.Version} 不是 {CurrentVersion}");
    }
}

/// <param name="Origin">First line of its checkpoints.</param>
/// <param name="KeyId">Hex SHA-256 of the log key's SubjectPublicKeyInfo.</param>
public sealed record ManifestLog(LogKind Kind, string Origin, string KeyId);

/// <param name="Path">Forward slashes, relative to the folder.</param>
public sealed record ManifestFile(string Path, long Size, string Sha256, string Sm3);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestContext : JsonSerializerContext;
