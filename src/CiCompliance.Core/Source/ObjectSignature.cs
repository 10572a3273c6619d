namespace CiCompliance.Source;

/// <summary>The signature of a commit or tag, taken apart as git does it, on bytes.</summary>
/// <param name="Format"><see cref="SignatureFormat.Unknown"/> also where there are several signatures, or one over another object format.</param>
/// <param name="Armour">The signature as its program printed it; empty for <see cref="SignatureFormat.None"/>.</param>
/// <param name="Payload">What was signed.</param>
public sealed record ObjectSignature(SignatureFormat Format, ReadOnlyMemory<byte> Armour, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The format by the armour's first line (git's gpg-interface); <see cref="SignatureFormat.Unknown"/> for any other.</summary>
    public static SignatureFormat FormatOf(ReadOnlySpan<byte> armour) =>
        armour.StartsWith("-----BEGIN PGP SIGNATURE-----"u8) || armour.StartsWith("-----BEGIN PGP MESSAGE-----"u8) ? SignatureFormat.OpenPgp
        : armour.StartsWith("-----BEGIN SIGNED MESSAGE-----"u8) ? SignatureFormat.Cms
        : armour.StartsWith("-----BEGIN SSH SIGNATURE-----"u8) ? SignatureFormat.Ssh
        : SignatureFormat.Unknown;

    /// <summary>Takes the signature of a <c>commit</c> or <c>tag</c>.</summary>
    /// <exception cref="FormatException">The bytes are not such an object, or it is of another type.</exception>
    public static ObjectSignature Of(string type, ReadOnlyMemory<byte> raw) => type switch
    {
        GitObjectType.Commit => CommitObject.Parse(raw).ReadSignature(),
        GitObjectType.Tag => TagObject.Parse(raw).ReadSignature(),
        _ => throw new LocalizedFormatException($"a {type} carries no signature", $"{type} 类型的对象不带签名"),
    };
}
