using System.Text.Json;
using System.Text.Json.Serialization;

namespace CiCompliance.Server.Log.Entries;

/// <summary>A proposed entry of Rekor v1: hashedrekord 0.0.1 has data and signature, dsse 0.0.1 proposedContent.</summary>
internal sealed record ProposedV1(string ApiVersion, string Kind, SpecV1 Spec);

internal sealed record SpecV1(DataV1? Data = null, SignatureV1? Signature = null, DsseV1? ProposedContent = null, IReadOnlyList<DsseSignatureV1>? Signatures = null);

internal sealed record DataV1(HashV1 Hash);

internal sealed record HashV1(string Algorithm, string Value);

internal sealed record SignatureV1(string Content, KeyV1 PublicKey);

internal sealed record KeyV1(string Content);

internal sealed record DsseV1(string Envelope, IReadOnlyList<string> Verifiers);

/// <summary>What a body carries; a request leaves it out or null.</summary>
internal sealed record DsseSignatureV1(string Signature, string Verifier);

internal sealed record EnvelopeV1(string Payload, string PayloadType, IReadOnlyList<EnvelopeSignatureV1> Signatures);

internal sealed record EnvelopeSignatureV1(string Sig, string? Keyid = null);

internal sealed record RetrieveV1(
    [property: JsonPropertyName("entryUUIDs")] IReadOnlyList<string>? EntryUuids = null,
    IReadOnlyList<long>? LogIndexes = null,
    IReadOnlyList<ProposedV1>? Entries = null);

internal sealed record SearchV1(string? Hash = null, SearchKeyV1? PublicKey = null, string? Email = null, string? Operator = null);

internal sealed record SearchKeyV1(string Format, string? Content = null, string? Url = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 16)]
[JsonSerializable(typeof(ProposedV1))]
[JsonSerializable(typeof(EnvelopeV1))]
[JsonSerializable(typeof(RetrieveV1))]
[JsonSerializable(typeof(SearchV1))]
internal sealed partial class RekorV1Context : JsonSerializerContext;
