using System.Collections.Concurrent;
using CiCompliance.Cryptography;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>A checksum database as somebody sees it who keeps every tree head that he was ever shown, and reads every record.</summary>
/// <param name="key">GOSUMDB.</param>
internal sealed class AuditedSumdb(string key)
{
    private const int Width = 256;

    private readonly VerifierKey key = SumdbSetting.Parse(key).Key;
    private readonly SignatureVerifier verifier = new();
    private readonly ConcurrentDictionary<long, string> heads = new();
    private readonly List<SumdbRecord> records = [];
    private readonly Dictionary<ModuleVersion, long> ids = [];
    private readonly MerkleTree tree = new(new Hashes());

    /// <summary>What its paths begin with.</summary>
    public string Root => $"/sumdb/{key.Name}";

    public IReadOnlyList<SumdbRecord> Records => records;

    public long? IdOf(ModuleVersion module) => ids.TryGetValue(module, out var id) ? id : null;

    /// <summary>Keeps a tree head: of one size there is one tree.</summary>
    public TreeHead See(ReadOnlySpan<byte> note)
    {
        var head = TreeHead.Open(note, key, verifier);
        var root = Convert.ToHexStringLower(head.Root);
        heads.GetOrAdd(head.Size, root).ShouldBe(root, $"two trees of {head.Size} records");
        return head;
    }

    /// <summary>Reads what is new, tile by tile: it must be what was signed, hold no version twice, and continue every tree that was seen.</summary>
    /// <param name="address">Of the proxy.</param>
    public async Task ReadAsync(HttpClient client, string address)
    {
        var head = See(await client.GetByteArrayAsync(new Uri($"{address}{Root}/latest")));
        head.Size.ShouldBeGreaterThanOrEqualTo(heads.Keys.Max(), "what was acknowledged is gone");
        for (var tile = tree.Size / Width; tile * Width < head.Size; tile++)
        {
            var width = (int)Math.Min(Width, head.Size - (tile * Width));
            var hashes = await client.GetByteArrayAsync(new Uri($"{address}{Root}/{new Tile(0, tile, width).Path}"));
            var texts = (await client.GetStringAsync(new Uri($"{address}{Root}/tile/8/data/{Tile.NameOf(tile, width)}"))).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            (hashes.Length / MerkleProof.HashSize, texts.Length).ShouldBe((width, width));
            for (var i = 0; i < width; i++)
            {
                Read((tile * Width) + i, hashes.AsSpan(i * MerkleProof.HashSize, MerkleProof.HashSize), texts[i].TrimEnd('\n') + "\n");
            }
        }

        tree.Root(head.Size).ShouldBe(head.Root, "the tiles are not what was signed");
        foreach (var (size, root) in heads)
        {
            MerkleProof.ProvesConsistency(size, head.Size, Convert.FromHexString(root), head.Root, tree.ConsistencyProof(size, head.Size)).ShouldBeTrue($"it forked after {size} records");
            if (size < head.Size)
            {
                // What continues the newest one continues this.
                heads.TryRemove(size, out _);
            }
        }
    }

    private void Read(long id, ReadOnlySpan<byte> hash, string text)
    {
        MerkleProof.LeafHash(System.Text.Encoding.UTF8.GetBytes(text)).AsSpan().SequenceEqual(hash).ShouldBeTrue($"record {id} is not what its tile says");
        if (id < tree.Size)
        {
            text.ShouldBe(records[(int)id].Text);
            return;
        }

        var record = SumdbRecord.Parse(text);
        ids.TryAdd(record.Module, id).ShouldBeTrue($"{record.Module} is recorded twice");
        records.Add(record);
        tree.Append(hash);
    }

    private sealed class Hashes : IHashStore
    {
        private readonly List<byte[]> all = [];

        public long Count => all.Count;

        public byte[] Read(long position) => all[(int)position];

        public void Append(ReadOnlySpan<byte> hash) => all.Add(hash.ToArray());
    }
}
