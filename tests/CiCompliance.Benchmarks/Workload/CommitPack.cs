using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>
/// Writes a repository whose history is one line of signed commits over one tree. The commits stream through <c>git index-pack</c>
/// (gitformat-pack(5)): loose objects would take minutes.
/// </summary>
internal sealed class CommitPack : IDisposable
{
    private const string Person = "Benchmark <benchmark@modules.example>";
    private const int TypeCommit = 1;

    private readonly string repository;
    private readonly string tree;
    private readonly string file;
    private readonly FileStream pack;
    private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
    private int left;

    public CommitPack(string repository, int commits)
    {
        this.repository = repository;
        Trees.Remove(repository);
        Directory.CreateDirectory(repository);
        Git("init", "--quiet", "--initial-branch=main");
        File.WriteAllText(Path.Combine(repository, "go.mod"), "module modules.example/history\n");
        Git("add", "go.mod");
        tree = Git("write-tree");
        file = Path.Combine(repository, ".git", "history.pack");
        pack = new FileStream(file, FileMode.Create, FileAccess.ReadWrite);
        left = commits;
        Span<byte> header = stackalloc byte[12];
        "PACK"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], 2);
        BinaryPrimitives.WriteInt32BigEndian(header[8..], commits);
        Write(header);
    }

    /// <summary>The newest commit's id.</summary>
    public string? Head { get; private set; }

    /// <summary>Adds a commit on top.</summary>
    /// <param name="sign">Makes the armour over a commit's bytes.</param>
    public void Add(DateTimeOffset at, string message, Func<byte[], string> sign)
    {
        var head = $"tree {tree}\n{(Head is null ? "" : $"parent {Head}\n")}author {Person} {at.ToUnixTimeSeconds()} +0000\ncommitter {Person} {at.ToUnixTimeSeconds()} +0000\n";
        var armour = sign(Encoding.UTF8.GetBytes($"{head}\n{message}\n"));
        var content = Encoding.UTF8.GetBytes($"{head}gpgsig {armour.TrimEnd('\n').Replace("\n", "\n ", StringComparison.Ordinal)}\n\n{message}\n");
        Head = Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"commit {content.Length}\0"), .. content]));
        WriteObject(content);
        left--;
    }

    /// <summary>Ends the pack and moves the branch to its newest commit.</summary>
    public void Finish()
    {
        if (left != 0)
        {
            throw new InvalidOperationException($"{left} commits of the pack were not written");
        }

        pack.Write(digest.GetHashAndReset());
        pack.Flush();
        pack.Position = 0;
        pack.Dispose();
        Git("index-pack", "-o", Path.Combine(repository, ".git", "objects", "pack", "pack-history.idx"), file);
        File.Move(file, Path.Combine(repository, ".git", "objects", "pack", "pack-history.pack"));
        Git("update-ref", "refs/heads/main", Head!);
    }

    public void Dispose()
    {
        pack.Dispose();
        digest.Dispose();
    }

    private void WriteObject(byte[] content)
    {
        var size = content.Length;
        var header = new List<byte> { (byte)((TypeCommit << 4) | (size & 15)) };
        for (size >>= 4; size > 0; size >>= 7)
        {
            header[^1] |= 0x80;
            header.Add((byte)(size & 0x7F));
        }

        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(content);
        }

        Write([.. header]);
        Write(compressed.ToArray());
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        digest.AppendData(bytes);
        pack.Write(bytes);
    }

    private string Git(params string[] arguments) => Peer.Run("git", ["-C", repository, .. arguments], new Dictionary<string, string>
    {
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
    }).Text.Trim();
}
