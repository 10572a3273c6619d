using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Cryptography.Keys;

/// <summary>PEM (RFC 7468) of files that people hand in: several blocks, text between them is skipped.</summary>
internal sealed record PemBlock(string Label, byte[] Content)
{
    /// <summary>The blocks with their labels; null where a block is started and not well-formed, or there are more than <paramref name="maximum"/>.</summary>
    public static IReadOnlyList<PemBlock>? ReadAll(ReadOnlySpan<byte> text, int maximum)
    {
        var chars = new char[text.Length];
        Encoding.Latin1.GetChars(text, chars);
        try
        {
            var blocks = new List<PemBlock>();
            var rest = chars.AsSpan();
            while (PemEncoding.TryFind(rest, out var fields))
            {
                var content = new byte[fields.DecodedDataLength];
                if (blocks.Count == maximum
                    || ContainsMarker(rest[..fields.Location.Start.Value])
                    || !Convert.TryFromBase64Chars(rest[fields.Base64Data], content, out var written)
                    || written != content.Length)
                {
                    return null;
                }

                blocks.Add(new PemBlock(new string(rest[fields.Label]), content));
                rest = rest[fields.Location.End..];
            }

            return ContainsMarker(rest) ? null : blocks;
        }
        finally
        {
            chars.AsSpan().Clear();
        }
    }

    private static bool ContainsMarker(ReadOnlySpan<char> text) => text.Contains("-----BEGIN", StringComparison.Ordinal);
}
