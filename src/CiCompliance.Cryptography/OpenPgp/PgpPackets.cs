using System.Text;

namespace CiCompliance.Cryptography.OpenPgp;

/// <summary>The packets of one transferable public key (RFC 4880 §11.1), sorted but not yet verified.</summary>
internal sealed class PgpPackets
{
    private const int MaxPackets = 20_000;

    // Version, time, algorithm and the 32 bytes of the smallest key there is, Ed25519's.
    private const int MinKeyBody = 38;

    private List<byte[]> signatures;

    private PgpPackets(PgpPublicKey primary)
    {
        Primary = primary;
        signatures = DirectSignatures;
    }

    public PgpPublicKey Primary { get; }

    public List<byte[]> DirectSignatures { get; } = [];

    public List<UserId> UserIds { get; } = [];

    public List<Subkey> Subkeys { get; } = [];

    /// <summary>Signatures of every part, for what must be found wherever it lies.</summary>
    public List<byte[]> AllSignatures =>
        [.. DirectSignatures, .. UserIds.SelectMany(userId => userId.Signatures), .. Subkeys.SelectMany(subkey => subkey.Signatures)];

    /// <summary>Bodies of signature packets.</summary>
    public sealed record UserId(byte[] Hashed, string? Text, List<byte[]> Signatures);

    /// <param name="Key">Null for a subkey of another version, or malformed: it can't be used, and spoils nothing else.</param>
    public sealed record Subkey(PgpPublicKey? Key, List<byte[]> Signatures);

    /// <summary>Cuts a keyring into its keys; each part begins with a primary key packet.</summary>
    /// <exception cref="FormatException">Not a keyring of public keys.</exception>
    public static IReadOnlyList<byte[]> Split(ReadOnlySpan<byte> keyring, out bool holdsSecretKey)
    {
        holdsSecretKey = false;
        var keys = new List<byte[]>();
        var reader = new PgpReader(keyring);
        var start = 0;
        while (!reader.IsAtEnd)
        {
            var position = reader.Position;
            reader.ReadPacket(out var tag);
            holdsSecretKey |= tag is PgpTag.SecretKey or PgpTag.SecretSubkey;
            if (tag == PgpTag.PublicKey && position > start)
            {
                keys.Add(keyring[start..position].ToArray());
                start = position;
            }
        }

        keys.Add(keyring[start..].ToArray());
        return keys;
    }

    /// <exception cref="FormatException">Not exactly one public key.</exception>
    public static PgpPackets Parse(ReadOnlySpan<byte> data)
    {
        var reader = new PgpReader(data);
        var body = reader.ReadPacket(out var first);
        if (first != PgpTag.PublicKey)
        {
            throw new FormatException("a public key does not come first");
        }

        var packets = new PgpPackets(PgpPublicKey.Parse(body));
        for (var count = 0; !reader.IsAtEnd; count++)
        {
            if (count > MaxPackets)
            {
                throw new FormatException("too many packets");
            }

            body = reader.ReadPacket(out var tag);
            packets.Add(tag, body);
        }

        return packets;
    }

    private void Add(PgpTag tag, ReadOnlySpan<byte> body)
    {
        switch (tag)
        {
            case PgpTag.Signature:
                signatures.Add(body.ToArray());
                break;
            case PgpTag.UserId or PgpTag.UserAttribute when Subkeys.Count == 0:
                UserIds.Add(new UserId(HashedUserId(tag, body), tag == PgpTag.UserId ? Encoding.UTF8.GetString(body) : null, signatures = []));
                break;
            case PgpTag.PublicSubkey:
                Subkeys.Add(new Subkey(TryParseKey(body), signatures = []));
                break;
            case PgpTag.Trust or PgpTag.Marker or PgpTag.Padding:
                break;
            default:
                throw new FormatException("a packet that does not belong in a public key");
        }
    }

    // RFC 4880 §5.2.4: B4 for a user id, D1 for a user attribute, then the length in four octets.
    private static byte[] HashedUserId(PgpTag tag, ReadOnlySpan<byte> body)
    {
        var hashed = new byte[5 + body.Length];
        hashed[0] = tag == PgpTag.UserId ? (byte)0xB4 : (byte)0xD1;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(hashed.AsSpan(1), body.Length);
        body.CopyTo(hashed.AsSpan(5));
        return hashed;
    }

    private static PgpPublicKey? TryParseKey(ReadOnlySpan<byte> body)
    {
        if (body.Length < MinKeyBody || body[0] != 4)
        {
            return null;
        }

        try
        {
            return PgpPublicKey.Parse(body);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
