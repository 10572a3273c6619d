namespace CiCompliance.Cryptography.OpenPgp;

/// <summary>The signatures on one part of a certificate that one key made itself; other people's are left aside.</summary>
internal sealed class PgpSelfSignatures
{
    private const int MaxSignatures = 1000;

    // An Ed25519 signature's own 64 bytes alone are more: what is shorter, or of another version, needs no exception to say so.
    private const int MinBody = 64;

    private readonly PgpPublicKey issuer;
    private readonly List<byte[]> packets;
    private readonly List<PgpSignature> signatures = [];

    /// <exception cref="FormatException">More signatures by this key than any honest certificate has.</exception>
    public PgpSelfSignatures(PgpPublicKey issuer, List<byte[]> packets)
    {
        this.issuer = issuer;
        this.packets = packets;
        foreach (var packet in packets)
        {
            if (TryParse(packet) is not { } signature || !signature.Names(issuer))
            {
                continue;
            }

            signatures.Add(signature);
            if (signatures.Count > MaxSignatures)
            {
                throw new FormatException("too many self-signatures");
            }
        }
    }

    /// <summary>One was left out for its hash algorithm.</summary>
    public bool HasWeak => signatures.Any(signature => PgpHash.IsWeak(signature.HashAlgorithm));

    /// <summary>The subpackets of the newest valid signature of these types.</summary>
    public PgpSubpackets? Newest(Func<PgpSignatureType, bool> isType, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        PgpSubpackets? newest = null;
        foreach (var signature in signatures)
        {
            if (isType(signature.Type) && !(newest?.Created >= signature.Subpackets.Created) && IsValid(signature, first, second))
            {
                newest = signature.Subpackets;
            }
        }

        return newest;
    }

    /// <summary>
    /// Every revocation of this type, whoever claims to have made it. One that can't be verified (a designated revoker's, a weak or unknown
    /// algorithm) counts as a hard one: the keyring was chosen by whoever trusts it, and a doubt there must not pass.
    /// </summary>
    public IReadOnlyList<PgpRevocation> Revocations(PgpSignatureType type, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        var revocations = new List<PgpRevocation>();
        foreach (var packet in packets)
        {
            if (TypeOf(packet) != type)
            {
                continue;
            }

            var signature = TryParse(packet);
            revocations.Add(signature is not null && signature.Names(issuer) && IsValid(signature, first, second)
                ? new PgpRevocation(IsHardReason(signature.Subpackets.RevocationReason), signature.Subpackets.Created!.Value)
                : new PgpRevocation(IsHard: true, DateTimeOffset.MinValue));
        }

        return revocations;
    }

    // RFC 4880 §5.2.3.23: 1 superseded, 3 retired.
    private static bool IsHardReason(byte? reason) => reason is not (1 or 3);

    private static PgpSignatureType? TypeOf(byte[] packet) => packet switch
    {
        [2 or 3, 5, var type, ..] => (PgpSignatureType)type,
        [>= 4, var type, ..] => (PgpSignatureType)type,
        _ => null,
    };

    private static PgpSignature? TryParse(byte[] packet)
    {
        if (packet is not [4, ..] || packet.Length < MinBody)
        {
            return null;
        }

        try
        {
            return PgpSignature.Parse(packet);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private bool IsValid(PgpSignature signature, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var subpackets = signature.Subpackets;
        return subpackets is { Created: { } created, HasUnknownCritical: false }
            && created >= issuer.Created
            && (subpackets.Lifetime ?? TimeSpan.Zero) == TimeSpan.Zero
            && signature.Verifies(issuer, first, second);
    }
}
