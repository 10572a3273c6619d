using CiCompliance.Json;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Verification;

/// <summary>
/// The checkpoint in <c>log/</c>, which witnesses co-sign, as the hub of the log: every attestation's own checkpoint leads to it, and it leads to
/// the seal's. Otherwise a log could show witnesses one tree and prove the entries in another.
/// </summary>
internal sealed class KeptCheckpoint(Checkpoint head, IReadOnlyDictionary<long, ConsistencyProof> proofs)
{
    private const int MaxLine = 8 << 10;

    public Checkpoint Head => head;

    /// <summary>Whether the tree of an attestation's checkpoint is the kept one, or its beginning.</summary>
    public bool Holds(VerificationContext context, string bundle, Checkpoint own)
    {
        if (own.Size > head.Size)
        {
            context.Refuse(7, bundle, VerificationDiagnostics.NotInLog, bundle,
                new($"its tree has {own.Size} entries, more than the {head.Size} of {EvidencePaths.Checkpoint}", $"其树有 {own.Size} 条,多于 {EvidencePaths.Checkpoint} 的 {head.Size} 条"));
            return false;
        }

        return IsContinued(context, 7, bundle, bundle, (own, head), proofs.GetValueOrDefault(own.Size), EvidencePaths.LogConsistency);
    }

    /// <summary>Refused where the newer tree does not begin with the older, undecided without the proof.</summary>
    /// <param name="where">The file that should hold the proof.</param>
    public static bool IsContinued(
        VerificationContext context, int step, string id, string origin, (Checkpoint Older, Checkpoint Newer) trees, ConsistencyProof? proof, string where)
    {
        var (older, newer) = trees;
        if (older.Body.AsSpan().SequenceEqual(newer.Body) || proof?.Connects(older, newer) == true)
        {
            return true;
        }

        if (proof is null && older.Origin == newer.Origin && older.Size < newer.Size)
        {
            context.Refuse(step, id, VerificationDiagnostics.LogNotConnected, origin,
                new($"{where} has no proof from {older.Size} to {newer.Size} entries", $"{where} 中没有从 {older.Size} 到 {newer.Size} 条的一致性证明"));
        }
        else
        {
            context.Refuse(step, id, VerificationDiagnostics.LogForked, origin,
                new($"the log of {newer.Size} entries does not continue its own checkpoint of {older.Size}", $"{newer.Size} 条的日志不是其 {older.Size} 条检查点的延续"));
        }

        return false;
    }

    /// <summary>The rows of <c>log/consistency.jsonl</c>, by the size that each begins with; none where every checkpoint is the kept one.</summary>
    /// <exception cref="FormatException">Out of order, a size twice, or not a proof that leads to the kept checkpoint's size.</exception>
    public static IReadOnlyDictionary<long, ConsistencyProof> ReadProofs(byte[] content, Checkpoint head)
    {
        var proofs = new Dictionary<long, ConsistencyProof>();
        var last = 0L;
        foreach (var line in JsonLines.Read(new MemoryStream(content), MaxLine))
        {
            var proof = ConsistencyProof.Parse(line);
            if (proof.OldSize <= last || proof.NewSize != head.Size)
            {
                throw new LocalizedFormatException("its rows are not one ascending row for each size, all to the kept checkpoint", "各行未按大小递增,或不指向所保留的检查点");
            }

            proofs.Add(last = proof.OldSize, proof);
        }

        return proofs;
    }
}
