using CiCompliance.Server.Hosting;
using CiCompliance.Server.Search;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log.Search;

/// <summary>Finds entries of a log by leaf, artefact and key.</summary>
internal sealed class EntryIndex : IDisposable
{
    private readonly LogStore store;
    private readonly LeafIndex index;

    private EntryIndex(LogStore store, LeafIndex index)
    {
        this.store = store;
        this.index = index;
    }

    /// <summary>After the last entry that is in the index.</summary>
    public long To => index.To;

    /// <summary>How many entries were read again to open it.</summary>
    public long Reread => index.Reread;

    /// <param name="folder">Made where it is missing.</param>
    /// <param name="events">Told of damage and its repair.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static EntryIndex Open(LogStore store, string folder, ServerEvents events, CancellationToken cancellationToken, int tailEntries = LeafIndex.TailEntries) =>
        new(store, LeafIndex.Open(new Entries(store), folder, events, cancellationToken, tailEntries));

    /// <inheritdoc cref="LeafIndex.CatchUp"/>
    public void CatchUp(CancellationToken cancellationToken) => index.CatchUp(cancellationToken);

    /// <inheritdoc cref="LeafIndex.MakeRoom"/>
    public void MakeRoom() => index.MakeRoom();

    /// <inheritdoc cref="LeafIndex.Add"/>
    public void Add(long entry, ulong[] keys) => index.Add(entry, keys);

    /// <summary>The entry with that leaf, or null.</summary>
    /// <param name="from">Entries before this one need not be looked at.</param>
    /// <exception cref="UnavailableException">What tells is damaged, and is being made again.</exception>
    public long? FindLeaf(byte[] leafHash, long from = 0)
    {
        foreach (var entry in index.Find(EntryKeys.Of(KeyKind.Leaf, leafHash), from))
        {
            if (store.LeafHash(entry).AsSpan().SequenceEqual(leafHash))
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Entries about that artefact or by that key, youngest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <exception cref="UnavailableException">As <see cref="FindLeaf"/>.</exception>
    public IReadOnlyList<long> Find(KeyKind kind, byte[] hash, int limit) =>
        [.. index.Find(EntryKeys.Of(kind, hash), limit: limit).Where(entry => EntryKeys.Has(store.Read(entry).Body, kind, hash))];

    public void Dispose() => index.Dispose();

    private sealed class Entries(LogStore store) : IIndexedLeaves
    {
        public long Size => store.Checkpoint.Size;

        public byte[] Root(long size) => store.Root(size);

        public ulong[] KeysOf(long leaf) => EntryKeys.OfEntry(store, leaf);
    }
}
