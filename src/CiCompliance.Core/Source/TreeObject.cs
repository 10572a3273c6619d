using System.Text;

namespace CiCompliance.Source;

/// <summary>One entry of a tree object.</summary>
/// <param name="Name">Its bytes, one character each: git knows no encoding.</param>
public readonly record struct TreeObjectEntry(string Mode, string Name, string Oid)
{
    public const string FolderMode = "40000";

    // Some old writers put a zero before it.
    public bool IsFolder => Mode is FolderMode or "0" + FolderMode;
}

/// <summary>A tree object's bytes (gitformat-pack(5)): <c>mode SP name NUL id</c>, repeated. Pure, as <see cref="CommitObject"/>.</summary>
public static class TreeObject
{
    /// <summary>Names are not judged here: they may be empty or hold slashes.</summary>
    /// <exception cref="FormatException">An entry is cut off.</exception>
    public static List<TreeObjectEntry> Parse(ReadOnlySpan<byte> raw, GitObjectFormat format)
    {
        var entries = new List<TreeObjectEntry>();
        while (!raw.IsEmpty)
        {
            var space = raw.IndexOf((byte)' ');
            var nul = raw.IndexOf((byte)0);
            var end = nul + 1 + format.ByteLength;
            if (space < 0 || nul < space || end > raw.Length)
            {
                throw new LocalizedFormatException("an entry of the tree is cut off", "树条目不完整");
            }

            entries.Add(new(Encoding.Latin1.GetString(raw[..space]), Encoding.Latin1.GetString(raw[(space + 1)..nul]), Convert.ToHexStringLower(raw[(nul + 1)..end])));
            raw = raw[end..];
        }

        return entries;
    }
}
