using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Keys;

/// <summary>The keys an organisation or an auditor trusts: <c>trust.json</c>. It never lies in the folder or tree under test.</summary>
public sealed record TrustStore(int Version, IReadOnlyList<TrustedKey> Keys)
{
    public const int CurrentVersion = 1;
    public const int MaxBytes = 16 << 20;

    public IEnumerable<TrustedKey> With(KeyRole role, string repository) =>
        Keys.Where(key => key.Role == role && key.Covers(repository));

    /// <summary>Finds the one key with this id and role for the repository.</summary>
    public TrustedKey? Find(KeyRole role, string keyId, string repository) =>
        With(role, repository).FirstOrDefault(key => key.Id == keyId);

    /// <exception cref="JsonException">Not a trust store of this version, a key whose id is not its own, or a key twice.</exception>
    public static TrustStore Parse(ReadOnlySpan<byte> json)
    {
        var store = StrictJson.Parse(json, TrustStoreContext.Default.TrustStore);
        if (store.Version != CurrentVersion)
        {
            throw new LocalizedJsonException($"trust store version {store.Version} is not {CurrentVersion}", $"信任库版本 {store.Version} 不是 {CurrentVersion}");
        }

        foreach (var key in store.Keys)
        {
            if (key.Role == KeyRole.None || key.Algorithm == KeyAlgorithm.None || key.Id.Length == 0 || key.PublicKey.Length == 0)
            {
                throw new LocalizedJsonException($"key '{key.Name}' lacks its id, role, algorithm or public key", $"密钥“{key.Name}”缺少标识、角色、算法或公钥");
            }
        }

        if (store.Keys.FirstOrDefault(key => key.Algorithm != KeyAlgorithm.OpenPgp && key.Id != Convert.ToHexStringLower(SHA256.HashData(key.PublicKey))) is { } misnamed)
        {
            throw new LocalizedJsonException($"the id of key '{misnamed.Name}' is not the SHA-256 of its public key", $"密钥“{misnamed.Name}”的标识不是其公钥的 SHA-256");
        }

        // A second row could lift a revocation, or make one holder a signer and the log that watches it.
        if (store.Keys.DistinctBy(key => key.Id).Count() != store.Keys.Count)
        {
            throw new LocalizedJsonException("a key stands twice; it has one role", "密钥重复;一个密钥只有一个角色");
        }

        return store;
    }

    /// <summary>Indented: people review this file.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TrustStoreContext.Default.TrustStore);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrustStore))]
internal sealed partial class TrustStoreContext : JsonSerializerContext;
