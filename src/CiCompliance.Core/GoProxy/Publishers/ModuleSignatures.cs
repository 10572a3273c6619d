using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Go;
using CiCompliance.Json;
using CiCompliance.Signing;

namespace CiCompliance.GoProxy.Publishers;

/// <summary>One signature over a <see cref="ModuleStatement"/>.</summary>
/// <param name="KeyId">
/// Which key to verify with: lower-case hex SHA-256 of its SubjectPublicKeyInfo, or the primary fingerprint of an OpenPGP certificate. A hint:
/// a false one makes the signature fail.
/// </param>
/// <param name="Signature">In the form of the key's algorithm; of OpenPGP one binary signature packet.</param>
/// <param name="ProvedAt">When a log that the signer doesn't run recorded it; null: nothing proves a time.</param>
public sealed record ModuleSignature(string KeyId, byte[] Signature, DateTimeOffset? ProvedAt = null);

/// <summary>A signature file: a DSSE envelope (secure-systems-lab/dsse v1.0.2) whose payload is a module's statement.</summary>
/// <param name="Payload">As given: whether it is the right statement is for <see cref="PublisherVerifier"/> to say.</param>
public sealed record ModuleSignatures(string PayloadType, byte[] Payload, IReadOnlyList<ModuleSignature> Signatures)
{
    public const int MaxBytes = 256 << 10;
    public const int MaxSignatures = 16;

    private const int MaxSignature = 8 << 10;

    public static ModuleSignatures Over(ModuleStatement statement, IReadOnlyList<ModuleSignature> signatures) =>
        new(DsseEnvelope.InTotoPayloadType, statement.Json, signatures);

    /// <summary>Where the file of a version stands below a folder or an address: <c>MODULE/@v/VERSION.dsse.json</c>, both escaped as in module proxies.</summary>
    public static string PathOf(ModuleVersion module) => $"{ModulePath.Escape(module.Path)}/@v/{ModulePath.Escape(module.Version)}.dsse.json";

    public bool IsOver(ModuleStatement statement) =>
        PayloadType == DsseEnvelope.InTotoPayloadType && Payload.AsSpan().SequenceEqual(statement.Json);

    /// <summary>This, with another signature; one by the same key is replaced.</summary>
    public ModuleSignatures With(ModuleSignature signature) =>
        this with { Signatures = [.. Signatures.Where(other => other.KeyId != signature.KeyId), signature] };

    /// <summary>Canonical JSON, the signatures in the order of their keys' ids.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(
        new ModuleEnvelopeJson(Convert.ToBase64String(Payload), PayloadType,
            [.. Signatures.OrderBy(signature => signature.KeyId, StringComparer.Ordinal).Select(signature => new ModuleSignatureJson(signature.KeyId, Convert.ToBase64String(signature.Signature)))]),
        ModuleEnvelopeContext.Default.ModuleEnvelopeJson);

    /// <exception cref="JsonException">Not such an envelope: another member, none or more than <see cref="MaxSignatures"/> signatures, a key twice.</exception>
    public static ModuleSignatures Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            throw new LocalizedJsonException($"more than {MaxBytes} bytes", $"超过 {MaxBytes} 字节");
        }

        var envelope = StrictJson.Parse(json, ModuleEnvelopeContext.Default.ModuleEnvelopeJson);
        if (envelope.Signatures.Count is 0 or > MaxSignatures)
        {
            throw new LocalizedJsonException($"{envelope.Signatures.Count} signatures, and 1 to {MaxSignatures} are read", $"有 {envelope.Signatures.Count} 个签名,只接受 1 至 {MaxSignatures} 个");
        }

        return envelope.Signatures.DistinctBy(signature => signature.KeyId).Count() == envelope.Signatures.Count
            ? new(envelope.PayloadType, StrictBase64.Decode(envelope.Payload, "payload"), [.. envelope.Signatures.Select(Read)])
            : throw new LocalizedJsonException("a key signs twice", "同一密钥签名两次");
    }

    private static ModuleSignature Read(ModuleSignatureJson json) =>
        json.KeyId.Length is 40 or 64 && json.KeyId.All(char.IsAsciiHexDigitLower)
            ? StrictBase64.Decode(json.Sig, "sig") is { Length: > 0 and <= MaxSignature } signature
                ? new(json.KeyId, signature)
                : throw new LocalizedJsonException($"a signature of none or more than {MaxSignature} bytes", $"签名为空或超过 {MaxSignature} 字节")
            : throw new LocalizedJsonException("a keyid is not a SHA-256 or a fingerprint in lower-case hex", "keyid 不是小写十六进制的 SHA-256 或指纹");
}

internal sealed record ModuleEnvelopeJson(string Payload, string PayloadType, IReadOnlyList<ModuleSignatureJson> Signatures);

internal sealed record ModuleSignatureJson([property: JsonPropertyName("keyid")] string KeyId, string Sig);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ModuleEnvelopeJson))]
internal sealed partial class ModuleEnvelopeContext : JsonSerializerContext;
