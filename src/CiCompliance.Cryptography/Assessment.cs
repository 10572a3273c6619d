using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Cryptography;

/// <summary>The answers of <see cref="ObjectSignatureVerifier"/>, each with its diagnostic.</summary>
internal static class Assessment
{
    public static SignatureAssessment Pass(string keyId) =>
        new(Verdict.Pass, Diagnostic: null, keyId, SignedAt: null, new LocalizedText("the signature verifies with a trusted key", "签名已用受信任的密钥验证通过"));

    public static SignatureAssessment Malformed(string en, string zh) => Fail(SourceDiagnostics.BadSignature, en, zh);

    public static SignatureAssessment Unsupported(string en, string zh) => Fail(SourceDiagnostics.UnsupportedSignature, en, zh);

    public static SignatureAssessment Weak(string en, string zh) => Fail(SourceDiagnostics.WeakAlgorithm, en, zh);

    public static SignatureAssessment Revoked() => Fail(SourceDiagnostics.RevokedKey, "the signing key is revoked", "签名密钥已吊销");

    public static SignatureAssessment NotValidThen() =>
        Fail(SourceDiagnostics.ExpiredKey, "the signing key was not valid at the time of signing", "签名密钥在签名时不在有效期内");

    public static SignatureAssessment UnknownKey(string? keyId, DateTimeOffset? signedAt) =>
        Fail(SourceDiagnostics.UnknownKey, "no committer's key in the trust store made this signature", "信任库中没有作出该签名的提交者密钥") with
        {
            KeyId = keyId,
            SignedAt = signedAt,
        };

    /// <summary>The trust store's own word on a key whose signature has verified: revocation first, then its window.</summary>
    public static SignatureAssessment Judge(TrustedKey key, DateTimeOffset signedAt) =>
        key.Revocation is { } revocation && (revocation.Reason != RevocationReason.Retired || signedAt > revocation.At) ? Revoked()
        : !key.IsValidAt(signedAt) ? NotValidThen()
        : Pass(key.Id);

    private static SignatureAssessment Fail(Diagnostic diagnostic, string en, string zh) =>
        new(Verdict.Fail, diagnostic, KeyId: null, SignedAt: null, new LocalizedText(en, zh));
}
