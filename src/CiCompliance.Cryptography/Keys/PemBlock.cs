using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Cryptography.Keys;

/// <summary>PEM (RFC 7468) of files that people hand in: several blocks, text between them is skipped.</summary>
internal sealed record PemBlock(string Label, byte[] Content)
{
    private const string Begin = "-----BEGIN";
    private const string End = "-----END";

    /// <summary>The blocks with their labels; null where a block is started and not well-formed, or there are more than <paramref name="maximum"/>.</summary>
    public static IReadOnlyList<PemBlock>? ReadAll(ReadOnlySpan<byte> text, int maximum)
    {
        var chars = new char[text.Length];
        Encoding.Latin1.GetChars(text, chars);
        try
        {
            var blocks = new List<PemBlock>();
            var rest = chars.AsSpan();
            for (var start = IndexOf(rest, Begin); start >= 0; start = IndexOf(rest, Begin))
            {
                // The one before it tells whether a line begins here.
                rest = rest[Math.Max(0, start - 1)..];
                var block = rest[..LengthOfOne(rest)];
                if (blocks.Count == maximum || !PemEncoding.TryFind(block, out var fields))
                {
                    return null;
                }

                var content = new byte[fields.DecodedDataLength];
                if (!Convert.TryFromBase64Chars(block[fields.Base64Data], content, out var written) || written != content.Length)
                {
                    return null;
                }

                blocks.Add(new PemBlock(new string(block[fields.Label]), content));
                rest = rest[fields.Location.End..];
            }

            return blocks;
        }
        finally
        {
            chars.AsSpan().Clear();
        }
    }

    // PemEncoding looks for the end of each beginning in all that follows: given no more than one of each, it can't be made to look again and again.
    private static int LengthOfOne(ReadOnlySpan<char> text)
    {
        var begin = IndexOf(text, Begin) + Begin.Length;
        var next = IndexOf(text[begin..], Begin);
        var own = next < 0 ? text : text[..(begin + next + 1)];
        var end = IndexOf(own, End);
        var dashes = end < 0 ? -1 : IndexOf(own[(end + End.Length)..], "-----");
        return dashes < 0 ? 0 : Math.Min(end + End.Length + dashes + "-----".Length + 1, own.Length);
    }

    private static int IndexOf(ReadOnlySpan<char> text, string marker) => text.IndexOf(marker, StringComparison.Ordinal);
}
