using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Digests;

namespace CiCompliance.Go;

/// <summary>What one module zip is.</summary>
/// <param name="H1">The hash that go.sum and the checksum database hold for it.</param>
/// <param name="Size">Bytes of the zip file.</param>
public sealed record ModuleZipDigest(string H1, long Size, DigestSet Digest);

/// <summary>
/// Module zips (Go module reference, "Module zip files") and their <c>h1:</c> hash: SHA-256 over the sorted lines
/// <c>hex(sha256(file))  name</c> of their files; how they are compressed does not count.
/// </summary>
public static class ModuleZip
{
    /// <summary>The go command takes no larger zip, and no larger sum of its files.</summary>
    public const long MaxBytes = 500L << 20;

    /// <summary>More entries need a ZIP64 directory, which no module zip within <see cref="MaxBytes"/> has had a use for.</summary>
    public const int MaxEntries = 65534;

    private const int MaxDirectoryBytes = 64 << 20;

    /// <summary>Hashes a zip: h1 of what it holds, SHA-256 and SM3 of the file. Memory holds its directory and one buffer.</summary>
    /// <exception cref="InvalidDataException">Not a module zip of that version: foreign prefix, a name twice, a link, more data than declared or allowed.</exception>
    /// <exception cref="IOException">Reading failed.</exception>
    public static ModuleZipDigest Hash(string file, ModuleVersion module, IDigestCalculator digests, CancellationToken cancellationToken)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        var h1 = Summary(stream, module, new ZipNames(StringComparer.Ordinal), cancellationToken);
        stream.Position = 0;
        return new(h1, stream.Length, digests.Compute(stream, cancellationToken));
    }

    /// <summary>The <c>h1:</c> hash of what a zip holds, where no two names in it are one on a disk that doesn't tell capital letters.</summary>
    /// <param name="stream">Seekable, at its begin.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Hash"/>, or two such names.</exception>
    public static string H1(Stream stream, ModuleVersion module, CancellationToken cancellationToken) =>
        Summary(stream, module, new ZipNames(StringComparer.OrdinalIgnoreCase), cancellationToken);

    /// <summary>The <c>h1:</c> hash of a go.mod by itself, as in <c>/go.mod</c> lines.</summary>
    public static string HashGoMod(ReadOnlySpan<byte> content) =>
        Summary([("go.mod"u8.ToArray(), Convert.ToHexStringLower(SHA256.HashData(content)))]);

    /// <summary>Gives every file of the zip, bounded, with its whole name (<c>path@version/file</c>).</summary>
    /// <exception cref="InvalidDataException">As for <see cref="Hash"/>.</exception>
    internal static void ForEachFile(Stream stream, ModuleVersion module, Action<string, Stream> visit) =>
        ForEachFile(stream, module, new ZipNames(StringComparer.Ordinal), visit);

    private static string Summary(Stream stream, ModuleVersion module, ZipNames names, CancellationToken cancellationToken)
    {
        var lines = new List<(byte[] Name, string Hash)>();
        ForEachFile(stream, module, names, (name, content) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            lines.Add((Encoding.UTF8.GetBytes(name), Convert.ToHexStringLower(SHA256.HashData(content))));
        });
        return Summary(lines);
    }

    private static void ForEachFile(Stream stream, ModuleVersion module, ZipNames names, Action<string, Stream> visit)
    {
        CheckDirectory(stream);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var prefix = $"{module}/";
        var total = 0L;
        foreach (var entry in Entries(zip))
        {
            var name = entry.FullName;
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || names.Add(name) is not null || !IsSafe(name) || !IsRegular(entry))
            {
                throw new InvalidDataException($"the zip holds '{SafeText.Line(name, 200)}', which is outside {prefix}, unsafe, no regular file or there twice");
            }

            total += entry.Length;
            if (entry.Length < 0 || total > MaxBytes)
            {
                throw new InvalidDataException($"the files of the zip declare more than {MaxBytes} bytes");
            }

            using var content = new BoundedStream(entry.Open(), entry.Length);
            visit(name, content);
            content.RequireEnd();
        }
    }

    private static IEnumerable<ZipArchiveEntry> Entries(ZipArchive zip)
    {
        try
        {
            return zip.Entries;
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("the names in the zip are not UTF-8", e);
        }
    }

    /// <summary>The file type that a Unix archiver left, where one did: none, or that of a regular file.</summary>
    private static bool IsRegular(ZipArchiveEntry entry) => ((entry.ExternalAttributes >> 16) & 0xF000) is 0 or 0x8000;

    private static bool IsSafe(string name) =>
        !name.AsSpan().ContainsAny('\n', '\\', '\0') && name.Split('/').All(element => element is not ("." or "..")) && !name.Contains("//", StringComparison.Ordinal);

    /// <summary>The Hash1 form of go.sum: SHA-256 over a line <c>HASH  NAME</c> a file, in the order of the names' bytes.</summary>
    internal static string Summary(List<(byte[] Name, string Hash)> lines)
    {
        lines.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        using var summary = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, hash) in lines)
        {
            summary.AppendData(Encoding.ASCII.GetBytes(hash));
            summary.AppendData("  "u8);
            summary.AppendData(name);
            summary.AppendData("\n"u8);
        }

        return "h1:" + Convert.ToBase64String(summary.GetHashAndReset());
    }

    /// <summary>Looks at the end record before anything is read by it: its counts decide how much memory the directory takes.</summary>
    private static void CheckDirectory(Stream stream)
    {
        const int endRecord = 22;
        const int locator = 20;
        if (stream.Length is < endRecord or > MaxBytes)
        {
            throw new InvalidDataException($"a zip of {stream.Length} bytes");
        }

        var tail = new byte[Math.Min(stream.Length, endRecord + ushort.MaxValue)];
        stream.Position = stream.Length - tail.Length;
        stream.ReadExactly(tail);
        stream.Position = 0;

        // The runtime reads the last one that looks like one, whatever comment it claims: there must be no other, and its comment must end with the file.
        var at = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        var record = at < 0 ? [] : tail.AsSpan(at);
        if (record.Length < endRecord || BinaryPrimitives.ReadUInt16LittleEndian(record[20..]) != record.Length - endRecord)
        {
            throw new InvalidDataException("the zip has no end record, or bytes after it");
        }

        // Of a second disk, or with an offset of all ones, the counts that hold stand elsewhere (ZIP64): what was looked at here would decide nothing.
        var (size, offset) = (BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), BinaryPrimitives.ReadUInt32LittleEndian(record[16..]));
        if (BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) != 0
            || BinaryPrimitives.ReadUInt16LittleEndian(record[10..]) > MaxEntries
            || size > MaxDirectoryBytes
            || offset == uint.MaxValue
            || (at >= locator && tail.AsSpan(at - locator).StartsWith("PK\x06\x07"u8)))
        {
            throw new InvalidDataException("the directory of the zip is larger than allowed");
        }

        if ((long)offset + size != stream.Length - record.Length)
        {
            throw new InvalidDataException("the directory of the zip does not end where its end record begins");
        }
    }
}
