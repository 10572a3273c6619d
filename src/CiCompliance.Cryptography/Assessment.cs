using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Cryptography;

/// <summary>What is thought of one signature; the fields as in <see cref="SignatureAssessment"/> and <see cref="ObjectSigner"/>.</summary>
internal sealed record Judgement(Verdict Verdict, Diagnostic? Diagnostic, string? KeyId, DateTimeOffset? SignedAt, LocalizedText Detail, string? Material = null);

/// <summary>The answers of <see cref="ObjectSignatureVerifier"/>, each with its diagnostic.</summary>
internal static class Assessment
{
    // A developer's clock may be a little ahead.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    public static bool IsInFuture(DateTimeOffset signedAt, TimeProvider timeProvider) => signedAt > timeProvider.GetUtcNow() + ClockTolerance;

    /// <summary>Of several signatures in one armour each must pass: one that doesn't is never covered up by another.</summary>
    public static SignatureAssessment Combine(IReadOnlyList<Judgement> judgements)
    {
        var worst = judgements.FirstOrDefault(judgement => judgement.Verdict != Verdict.Pass);
        var deciding = worst ?? judgements[0];
        var signers = (worst is null ? judgements : [worst]).Where(judgement => judgement.KeyId is not null).DistinctBy(judgement => judgement.KeyId)
            .Select(judgement => new ObjectSigner(judgement.KeyId!, judgement.SignedAt, judgement.Material));
        return new SignatureAssessment(deciding.Verdict, deciding.Diagnostic, [.. signers], deciding.Detail);
    }

    public static Judgement Pass(string keyId) =>
        new(Verdict.Pass, Diagnostic: null, keyId, SignedAt: null, new LocalizedText("the signature verifies with a trusted key", "签名已用受信任的密钥验证通过"));

    public static Judgement Malformed(string en, string zh) => Fail(SourceDiagnostics.BadSignature, en, zh);

    public static Judgement Unsupported(string en, string zh) => Fail(SourceDiagnostics.UnsupportedSignature, en, zh);

    public static Judgement Weak(string en, string zh) => Fail(SourceDiagnostics.WeakAlgorithm, en, zh);

    public static Judgement Revoked() => Fail(SourceDiagnostics.RevokedKey, "the signing key is revoked", "签名密钥已吊销");

    public static Judgement NotValidThen() =>
        Fail(SourceDiagnostics.ExpiredKey, "the signing key was not valid at the time of signing", "签名密钥在签名时不在有效期内");

    public static Judgement Expired() => Fail(SourceDiagnostics.ExpiredKey, "the signing key has expired", "签名密钥已过期");

    public static Judgement UnknownKey(string? keyId, DateTimeOffset? signedAt) =>
        Fail(SourceDiagnostics.UnknownKey, "no committer's key in the trust store made this signature", "信任库中没有作出该签名的提交者密钥") with
        {
            KeyId = keyId,
            SignedAt = signedAt,
        };

    /// <summary>The trust store's own word on a key whose signature has verified: revocation first, then its window.</summary>
    public static Judgement Judge(TrustedKey key, DateTimeOffset signedAt) =>
        key.Revocation is { } revocation && (revocation.Reason != RevocationReason.Retired || signedAt > revocation.At) ? Revoked()
        : !key.IsValidAt(signedAt) ? NotValidThen()
        : Pass(key.Id);

    private static Judgement Fail(Diagnostic diagnostic, string en, string zh) =>
        new(Verdict.Fail, diagnostic, KeyId: null, SignedAt: null, new LocalizedText(en, zh));
}
