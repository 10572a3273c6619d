namespace CiCompliance.Keys;

/// <summary>Verifies detached OpenPGP signatures over any bytes with one certificate of the trust store.</summary>
public interface IOpenPgpVerifier
{
    /// <summary>
    /// Judges by the certificate alone: its self-signatures, flags, expiry and revocations, both at the time that the signature names and at
    /// <paramref name="at"/>. The trust store's own window and revocation are the caller's to judge. Never throws for what the signature holds.
    /// </summary>
    /// <param name="signature">One binary signature packet (RFC 4880 §5.2.3, version 4) of type 0x00, as <c>gpg --detach-sign</c> writes it.</param>
    /// <param name="key">Of <see cref="KeyAlgorithm.OpenPgp"/>.</param>
    /// <param name="at">The signature's own time is the signer's word: when the key must count as well.</param>
    OpenPgpAnswer Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, TrustedKey key, DateTimeOffset at);
}

/// <summary>What an OpenPGP signature is.</summary>
public enum OpenPgpOutcome
{
    /// <summary>No good signature by this certificate.</summary>
    Bad,

    /// <summary>A good one, by a key that had expired or was revoked.</summary>
    KeyNotValid,

    Valid,
}

/// <param name="Detail">Why, for people.</param>
public sealed record OpenPgpAnswer(OpenPgpOutcome Outcome, LocalizedText Detail);
