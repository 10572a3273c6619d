using CiCompliance.Keys;

namespace CiCompliance.Evidence.Verification;

/// <summary>
/// Whether a key counts (step 6). With a time that an independent log or TSA proves, the key must be valid then; without one it must be valid
/// now, since an old key could have signed anything yesterday under any date. A compromised key counts only for what is proved earlier.
/// </summary>
internal static class KeyJudge
{
    /// <summary>
    /// The time that a log entry proves: an independent log's, and not one whose key somebody else may hold, who could write any time. Null of a log
    /// that gives none, as Rekor v2. The same of a time-stamping authority. The earlier of both for the seal becomes <see cref="VerificationContext.ProvedTime"/>,
    /// by which every key is judged but the log's own: that one by what an independent log proves alone.
    /// </summary>
    public static DateTimeOffset? ProvedTime(TrustedKey log, DateTimeOffset? integratedTime) =>
        log is { Independent: true, Revocation: null or { Reason: RevocationReason.Retired } } ? integratedTime : null;

    /// <summary>Null where the key counts.</summary>
    public static (Diagnostic Diagnostic, LocalizedText What)? Judge(TrustedKey key, DateTimeOffset? provedTime, DateTimeOffset now)
    {
        var time = provedTime ?? now;
        if (key.Revocation is { } revocation && !(provedTime < revocation.At))
        {
            return revocation.Reason == RevocationReason.Retired && provedTime is null
                ? (VerificationDiagnostics.TimeUnproved, new(
                    $"key '{key.Name}' was retired at {revocation.At:u} and nothing proves that it signed earlier",
                    $"密钥“{key.Name}”已于 {revocation.At:u} 停用,且没有证据证明签名更早"))
                : (VerificationDiagnostics.KeyRevoked, new(
                    $"key '{key.Name}' is revoked ({revocation.Reason}) since {revocation.At:u}",
                    $"密钥“{key.Name}”自 {revocation.At:u} 起已吊销({revocation.Reason})"));
        }

        if (key.IsValidAt(time))
        {
            return null;
        }

        return provedTime is null && key.ValidUntil < now
            ? (VerificationDiagnostics.TimeUnproved, new(
                $"key '{key.Name}' was valid until {key.ValidUntil:u} and nothing proves that it signed before",
                $"密钥“{key.Name}”有效期至 {key.ValidUntil:u},且没有证据证明签名更早"))
            : (VerificationDiagnostics.KeyNotValid, new(
                $"key '{key.Name}' was not valid at {time:u}",
                $"密钥“{key.Name}”在 {time:u} 无效"));
    }
}
