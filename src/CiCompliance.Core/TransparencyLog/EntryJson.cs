using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CiCompliance.TransparencyLog;

internal sealed record HashJson(string Algorithm, string Value)
{
    public const string Sha256 = "sha256";

    public static HashJson Of(ReadOnlySpan<byte> content) => new(Sha256, Convert.ToHexStringLower(SHA256.HashData(content)));
}

internal sealed record HashedRekordBody(string ApiVersion, string Kind, HashedRekordSpec Spec);

internal sealed record HashedRekordSpec(HashedRekordData Data, HashedRekordSignature Signature);

internal sealed record HashedRekordData(HashJson Hash);

internal sealed record HashedRekordSignature(string Content, HashedRekordKey PublicKey);

internal sealed record HashedRekordKey(string Content);

internal sealed record DsseBody(string ApiVersion, string Kind, DsseBodySpec Spec);

internal sealed record DsseBodySpec(HashJson EnvelopeHash, HashJson PayloadHash, IReadOnlyList<DsseBodySignature> Signatures);

internal sealed record DsseBodySignature(string Signature, string Verifier);

internal sealed record EnvelopeToLog(string Payload, string PayloadType, IReadOnlyList<EnvelopeToLogSignature> Signatures);

internal sealed record EnvelopeToLogSignature(string Sig);

internal sealed record DsseRequest(string ApiVersion, string Kind, DsseRequestSpec Spec);

internal sealed record DsseRequestSpec(DsseRequestContent ProposedContent);

internal sealed record DsseRequestContent(string Envelope, IReadOnlyList<string> Verifiers);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HashedRekordBody))]
[JsonSerializable(typeof(DsseBody))]
[JsonSerializable(typeof(EnvelopeToLog))]
[JsonSerializable(typeof(DsseRequest))]
internal sealed partial class EntryContext : JsonSerializerContext;
