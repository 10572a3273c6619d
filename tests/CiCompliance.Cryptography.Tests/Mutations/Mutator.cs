using System.Buffers.Binary;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>Changes bytes as chance, a broken program or an attacker would.</summary>
internal sealed class Mutator(DeterministicBytes random)
{
    private const int MaxBytes = 48 << 10;

    // ASN.1: INTEGER, BIT and OCTET STRING, NULL, OBJECT IDENTIFIER, SEQUENCE, SET, [0], [1]. OpenPGP, both forms: signature, one-pass, secret
    // key, public key, compressed, marker, trust, user id, subkey, user attribute.
    public static readonly byte[] Tags =
    [
        0x02, 0x03, 0x04, 0x05, 0x06, 0x30, 0x31, 0x80, 0xA0, 0xA1,
        0x88, 0x89, 0x90, 0x95, 0x99, 0xA3, 0xA8, 0xB0, 0xB4, 0xB8, 0xC2, 0xC4, 0xC5, 0xC6, 0xC8, 0xCA, 0xCC, 0xCD, 0xCE, 0xD1,
    ];

    // DER and OpenPGP lengths: indefinite, long forms, beyond 31 and 32 bits, five octets, partial.
    private static readonly byte[][] Lengths =
    [
        [0x00], [0x7F], [0x80], [0x81, 0xFF], [0x82, 0xFF, 0xFF], [0x84, 0x7F, 0xFF, 0xFF, 0xFF], [0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        [0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xDF, 0xFF], [0xE0], [0xFE], [0xFF, 0x06, 0x00, 0x00, 0x00], [0xFF, 0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ];

    /// <summary>One to three changes, which never come to none.</summary>
    /// <param name="donor">Another valid input of the same kind.</param>
    public byte[] Mutate(byte[] good, byte[] donor)
    {
        var bytes = good;
        for (var count = 1 + random.Next(3); count > 0; count--)
        {
            bytes = bytes.Length == 0 ? [.. donor.Take(1 + random.Next(64))] : Change(bytes, donor);
            bytes = bytes.Length > MaxBytes ? bytes[..MaxBytes] : bytes;
        }

        return bytes.AsSpan().SequenceEqual(good) ? [.. bytes, (byte)random.Next(256)] : bytes;
    }

    private byte[] Change(byte[] bytes, byte[] donor)
    {
        var (start, end) = Chunk(bytes);
        var at = random.Next(bytes.Length + 1);
        return random.Next(18) switch
        {
            0 or 1 => Replace(bytes, start, [(byte)(bytes[start] ^ (1 << random.Next(8)))]),
            2 => Replace(bytes, start, [random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(0xFF7F8000 >> (8 * random.Next(4)))]),
            3 => bytes[..start],
            4 => random.Next(4) == 0 ? [.. Noise(), .. bytes] : [.. bytes, .. random.Next(2) == 0 ? Noise() : donor],
            5 => [.. bytes[..at], .. bytes[start..end], .. bytes[at..]],
            6 => [.. bytes[..start], .. bytes[end..]],
            7 => [.. bytes[end..], .. bytes[..start], .. bytes[start..end]],
            8 => start < donor.Length ? Replace(bytes, start, donor[start..Math.Min(end, donor.Length)]) : donor,
            9 => Chunk(donor) is var (from, to) ? [.. bytes[..start], .. donor[from..to], .. bytes[end..]] : bytes,
            10 => SetNumber(bytes, 2),
            11 => SetNumber(bytes, 4),
            12 => Replace(bytes, start, Lengths[random.Next(Lengths.Length)]),
            13 => Replace(bytes, start, [Tags[random.Next(Tags.Length)]]),
            14 or 15 or 16 => LengthPrefix.Grow(bytes, random.Next(3), at, random.Next(2) == 0 ? Noise() : donor[..Math.Min(donor.Length, 1 + random.Next(16))]),
            _ => random.Next(8) == 0 ? Repeat(bytes, start, end) : Nest(bytes),
        };
    }

    private (int Start, int End) Chunk(byte[] bytes)
    {
        var start = random.Next(bytes.Length);
        return (start, start + 1 + random.Next(Math.Min(bytes.Length - start, random.Next(2) == 0 ? 8 : bytes.Length)));
    }

    private byte[] Noise() => [.. Enumerable.Range(0, 1 + random.Next(64)).Select(_ => (byte)random.Next(256))];

    private static byte[] Replace(byte[] bytes, int at, byte[] with)
    {
        var result = bytes.ToArray();
        with.AsSpan(0, Math.Min(with.Length, bytes.Length - at)).CopyTo(result.AsSpan(at));
        return result;
    }

    /// <summary>Sets an extreme where something stands that could well be a length: a number that fits into the rest.</summary>
    private byte[] SetNumber(byte[] bytes, int size)
    {
        var last = bytes.Length - size;
        if (last < 0)
        {
            return bytes[..^1];
        }

        var at = random.Next(last + 1);
        for (var i = 0; i <= last && Read(at) > bytes.Length; i++)
        {
            at = (at + 1) % (last + 1);
        }

        var value = random.Next(6) switch { 0 => 0, 1 => Read(at) - 1, 2 => Read(at) + 1, 3 => 0x7FFFFFFF, 4 => 100_000_000, _ => 0xFFFFFFFF };
        var number = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(number, size == 2 ? (uint)value << 16 : (uint)value);
        return Replace(bytes, at, number[..size]);

        long Read(int position) => size == 2 ? BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(position)) : BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(position));
    }

    private byte[] Repeat(byte[] bytes, int start, int end)
    {
        var times = 1 + random.Next(Math.Max(1, MaxBytes / (end - start)));
        return [.. bytes[..start], .. Enumerable.Repeat(bytes[start..end], times).SelectMany(chunk => chunk), .. bytes[end..]];
    }

    // Into another packet or value, whose length is true.
    private byte[] Nest(byte[] bytes)
    {
        var tag = Tags[random.Next(Tags.Length)];
        byte[] length = [(byte)(bytes.Length >> 24), (byte)(bytes.Length >> 16), (byte)(bytes.Length >> 8), (byte)bytes.Length];
        return [tag, tag >= 0xC0 ? (byte)0xFF : (byte)0x84, .. length, .. bytes];
    }
}
