namespace CiCompliance.Cryptography.OpenPgp;

/// <summary>The signature subpackets (RFC 4880 §5.2.3.1) that decide something.</summary>
internal sealed class PgpSubpackets
{
    private const int MaxSubpackets = 200;

    /// <summary>Null when absent, which makes the signature invalid (§5.2.3.4: it must be present and hashed).</summary>
    public DateTimeOffset? Created { get; private set; }

    /// <summary>The signature itself ends some time; null or zero: it doesn't.</summary>
    public TimeSpan? Lifetime { get; private set; }

    /// <summary>How long the key lives, from its creation; null or zero: without end.</summary>
    public TimeSpan? KeyLifetime { get; private set; }

    public byte? KeyFlags { get; private set; }

    public byte? RevocationReason { get; private set; }

    public byte[]? IssuerFingerprint { get; private set; }

    public byte[]? IssuerKeyId { get; private set; }

    /// <summary>The body of an embedded signature packet.</summary>
    public byte[]? Embedded { get; private set; }

    /// <summary>A critical subpacket whose meaning is not applied here: the signature must not be relied on (§5.2.3.1).</summary>
    public bool HasUnknownCritical { get; private set; }

    public bool MaySign => ((KeyFlags ?? 0) & 2) != 0;

    /// <exception cref="FormatException">Malformed, or one that may occur once occurs twice.</exception>
    public static PgpSubpackets Parse(ReadOnlySpan<byte> hashed, ReadOnlySpan<byte> unhashed)
    {
        var result = new PgpSubpackets();
        var reader = new PgpReader(hashed);
        for (var count = 0; !reader.IsAtEnd; count++)
        {
            CheckCount(count);
            var body = reader.ReadSubpacket(out var type, out var isCritical);
            result.Take(type, body, isCritical);
        }

        reader = new PgpReader(unhashed);
        for (var count = 0; !reader.IsAtEnd; count++)
        {
            CheckCount(count);
            var body = reader.ReadSubpacket(out var type, out _);
            result.TakeUnhashed(type, body);
        }

        return result;
    }

    private static void CheckCount(int count)
    {
        if (count >= MaxSubpackets)
        {
            throw new FormatException("too many subpackets");
        }
    }

    private void Take(int type, ReadOnlySpan<byte> body, bool isCritical)
    {
        switch (type)
        {
            case 2:
                Created = Once(Created, DateTimeOffset.FromUnixTimeSeconds(ReadUInt32(body)));
                break;
            case 3:
                Lifetime = Once(Lifetime, TimeSpan.FromSeconds(ReadUInt32(body)));
                break;
            case 9:
                KeyLifetime = Once(KeyLifetime, TimeSpan.FromSeconds(ReadUInt32(body)));
                break;
            case 16:
                IssuerKeyId = body.Length == 8 ? Once(IssuerKeyId, body) : throw new FormatException("not a key id");
                break;
            case 27:
                KeyFlags = Once(KeyFlags, body.IsEmpty ? (byte)0 : body[0]);
                break;
            case 29:
                RevocationReason = Once(RevocationReason, body.IsEmpty ? (byte)0 : body[0]);
                break;
            case 32:
                Embedded ??= body.ToArray();
                break;
            case 33:
                IssuerFingerprint = body is [4, .. var fingerprint] && fingerprint.Length == 20
                    ? Once(IssuerFingerprint, fingerprint)
                    : throw new FormatException("not a version 4 fingerprint");
                break;
            default:
                HasUnknownCritical |= isCritical && !IsHarmless(type);
                break;
        }
    }

    // Exportable, revocable, preferences, key server, primary user id, policy, signer's user id, features: they change no verdict here.
    private static bool IsHarmless(int type) => type is 4 or 7 or 11 or (>= 21 and <= 26) or 28 or 30 or 34 or 39;

    private void TakeUnhashed(int type, ReadOnlySpan<byte> body)
    {
        if (type == 16 && body.Length == 8)
        {
            IssuerKeyId ??= body.ToArray();
        }
        else if (type == 32)
        {
            Embedded ??= body.ToArray();
        }
    }

    private static uint ReadUInt32(ReadOnlySpan<byte> body)
    {
        var reader = new PgpReader(body);
        var value = reader.ReadUInt32();
        return reader.IsAtEnd ? value : throw new FormatException("a subpacket of another length");
    }

    private static T Once<T>(T? present, T value)
        where T : struct => present is null ? value : throw new FormatException("a subpacket that may occur once occurs twice");

    private static byte[] Once(byte[]? present, ReadOnlySpan<byte> value) =>
        present is null ? value.ToArray() : throw new FormatException("a subpacket that may occur once occurs twice");
}
