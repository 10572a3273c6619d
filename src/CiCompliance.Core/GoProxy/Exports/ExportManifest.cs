using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Go;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Json;

namespace CiCompliance.GoProxy.Exports;

/// <summary><c>manifest.json</c> of an export: every module version in it, with its files.</summary>
/// <param name="Database">Verifier key of the checksum database that recorded them.</param>
/// <param name="Created">UTC, whole seconds.</param>
/// <param name="Modules">In order of path and version; each with zip and go.mod.</param>
public sealed record ExportManifest(int Format, string Database, DateTimeOffset Created, IReadOnlyList<StoredModule> Modules)
{
    public const string FileName = "manifest.json";
    public const string EnvelopeName = "manifest.dsse.json";
    public const int CurrentFormat = 1;

    /// <summary>Some 400 bytes a module version.</summary>
    public const int MaxBytes = 256 << 20;

    private const int MaxModules = 500_000;

    /// <summary>Of what is written into the description and the decisions as it stands here.</summary>
    private const int MaxText = 4 << 10;

    public byte[] ToJson() => CanonicalJson.Serialize(this, ExportManifestContext.Default.ExportManifest);

    /// <exception cref="JsonException">Not such a manifest in canonical form, or a module version twice or without its files.</exception>
    public static ExportManifest Parse(ReadOnlySpan<byte> json)
    {
        var manifest = StrictJson.ParseCanonical(json, ExportManifestContext.Default.ExportManifest);
        return manifest.Format == CurrentFormat && manifest.Modules.Count <= MaxModules
            && manifest.Modules.All(IsWhole) && manifest.Modules.Select(ModuleOf).Distinct().Count() == manifest.Modules.Count
            ? manifest
            : throw new LocalizedJsonException($"not the manifest of an export of format {CurrentFormat}", $"不是格式 {CurrentFormat} 的导出清单");
    }

    public static ModuleVersion ModuleOf(StoredModule stored) => new(stored.Path, stored.Version);

    private static bool IsWhole(StoredModule stored) =>
        stored is { Format: StoredModule.CurrentFormat, Zip: { IsValid: true } zip, GoMod: { IsValid: true } goMod }
        && (stored.Source?.Length ?? 0) <= MaxText && (stored.Signer?.Length ?? 0) <= MaxText
        && zip.Size <= ModuleZip.MaxBytes && goMod.Size <= Sources.ModuleLimits.MaxGoMod
        && ModuleRequest.ParseVersion($"{ModulePath.Escape(stored.Path)}@{ModulePath.Escape(stored.Version)}") == ModuleOf(stored);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExportManifest))]
internal sealed partial class ExportManifestContext : JsonSerializerContext;
