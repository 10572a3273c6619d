using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Search;

namespace CiCompliance.Server.GoProxy.Records;

/// <summary>Finds the record of a module version in the checksum database.</summary>
internal sealed class RecordIndex : IDisposable
{
    private readonly SumdbStore store;
    private readonly LeafIndex index;

    private RecordIndex(SumdbStore store, LeafIndex index)
    {
        this.store = store;
        this.index = index;
    }

    /// <param name="folder">Made where it is missing.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static RecordIndex Open(SumdbStore store, string folder, ServerEvents events, CancellationToken cancellationToken) =>
        new(store, LeafIndex.Open(new Records(store), folder, events, cancellationToken));

    /// <exception cref="UnavailableException">What tells is damaged, and is being made again.</exception>
    /// <exception cref="CiComplianceException">The database is damaged (CIC4001).</exception>
    public (long Id, SumdbRecord Record)? Find(ModuleVersion module)
    {
        foreach (var id in index.Find(KeyOf(module)))
        {
            if (store.Read(id) is var record && record.Module == module)
            {
                return (id, record);
            }
        }

        return null;
    }

    /// <inheritdoc cref="LeafIndex.MakeRoom"/>
    public void MakeRoom() => index.MakeRoom();

    /// <inheritdoc cref="LeafIndex.CatchUp"/>
    public void CatchUp() => index.CatchUp(CancellationToken.None);

    public void Add(long id, ModuleVersion module) => index.Add(id, [KeyOf(module)]);

    public void Dispose() => index.Dispose();

    private static ulong KeyOf(ModuleVersion module) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(module.ToString())));

    private sealed class Records(SumdbStore store) : IIndexedLeaves
    {
        public long Size => store.Head.Size;

        public byte[] Root(long size) => store.Root(size);

        public ulong[] KeysOf(long leaf) => [KeyOf(store.Read(leaf).Module)];
    }
}
