namespace CiCompliance.Source;

/// <summary>The signature of a commit or tag, taken apart as git does it, on bytes.</summary>
/// <param name="Format"><see cref="SignatureFormat.Unknown"/> also where there are several signatures, or one over another object format.</param>
/// <param name="Armour">The signature as its program printed it; empty for <see cref="SignatureFormat.None"/>.</param>
/// <param name="Payload">What was signed.</param>
/// <param name="ClaimedAt">The committer's or tagger's time: stands for the signing time where the signature names none (SSH); null where the line has another form.</param>
public sealed record ObjectSignature(SignatureFormat Format, ReadOnlyMemory<byte> Armour, ReadOnlyMemory<byte> Payload, DateTimeOffset? ClaimedAt = null)
{
    /// <summary>The format by the armour's first line (git's gpg-interface); <see cref="SignatureFormat.Unknown"/> for any other.</summary>
    public static SignatureFormat FormatOf(ReadOnlySpan<byte> armour) =>
        armour.StartsWith("-----BEGIN PGP SIGNATURE-----"u8) || armour.StartsWith("-----BEGIN PGP MESSAGE-----"u8) ? SignatureFormat.OpenPgp
        : armour.StartsWith("-----BEGIN SIGNED MESSAGE-----"u8) ? SignatureFormat.Cms
        : armour.StartsWith("-----BEGIN SSH SIGNATURE-----"u8) ? SignatureFormat.Ssh
        : SignatureFormat.Unknown;
}
