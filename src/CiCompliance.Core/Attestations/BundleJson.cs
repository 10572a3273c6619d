using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Attestations;

/// <summary>The wire form: protojson, so int64 are strings and zero values are left out.</summary>
internal sealed record BundleJson(
    string MediaType,
    MaterialJson VerificationMaterial,
    MessageSignatureJson? MessageSignature = null,
    EnvelopeJson? DsseEnvelope = null)
{
    public static BundleJson From(SigstoreBundle bundle) => new(
        SigstoreBundle.MediaType,
        new MaterialJson(new PublicKeyJson(bundle.KeyHint), bundle.Entry is null ? null : [TlogEntryJson.From(bundle.Entry)]),
        bundle.Content is BundleContent.Artifact artifact
            ? new(new(MessageDigestJson.Sha256, Convert.ToBase64String(artifact.Sha256)), Convert.ToBase64String(artifact.Signature))
            : null,
        bundle.Content is BundleContent.Dsse dsse
            ? new(Convert.ToBase64String(dsse.Payload), dsse.PayloadType, [new(Convert.ToBase64String(dsse.Signature))])
            : null);

    public SigstoreBundle ToBundle()
    {
        if (MediaType != SigstoreBundle.MediaType)
        {
            throw new LocalizedJsonException($"the media type is not {SigstoreBundle.MediaType}", $"媒体类型不是 {SigstoreBundle.MediaType}");
        }

        return new(
            VerificationMaterial.PublicKey.Hint,
            (MessageSignature, DsseEnvelope) switch
            {
                ({ } message, null) => message.ToContent(),
                (null, { } envelope) => envelope.ToContent(),
                _ => throw new LocalizedJsonException("a bundle has either messageSignature or dsseEnvelope", "bundle 应恰有 messageSignature 或 dsseEnvelope 之一"),
            },
            VerificationMaterial.TlogEntries switch
            {
                null or [] => null,
                [var only] => only.ToEntry(),
                _ => throw new LocalizedJsonException("a bundle has at most one log entry here", "bundle 至多含一个日志条目"),
            });
    }
}

internal sealed record MaterialJson(PublicKeyJson PublicKey, IReadOnlyList<TlogEntryJson>? TlogEntries = null);

internal sealed record PublicKeyJson(string Hint = "");

internal sealed record MessageSignatureJson(MessageDigestJson MessageDigest, string Signature)
{
    public BundleContent ToContent() =>
        MessageDigest.Algorithm == MessageDigestJson.Sha256 && StrictBase64.TryDecode(MessageDigest.Digest) is { Length: 32 } digest
            ? new BundleContent.Artifact(digest, StrictBase64.Decode(Signature, "signature"))
            : throw new LocalizedJsonException("messageDigest is not a SHA2_256 digest", "messageDigest 不是 SHA2_256 摘要");
}

internal sealed record MessageDigestJson(string Algorithm, string Digest)
{
    public const string Sha256 = "SHA2_256";
}

internal sealed record EnvelopeJson(string Payload, string PayloadType, IReadOnlyList<EnvelopeSignatureJson> Signatures)
{
    public BundleContent ToContent() =>
        Signatures is [var only]
            ? new BundleContent.Dsse(PayloadType, StrictBase64.Decode(Payload, "payload"), StrictBase64.Decode(only.Sig, "sig"))
            : throw new LocalizedJsonException("a bundle's envelope has exactly one signature", "bundle 的信封应恰有一个签名");
}

internal sealed record EnvelopeSignatureJson(string Sig);

internal sealed record TlogEntryJson(
    LogIdJson LogId,
    KindVersionJson KindVersion,
    string CanonicalizedBody,
    string? LogIndex = null,
    string? IntegratedTime = null,
    InclusionPromiseJson? InclusionPromise = null,
    InclusionProofJson? InclusionProof = null)
{
    public static TlogEntryJson From(LoggedEntry entry) => new(
        new(Convert.ToBase64String(entry.LogId)),
        new(entry.Kind, entry.Version),
        Convert.ToBase64String(entry.Body),
        Int64Json.Format(entry.Index),
        Int64Json.Format(entry.IntegratedTime ?? 0),
        entry.SignedEntryTimestamp is { } promise ? new(Convert.ToBase64String(promise)) : null,
        entry.Proof is { } proof ? InclusionProofJson.From(proof) : null);

    public LoggedEntry ToEntry() => new(
        KindVersion.Kind,
        KindVersion.Version,
        StrictBase64.Decode(CanonicalizedBody, "canonicalizedBody"),
        Int64Json.Parse(LogIndex, "logIndex"),
        StrictBase64.Decode(LogId.KeyId, "keyId"),
        Int64Json.Parse(IntegratedTime, "integratedTime") is > 0 and var time ? time : null,
        InclusionPromise is null ? null : StrictBase64.Decode(InclusionPromise.SignedEntryTimestamp, "signedEntryTimestamp"),
        InclusionProof?.ToProof());
}

internal sealed record LogIdJson(string KeyId);

internal sealed record KindVersionJson(string Kind, string Version);

internal sealed record InclusionPromiseJson(string SignedEntryTimestamp);

internal sealed record InclusionProofJson(
    string RootHash,
    string TreeSize,
    CheckpointJson Checkpoint,
    string? LogIndex = null,
    IReadOnlyList<string>? Hashes = null)
{
    public static InclusionProofJson From(InclusionProof proof) => new(
        Convert.ToBase64String(proof.Root),
        proof.TreeSize.ToString(CultureInfo.InvariantCulture),
        new(proof.Checkpoint),
        Int64Json.Format(proof.Index),
        proof.Hashes.Count == 0 ? null : [.. proof.Hashes.Select(hash => Convert.ToBase64String(hash))]);

    public InclusionProof ToProof() => new(
        Int64Json.Parse(LogIndex, "inclusionProof.logIndex"),
        Int64Json.Parse(TreeSize, "treeSize"),
        StrictBase64.Decode(RootHash, "rootHash"),
        Hashes is { Count: > MerkleProof.MaxInclusionHashes }
            ? throw new LocalizedJsonException("an inclusion proof has more hashes than any tree needs", "包含证明的哈希过多")
            : [.. (Hashes ?? []).Select(hash => StrictBase64.Decode(hash, "hashes"))],
        Checkpoint.Envelope);
}

internal sealed record CheckpointJson(string Envelope);

internal static class Int64Json
{
    public static string? Format(long value) => value == 0 ? null : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Absent is zero, as protojson has it.</summary>
    public static long Parse(string? text, string member) =>
        text is null ? 0
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && value.ToString(CultureInfo.InvariantCulture) == text ? value
            : throw new LocalizedJsonException($"'{member}' is not a plain decimal number", $"“{member}”不是十进制数");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BundleJson))]
internal sealed partial class BundleContext : JsonSerializerContext;
