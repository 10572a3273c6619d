using System.Security.Cryptography;
using CiCompliance.Server.Log.Search;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log.Entries;

/// <summary>An entry whose signature has been verified: the body as it would be logged, and what it is found by.</summary>
internal sealed class EntryCandidate
{
    /// <summary>A tile of entries gives a body's length in 16 bits (C2SP tlog-tiles).</summary>
    public const int MaxBody = ushort.MaxValue;

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
