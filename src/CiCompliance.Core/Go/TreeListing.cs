using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Go;

/// <summary>The files of the verified tree, from <c>source/tree.ls</c> (<c>mode type oid TAB path NUL</c>).</summary>
internal sealed class TreeListing
{
    public const int MaxBytes = 512 << 20;
    private readonly Dictionary<string, (string Mode, string Oid)> files = new(StringComparer.Ordinal);

    private TreeListing()
    {
    }

    public IEnumerable<string> Paths => files.Keys;

    /// <param name="isWanted">Only these paths are kept.</param>
    /// <exception cref="FormatException">Not such a listing.</exception>
    public static TreeListing Parse(ReadOnlySpan<byte> listing, Func<string, bool> isWanted)
    {
        var tree = new TreeListing();
        while (!listing.IsEmpty)
        {
            var end = listing.IndexOf((byte)0);
            var tab = listing.IndexOf((byte)'\t');
            if (end < 0 || tab < 0 || tab > end)
            {
                throw new LocalizedFormatException("not a tree listing", "不是树列表");
            }

            var head = Encoding.UTF8.GetString(listing[..tab]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var path = Encoding.UTF8.GetString(listing[(tab + 1)..end]);
            listing = listing[(end + 1)..];
            if (head.Length < 3)
            {
                throw new LocalizedFormatException("not a tree listing", "不是树列表");
            }

            if (isWanted(path))
            {
                tree.files[path] = (head[0], head[2]);
            }
        }

        return tree;
    }

    public bool Contains(string path) => files.ContainsKey(path);

    /// <summary>Whether the path is a plain file (no link, no submodule) with this content.</summary>
    public bool Matches(string path, string blobId) => files.TryGetValue(path, out var file) && file.Mode is "100644" or "100755" && file.Oid == blobId;

    /// <summary>A file of the working folder, but only if it is the verified commit's.</summary>
    /// <returns>Null where it is missing, too large, or has another content.</returns>
    public byte[]? ReadVerified(string workingDirectory, string path, int maxBytes, string objectFormat)
    {
        var file = new FileInfo(Path.Combine(workingDirectory, path));
        if (!file.Exists || file.Length > maxBytes)
        {
            return null;
        }

        var content = File.ReadAllBytes(file.FullName);
        return Matches(path, BlobId(content.Length, new MemoryStream(content, writable: false), objectFormat)) ? content : null;
    }

    /// <summary>git's object id of a blob: hash over <c>blob SIZE NUL</c> and the content.</summary>
    public static string BlobId(long size, Stream content, string objectFormat)
    {
        using var hash = IncrementalHash.CreateHash(objectFormat == "sha256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(null, $"blob {size}\0")));
        Span<byte> buffer = stackalloc byte[16 << 10];
        int read;
        while ((read = content.Read(buffer)) > 0)
        {
            hash.AppendData(buffer[..read]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
