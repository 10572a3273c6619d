using System.Buffers.Binary;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>Puts bytes into the middle of a structure with the lengths around them made true again, so that what follows is still found where it was.</summary>
internal static class LengthPrefix
{
    /// <param name="kind">Which lengths: 0 SSH's, of four octets; 1 DER's; 2 OpenPGP's, of one octet behind a tag or two before an area.</param>
    /// <param name="at">Where; the next end of a field behind it is taken, if there is one.</param>
    public static byte[] Grow(byte[] bytes, int kind, int at, byte[] more)
    {
        var fields = Find(bytes, kind).ToList();
        at = fields.Select(field => field.End).Where(end => end >= at).DefaultIfEmpty(at).Min();
        var grown = bytes.ToArray();
        foreach (var (position, size, start, end) in fields.Where(field => field.Start <= at && at <= field.End))
        {
            var length = end - start + more.Length;
            var number = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, length);
            number.AsSpan(4 - size).CopyTo(grown.AsSpan(position));
        }

        return [.. grown[..at], .. more, .. grown[at..]];
    }

    // What could well be a length: the field that it states lies within the bytes.
    private static IEnumerable<(int Position, int Size, int Start, int End)> Find(byte[] bytes, int kind)
    {
        for (var i = 0; i + 4 < bytes.Length; i++)
        {
            var isTagged = i > 0 && Mutator.Tags.Contains(bytes[i - 1]);
            var (position, size) = (kind, bytes[i]) switch
            {
                (0, 0) => (i, 4),
                (1, < 0x80) when isTagged => (i, 1),
                (1, 0x81) when isTagged => (i + 1, 1),
                (1, 0x82) when isTagged => (i + 1, 2),
                (2, _) when i == 1 => (i, bytes[0] is 0x89 or 0x99 ? 2 : 1),
                (2, 0) when bytes[i + 1] >= 16 => (i, 2),
                _ => (0, 0),
            };
            var length = size switch
            {
                0 => 0,
                1 => bytes[position],
                2 => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(position)),
                _ => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(position)),
            };
            if (length > 0 && length <= bytes.Length - position - size)
            {
                yield return (position, size, position + size, position + size + length);
            }
        }
    }
}
