using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Cryptography.Ssh;

/// <summary>One signature of OpenSSH's PROTOCOL.sshsig, taken apart but not verified.</summary>
/// <param name="PublicKey">The blob of the key that claims to have signed.</param>
/// <param name="Algorithm">As the signature itself names it.</param>
/// <param name="Material">What stands behind that name.</param>
internal sealed record SshSignature(byte[] PublicKey, string Namespace, string Hash, string Algorithm, byte[] Material)
{
    /// <summary>Null where it is of another version than 1, of which nothing more is known.</summary>
    /// <exception cref="FormatException">Malformed.</exception>
    public static SshSignature? Parse(ReadOnlySpan<byte> data, out uint version)
    {
        var reader = new SshReader(data);
        if (!reader.ReadBytes(6).SequenceEqual("SSHSIG"u8))
        {
            throw new FormatException("it does not begin with SSHSIG");
        }

        version = reader.ReadUInt32();
        if (version != 1)
        {
            return null;
        }

        var publicKey = reader.ReadString();
        var name = reader.ReadName();

        // OpenSSH verifies as if nothing stood here: what did would be under no signature.
        if (!reader.ReadString().IsEmpty)
        {
            throw new FormatException("its reserved field is not empty");
        }

        var hash = reader.ReadName();
        var blob = new SshReader(reader.ReadString());
        reader.RequireEnd();
        var algorithm = blob.ReadName();
        return new SshSignature(publicKey.ToArray(), name, hash, algorithm, blob.ReadToEnd().ToArray());
    }

    /// <summary>What is signed for a payload.</summary>
    public byte[] Message(ReadOnlySpan<byte> payload)
    {
        var digest = Hash == "sha256" ? SHA256.HashData(payload) : SHA512.HashData(payload);
        return [.. "SSHSIG"u8, .. Text(Namespace), .. Text(""), .. Text(Hash), .. Length(digest.Length), .. digest];
    }

    private static byte[] Text(string text) => [.. Length(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Length(int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        return bytes;
    }
}
