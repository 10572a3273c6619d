namespace CiCompliance.Cryptography.OpenPgp;

/// <param name="IsHard">Compromised or no reason: nothing it signed counts any more. Otherwise what was signed before stays.</param>
internal sealed record PgpRevocation(bool IsHard, DateTimeOffset At)
{
    public bool Covers(DateTimeOffset signedAt) => IsHard || signedAt >= At;
}

/// <summary>A primary key or subkey with what its verified signatures say of it.</summary>
/// <param name="IsBound">A valid self-signature or binding holds it (with its back signature, where it may sign).</param>
/// <param name="MaySign">Key flags name signing.</param>
/// <param name="IsWeak">The key itself is weak, or only signatures with weak hashes hold it.</param>
internal sealed record PgpSigningKey(
    PgpPublicKey Key,
    bool IsBound,
    bool MaySign,
    bool IsWeak,
    DateTimeOffset? Expires,
    IReadOnlyList<PgpRevocation> Revocations)
{
    public bool IsUsable => IsBound && MaySign && !IsWeak && Key.CanVerify;

    public bool IsRevokedAt(DateTimeOffset signedAt) => Revocations.Any(revocation => revocation.Covers(signedAt));

    public bool IsAliveAt(DateTimeOffset signedAt) => signedAt >= Key.Created && (Expires is null || signedAt < Expires);
}

/// <summary>
/// One OpenPGP certificate with its self-signatures, bindings and revocations verified once (RFC 4880 §5.2.3.3, §5.2.4, §11.1). Immutable.
/// </summary>
internal sealed class PgpCertificate
{
    private readonly List<PgpSigningKey> keys = [];
    private readonly List<string> userIds = [];

    private PgpCertificate(PgpPublicKey primary) => Primary = primary;

    public PgpPublicKey Primary { get; }

    public string Fingerprint => Convert.ToHexStringLower(Primary.Fingerprint);

    /// <summary>The user ids that are certified and not revoked.</summary>
    public IReadOnlyList<string> UserIds => userIds;

    /// <summary>The primary key first; subkeys carry the primary's expiry and revocations besides their own.</summary>
    public IReadOnlyList<PgpSigningKey> Keys => keys;

    /// <exception cref="FormatException">Not exactly one public key.</exception>
    public static PgpCertificate Parse(ReadOnlySpan<byte> data)
    {
        var packets = PgpPackets.Parse(data);
        var certificate = new PgpCertificate(packets.Primary);
        var primary = certificate.ReadPrimary(packets);
        certificate.keys.Add(primary);
        certificate.keys.AddRange(packets.Subkeys.Where(subkey => subkey.Key is not null).Select(subkey => ReadSubkey(primary, subkey.Key!, subkey.Signatures)));
        return certificate;
    }

    private PgpSigningKey ReadPrimary(PgpPackets packets)
    {
        // First, since it bounds how many there are of them before any is verified.
        var all = new PgpSelfSignatures(Primary, packets.AllSignatures);
        var onKey = new PgpSelfSignatures(Primary, packets.DirectSignatures);
        var direct = onKey.Newest(type => type == PgpSignatureType.DirectKey, Primary.Hashed);
        var isWeak = onKey.HasWeak;
        PgpSubpackets? certified = null;
        foreach (var userId in packets.UserIds)
        {
            var own = new PgpSelfSignatures(Primary, userId.Signatures);
            var certification = own.Newest(IsCertification, Primary.Hashed, userId.Hashed);
            var revocation = own.Newest(type => type == PgpSignatureType.CertificationRevocation, Primary.Hashed, userId.Hashed);
            isWeak |= own.HasWeak;
            if (certification is null || revocation?.Created >= certification.Created)
            {
                continue;
            }

            if (userId.Text is { } text)
            {
                userIds.Add(text);
            }

            certified = Newer(certified, certification);
        }

        return new PgpSigningKey(
            Primary,
            IsBound: (direct ?? certified) is not null,
            MaySign: Deciding(direct, certified, direct?.KeyFlags is not null)?.MaySign ?? false,
            IsWeak: Primary.IsWeak || ((direct ?? certified) is null && isWeak),
            Expiry(Primary, Deciding(direct, certified, direct?.KeyLifetime is not null)),
            all.Revocations(PgpSignatureType.KeyRevocation, Primary.Hashed));
    }

    private static PgpSigningKey ReadSubkey(PgpSigningKey primary, PgpPublicKey key, List<byte[]> signatures)
    {
        var own = new PgpSelfSignatures(primary.Key, signatures);
        var binding = own.Newest(type => type == PgpSignatureType.SubkeyBinding, primary.Key.Hashed, key.Hashed);
        var expiry = Expiry(key, binding);
        return new PgpSigningKey(
            key,
            IsBound: primary.IsBound && binding is not null && (!binding.MaySign || HasBackSignature(primary.Key, key, binding)),
            MaySign: binding?.MaySign ?? false,
            IsWeak: key.IsWeak || primary.IsWeak || (binding is null && own.HasWeak),
            expiry is null || primary.Expires < expiry ? primary.Expires ?? expiry : expiry,
            [.. primary.Revocations, .. own.Revocations(PgpSignatureType.SubkeyRevocation, primary.Key.Hashed, key.Hashed)]);
    }

    // Without it anyone could adopt another's signing key as a subkey of their own (RFC 4880 §5.2.1, type 19).
    private static bool HasBackSignature(PgpPublicKey primary, PgpPublicKey key, PgpSubpackets binding)
    {
        if (binding.Embedded is not { } embedded)
        {
            return false;
        }

        var back = new PgpSelfSignatures(key, [embedded]);
        return back.Newest(type => type == PgpSignatureType.PrimaryKeyBinding, primary.Hashed, key.Hashed) is not null;
    }

    private static bool IsCertification(PgpSignatureType type) =>
        type is >= PgpSignatureType.GenericCertification and <= PgpSignatureType.PositiveCertification;

    // gpg writes a direct-key signature only to name a designated revoker: of what it doesn't state it says nothing, however new it is.
    private static PgpSubpackets? Deciding(PgpSubpackets? direct, PgpSubpackets? certified, bool isStated) =>
        certified is null ? direct : direct is null || !isStated ? certified : Newer(certified, direct);

    // Of two of the same second the one that ends earlier counts.
    private static PgpSubpackets Newer(PgpSubpackets? one, PgpSubpackets other) =>
        one is null || other.Created > one.Created || (other.Created == one.Created && Lifetime(other) < Lifetime(one)) ? other : one;

    private static TimeSpan Lifetime(PgpSubpackets subpackets) =>
        subpackets.KeyLifetime is { } lifetime && lifetime > TimeSpan.Zero ? lifetime : TimeSpan.MaxValue;

    private static DateTimeOffset? Expiry(PgpPublicKey key, PgpSubpackets? subpackets) =>
        subpackets is not null && Lifetime(subpackets) is var lifetime && lifetime < TimeSpan.MaxValue ? key.Created + lifetime : null;
}
