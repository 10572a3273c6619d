using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CiCompliance.Source;

/// <summary>An object id as bytes, for collections of many: a third of the memory of its text. SHA-1 ids end in zeros.</summary>
internal readonly record struct GitOid(Vector256<byte> Value)
{
    /// <exception cref="FormatException">Not an object id: a shortened one could stand for another.</exception>
    public static GitOid Parse(string hex)
    {
        GitObjectId.FormatOf(hex);
        Span<byte> bytes = stackalloc byte[Vector256<byte>.Count];
        Convert.FromHexString(hex, bytes, out _, out _);
        return new(Vector256.Create<byte>(bytes));
    }

    public string ToHex(GitObjectFormat format)
    {
        var value = Value;
        return Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<Vector256<byte>>(ref value))[..format.ByteLength]);
    }

    // Ids are hashes already.
    public override int GetHashCode() => Value.AsInt32()[0];
}
