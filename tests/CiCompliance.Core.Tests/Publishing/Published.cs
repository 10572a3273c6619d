using CiCompliance.Diagnostics;
using CiCompliance.Publishing;

namespace CiCompliance.Core.Tests.Publishing;

internal static class Published
{
    /// <summary>As a later job opens it: with the digest that the earlier one gave.</summary>
    public static Publication Open(SealedFolder folder, bool isUnsealed = false, Verdict? signatures = null) =>
        Publication.Open(folder.Path, new HandedOver(folder.Digest, isUnsealed, signatures is { } verdict ? _ => verdict : null), SealedFolder.Digests, CancellationToken.None);
}
