using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Go;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Testing;

/// <summary>A checksum database in memory, as golang.org/x/mod/sumdb serves one: append records, and ask paths, from any thread.</summary>
public sealed class FixtureSumdb
{
    private readonly List<string> records = [];
    private readonly List<byte[]> leaves = [];
    private readonly Dictionary<ModuleVersion, int> ids = [];
    private readonly ConcurrentDictionary<int, byte[]> notes = new();
    private readonly ISigner signer;
    private readonly Lock gate = new();

    /// <param name="signer">Ed25519.</param>
    public FixtureSumdb(string name, ISigner signer)
    {
        this.signer = signer;
        Name = name;
        byte[] key = [0x01, .. signer.PublicKey.AsSpan(signer.PublicKey.Length - 32)];
        var hash = SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. key]).AsSpan(0, 4).ToArray();
        KeyHash = hash;
        VerifierKey = $"{name}+{Convert.ToHexStringLower(hash)}+{Convert.ToBase64String(key)}";
    }

    public string Name { get; }

    /// <summary>GOSUMDB.</summary>
    public string VerifierKey { get; }

    public int Size => records.Count;

    private byte[] KeyHash { get; }

    public int Add(ModuleVersion module, string zipH1, string goModH1)
    {
        var text = $"{module.Path} {module.Version} {zipH1}\n{module.Path} {module.Version}/go.mod {goModH1}\n";
        lock (gate)
        {
            records.Add(text);
            leaves.Add(MerkleProof.LeafHash(Encoding.UTF8.GetBytes(text)));
            return ids[module] = records.Count - 1;
        }
    }

    /// <summary>The signed tree head of the first <paramref name="size"/> records, made once as a database makes it.</summary>
    public byte[] Note(int size) => notes.GetOrAdd(size, _ => Sign($"go.sum database tree\n{size}\n{Convert.ToBase64String(Root(0, size))}\n"));

    public byte[] Sign(string text)
    {
        var signature = signer.Sign(Encoding.UTF8.GetBytes(text));
        return Encoding.UTF8.GetBytes($"{text}\n— {Name} {Convert.ToBase64String([.. KeyHash, .. signature])}\n");
    }

    /// <summary>Answers a path behind the database's root, for example <c>/lookup/M@V</c>: status and body.</summary>
    /// <param name="size">Tree size to speak for; all records by default.</param>
    public (int Status, byte[] Body) Answer(string path, int? size = null)
    {
        lock (gate)
        {
            return AnswerOf(path, size ?? records.Count);
        }
    }

    private (int Status, byte[] Body) AnswerOf(string path, int count)
    {
        if (path == "/supported")
        {
            return (200, []);
        }

        if (path == "/latest")
        {
            return (200, Note(count));
        }

        if (path.StartsWith("/lookup/", StringComparison.Ordinal))
        {
            return Lookup(path["/lookup/".Length..], count);
        }

        return path.StartsWith("/tile/8/", StringComparison.Ordinal) ? AnswerTile(path["/tile/8/".Length..], count) : (404, "not found\n"u8.ToArray());
    }

    private (int, byte[]) Lookup(string escaped, int size)
    {
        var at = escaped.LastIndexOf('@');
        var version = at < 0 ? "" : ModulePath.Unescape(escaped[(at + 1)..]);
        if (!ModulePath.IsVersion(version))
        {
            return (400, "invalid module@version syntax\n"u8.ToArray());
        }

        return ids.TryGetValue(new(ModulePath.Unescape(escaped[..at]), version), out var id) && id < size
            ? (200, [.. Encoding.UTF8.GetBytes($"{id}\n{records[id]}\n"), .. Note(size)])
            : (404, "not found\n"u8.ToArray());
    }

    private (int, byte[]) AnswerTile(string path, int size)
    {
        var parts = path.Split('/');
        var width = 256;
        if (parts.Length > 2 && parts[^2].EndsWith(".p", StringComparison.Ordinal) && int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out width))
        {
            parts = [.. parts[..^2], parts[^2][..^2]];
        }

        var numbers = parts.Skip(1).Select(part => part.TrimStart('x')).ToList();
        if (numbers.Count == 0 || numbers.Any(part => part.Length != 3 || !part.All(char.IsAsciiDigit)) || (parts[0] != "data" && !int.TryParse(parts[0], out _)))
        {
            return (400, "invalid tile syntax\n"u8.ToArray());
        }

        var first = int.Parse(string.Concat(numbers), CultureInfo.InvariantCulture) * 256;
        if (parts[0] == "data")
        {
            return first + width > size ? (404, "not found\n"u8.ToArray())
                : (200, Encoding.UTF8.GetBytes(string.Concat(records.Skip(first).Take(width).Select(record => record + "\n"))));
        }

        var height = 8 * int.Parse(parts[0], CultureInfo.InvariantCulture);
        return (long)(first + width) << height > size ? (404, "not found\n"u8.ToArray())
            : (200, [.. Enumerable.Range(first, width).SelectMany(i => Root(i << height, (i + 1) << height))]);
    }

    private byte[] Root(int begin, int end)
    {
        if (end - begin <= 1)
        {
            return end == begin ? MerkleProof.EmptyRoot() : leaves[begin];
        }

        var half = (int)PowerBelow(end - begin - 1);
        return MerkleProof.NodeHash(Root(begin, begin + half), Root(begin + half, end));
    }

    private static long PowerBelow(int value) => 1L << System.Numerics.BitOperations.Log2((uint)value);
}
