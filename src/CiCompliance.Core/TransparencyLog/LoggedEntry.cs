namespace CiCompliance.TransparencyLog;

/// <summary>An entry as a log gave it out and a bundle keeps it. Nothing in it is proved until a verifier says so.</summary>
/// <param name="Kind"><c>hashedrekord</c> or <c>dsse</c>, with <paramref name="Version"/> <c>0.0.1</c>.</param>
/// <param name="Body">The canonical entry: what is hashed into the leaf.</param>
/// <param name="Index">Position in the log, from 0; in a sharded Rekor the position over all shards.</param>
/// <param name="LogId">SHA-256 of the log key's SubjectPublicKeyInfo.</param>
/// <param name="IntegratedTime">Seconds since 1970; without <paramref name="SignedEntryTimestamp"/> anybody's word. Null where not given.</param>
public sealed record LoggedEntry(
    string Kind,
    string Version,
    byte[] Body,
    long Index,
    byte[] LogId,
    long? IntegratedTime,
    byte[]? SignedEntryTimestamp,
    InclusionProof? Proof);

/// <summary>Proof that an entry stands in the tree of a checkpoint.</summary>
/// <param name="Index">Position in that tree.</param>
/// <param name="Checkpoint">The signed note as text.</param>
public sealed record InclusionProof(long Index, long TreeSize, byte[] Root, IReadOnlyList<byte[]> Hashes, string Checkpoint);
