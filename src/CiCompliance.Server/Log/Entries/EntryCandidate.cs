using System.Security.Cryptography;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Search;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log.Entries;

/// <summary>An entry whose signature has been verified: the body as it would be logged, and what it is found by.</summary>
internal sealed class EntryCandidate
{
    /// <summary>The log's own limit; here it is the sender's mistake, and refused before anything waits for it.</summary>
    public const int MaxBody = LogStore.MaxBody;

    private EntryCandidate(byte[] body, EntryKeys keys)
    {
        Body = body;
        LeafHash = MerkleProof.LeafHash(body);
        Keys = keys.WithLeaf(LeafHash);
    }

    public byte[] Body { get; }

    public byte[] LeafHash { get; }

    /// <summary>Its own leaf's first.</summary>
    public ulong[] Keys { get; }

    /// <exception cref="RefusedException">The body is larger than any tile can hold.</exception>
    public static EntryCandidate Of(byte[] body, EntryKeys keys) =>
        body.Length <= MaxBody ? new(body, keys) : throw new RefusedException("too-large", $"the entry would have {body.Length} bytes, more than {MaxBody}");

    /// <summary>An entry that is in the log already.</summary>
    public static EntryCandidate Logged(byte[] body) => new(body, EntryKeys.OfBody(body));
}
