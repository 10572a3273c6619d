using CiCompliance.Cryptography.OpenPgp;
using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Cryptography;

/// <summary>
/// Detached OpenPGP signatures over any bytes, by the same rules as those of commits: RSA from 2048 bits, ECDSA P-256/384/521, Ed25519; SHA-256 and up.
/// Thread safe: keep one, since it remembers each trusted key's parsed form.
/// </summary>
/// <param name="timeProvider">Refuses signatures from the future.</param>
public sealed class OpenPgpSignatureVerifier(TimeProvider timeProvider) : IOpenPgpVerifier
{
    private const int MaxSignature = 16 << 10;

    private readonly OpenPgpVerifier verifier = new(timeProvider);

    public OpenPgpAnswer Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, TrustedKey key, DateTimeOffset at)
    {
        var judged = signature.Length > MaxSignature || key.Algorithm != KeyAlgorithm.OpenPgp
            ? Assessment.Malformed("it is larger than 16 KiB, or not for an OpenPGP key", "签名超过 16 KiB,或不对应 OpenPGP 密钥")
            : verifier.VerifyDetached(signature, message, key, at);
        var outcome = judged.Verdict == Verdict.Pass ? OpenPgpOutcome.Valid
            : judged.Diagnostic == SourceDiagnostics.RevokedKey || judged.Diagnostic == SourceDiagnostics.ExpiredKey ? OpenPgpOutcome.KeyNotValid
            : OpenPgpOutcome.Bad;
        return new(outcome, judged.Detail);
    }
}
