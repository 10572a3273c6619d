using CiCompliance.TransparencyLog;

namespace CiCompliance.Publishing;

/// <summary>Where the seal stands in the transparency log.</summary>
/// <param name="Kind"><c>ephemeral</c>, <c>persistent</c> or <c>external</c>: what the entry is worth.</param>
/// <param name="Uuid">
/// Rekor's entry UUID: the leaf hash, 64 hex digits. A sharded server puts 16 digits of its tree before it and finds the entry without them too.
/// </param>
public sealed record LogReference(string Kind, string Origin, long Index, string Uuid)
{
    internal static LogReference Of(LoggedEntry entry, Evidence.ManifestLog log) =>
        new(log.Kind.ToString().ToLowerInvariant(), log.Origin, entry.Index, Convert.ToHexStringLower(MerkleProof.LeafHash(entry.Body)));

    /// <summary>One short line, the same wherever the verdict is shown.</summary>
    internal LocalizedText Line => new($"log index {Index}, uuid {Uuid}", $"日志序号 {Index},uuid {Uuid}");
}
