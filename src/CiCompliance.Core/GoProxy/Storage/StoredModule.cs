using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Go;
using CiCompliance.Json;

namespace CiCompliance.GoProxy.Storage;

/// <summary>What the proxy has verified and keeps of a module version.</summary>
/// <param name="Time">Of its commit; null where its source named none.</param>
/// <param name="GoMod">Null until somebody asked for it.</param>
/// <param name="Zip">Null until somebody asked for it, and after it was evicted.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Signer">Id of the publisher's key that signed it; null where no signature was needed.</param>
public sealed record StoredModule(
    int Format,
    string Path,
    string Version,
    bool HasInfo,
    DateTimeOffset? Time,
    StoredFile? GoMod,
    StoredFile? Zip,
    string? Source,
    string? Signer)
{
    public const int CurrentFormat = 1;
    public const int MaxBytes = 64 << 10;

    public static StoredModule Of(ModuleVersion module) => new(CurrentFormat, module.Path, module.Version, false, null, null, null, null, null);

    public byte[] ToJson() => CanonicalJson.Serialize(this, StoredModuleContext.Default.StoredModule);

    /// <exception cref="JsonException">Not such a description of that module.</exception>
    public static StoredModule Parse(ReadOnlySpan<byte> json, ModuleVersion module)
    {
        var stored = StrictJson.ParseCanonical(json, StoredModuleContext.Default.StoredModule);
        return stored.Format == CurrentFormat && stored.Path == module.Path && stored.Version == module.Version
            && stored.GoMod?.IsValid != false && stored.Zip?.IsValid != false
            ? stored
            : throw new LocalizedJsonException($"not the description of {module}", $"不是 {module} 的描述");
    }
}

/// <param name="Sha256">Lower-case hex: its name in the store.</param>
/// <param name="H1">As in go.sum.</param>
public sealed record StoredFile(string Sha256, long Size, string H1)
{
    [JsonIgnore]
    public bool IsValid => Sha256.Length == 64 && Sha256.All(char.IsAsciiHexDigitLower) && Size >= 0;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredModule))]
internal sealed partial class StoredModuleContext : JsonSerializerContext;
