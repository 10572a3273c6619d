using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>The three things that show that a log holds an entry. False and null for anything that doesn't verify; nothing throws.</summary>
internal static class EntryProof
{
    /// <summary>Whether it is of a Rekor v2 log, which gives no time and no promise: a signed entry timestamp over such an entry counts for nothing.</summary>
    public static bool IsRekorV2(this LoggedEntry entry) => (entry.Kind, entry.Version) is (EntryBody.HashedRekord, EntryBody.Version002);

    /// <summary>Whether the log key signed this body, time and index.</summary>
    public static bool HasAuthenticTime(this LoggedEntry entry, TrustedKey log, ISignatureVerifier verifier) =>
        entry is { SignedEntryTimestamp: { } promise, IntegratedTime: { } seconds }
        && !entry.IsRekorV2()
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        && SignedEntryTimestamp.Verify(entry.Body, seconds, entry.Index, promise, log, verifier) == Verdict.Pass;

    /// <summary>Whether the proof leads from the body to the proof's root.</summary>
    public static bool IsIncluded(this LoggedEntry entry) =>
        entry.Proof is { } proof
        // Only a signed entry timestamp authenticates an index over several shards.
        && (proof.Index == entry.Index || entry.SignedEntryTimestamp is not null)
        && MerkleProof.ProvesInclusion(proof.Index, proof.TreeSize, MerkleProof.LeafHash(entry.Body), proof.Hashes, proof.Root);

    /// <summary>The checkpoint, where it is this log's and for the proof's tree.</summary>
    public static Checkpoint? VerifiedCheckpoint(this LoggedEntry entry, TrustedKey log, ISignatureVerifier verifier)
    {
        try
        {
            return entry.Proof is { } proof
                && Checkpoint.Parse(proof.Checkpoint) is var checkpoint
                && checkpoint.Size == proof.TreeSize
                && checkpoint.Root.AsSpan().SequenceEqual(proof.Root)
                && checkpoint.IsOf(log, verifier)
                ? checkpoint
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
