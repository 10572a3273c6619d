using CiCompliance.Json;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Sigstore;

/// <summary>Reads a <c>TransparencyLogEntry</c> (sigstore_rekor.proto) in its protojson form.</summary>
internal static class EntryReader
{
    private const int MaxBodyBytes = 1 << 20;

    public static LoggedEntry Read(ProtoObject entry)
    {
        var kind = entry.Object("kindVersion", value => new KindVersion(value.Text("kind"), value.Text("version"))) ?? throw entry.Missing("kindVersion");
        var logId = entry.Object("logId", value => value.NeededBytes("keyId")) ?? throw entry.Missing("logId");
        var body = entry.NeededBytes("canonicalizedBody") is { Length: <= MaxBodyBytes } bytes ? bytes
            : throw new LocalizedJsonException("a log entry is larger than allowed", "日志条目过大");
        var index = entry.Int64("logIndex");
        var time = entry.Int64("integratedTime");
        var promise = entry.Object("inclusionPromise", value => value.NeededBytes("signedEntryTimestamp"));
        var proof = entry.Object("inclusionProof", ReadProof);
        return new LoggedEntry(kind.Kind, kind.Version, body, index, logId, time == 0 ? null : time, promise, proof);
    }

    /// <summary>An empty checkpoint where there is none: early v0.1 bundles have proofs without one.</summary>
    private static InclusionProof ReadProof(ProtoObject proof) => new(
        proof.Int64("logIndex"),
        proof.Int64("treeSize"),
        proof.NeededBytes("rootHash"),
        proof.BytesList("hashes", MerkleProof.MaxInclusionHashes),
        proof.Object("checkpoint", value => value.Text("envelope")) ?? "");

    private sealed record KindVersion(string Kind, string Version);
}
