using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary><c>log.json</c> of an embedded log. Its SHA-256 is the digest in the genesis entry, so that the first leaf fixes it.</summary>
/// <param name="Name">Host name, the first part of the origin.</param>
/// <param name="TreeId">Random, positive, decimal.</param>
/// <param name="PublicKey">The log's own P-256 key, DER SubjectPublicKeyInfo.</param>
/// <param name="Created">UTC, whole seconds.</param>
public sealed record LogDescription(int Format, string Name, string TreeId, byte[] PublicKey, DateTimeOffset Created)
{
    public const int CurrentFormat = 1;
    public const int MaxBytes = 16 << 10;

    [JsonIgnore]
    public string Origin => $"{Name} - {TreeId}";

    /// <summary>The log's key as an auditor trusts it.</summary>
    public TrustedKey ToTrustedKey() => new(
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(PublicKey)), Origin, KeyRole.Log, KeyAlgorithm.EcdsaP256, PublicKey, []);

    public byte[] ToJson() => CanonicalJson.Serialize(this, LogDescriptionContext.Default.LogDescription);

    /// <exception cref="JsonException">Not such a description of this format in canonical form.</exception>
    public static LogDescription Parse(ReadOnlySpan<byte> json)
    {
        var description = StrictJson.ParseCanonical(json, LogDescriptionContext.Default.LogDescription);
        return description.Format == CurrentFormat && IsHostName(description.Name)
            ? description
            : throw new LocalizedJsonException($"not the description of a log of format {CurrentFormat}", $"不是格式 {CurrentFormat} 的日志描述");
    }

    /// <summary>Letters, digits, dots and hyphens: what a URL's host and a note's key name may both hold.</summary>
    internal static bool IsHostName(string name) =>
        name.Length is > 0 and <= 253
        && Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-');
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LogDescription))]
internal sealed partial class LogDescriptionContext : JsonSerializerContext;
