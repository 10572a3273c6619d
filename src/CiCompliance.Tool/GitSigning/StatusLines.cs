using System.Globalization;
using CiCompliance.Source;

namespace CiCompliance.Tool.GitSigning;

/// <summary>
/// Status lines as GnuPG prints them (doc/DETAILS) and git reads them (gpg-interface.c): exactly one of GOODSIG, BADSIG, EXPKEYSIG, REVKEYSIG and ERRSIG,
/// which git shows as G, B, Y, R and E.
/// </summary>
internal static class StatusLines
{
    private const string Prefix = "[GNUPG:] ";
    private const string NoKeyId = "0000000000000000";

    // The numbers of public key and hash algorithms are OpenPGP's, which has none for SM2 and SM3; git reads neither.
    private const string Algorithms = "0 0";

    public static string Created(string keyId, DateTimeOffset time) => $"{Prefix}SIG_CREATED D {Algorithms} 00 {Seconds(time)} {keyId}\n";

    /// <param name="name">The trusted key's; null where it is not known.</param>
    public static string Of(SignatureAssessment assessment, string? name)
    {
        var signer = assessment.Signers.Count > 0 ? assessment.Signers[0] : null;
        var (id, user) = (signer?.KeyId ?? NoKeyId, SafeText.Line(name ?? "unknown"));
        return Prefix + "NEWSIG\n" + (assessment switch
        {
            { Verdict: Verdict.Pass, Diagnostic: null } when signer is not null => Good(signer, user),
            { Diagnostic: var cause } when cause == SourceDiagnostics.BadSignature => $"{Prefix}BADSIG {id} {user}\n",
            { Diagnostic: var cause } when cause == SourceDiagnostics.ExpiredKey => $"{Prefix}EXPKEYSIG {id} {user}\n",
            { Diagnostic: var cause } when cause == SourceDiagnostics.RevokedKey => $"{Prefix}REVKEYSIG {id} {user}\n",
            { Diagnostic: var cause } when cause == SourceDiagnostics.UnknownKey => $"{Error(signer, 9)}{Prefix}NO_PUBKEY {id}\n",
            _ => Error(signer, 4),
        });
    }

    /// <summary>Nothing could be said about the signature.</summary>
    public static string Undecided() => $"{Prefix}NEWSIG\n{Error(signer: null, 4)}";

    private static string Good(ObjectSigner signer, string user)
    {
        var time = signer.SignedAt ?? DateTimeOffset.UnixEpoch;
        return $"{Prefix}GOODSIG {signer.KeyId} {user}\n"
            + $"{Prefix}VALIDSIG {signer.KeyId} {time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} {Seconds(time)} 0 1 0 {Algorithms} 00 {signer.KeyId}\n"
            + $"{Prefix}TRUST_FULLY 0\n";
    }

    private static string Error(ObjectSigner? signer, int reason) =>
        $"{Prefix}ERRSIG {signer?.KeyId ?? NoKeyId} {Algorithms} 00 {Seconds(signer?.SignedAt ?? DateTimeOffset.UnixEpoch)} {reason}\n";

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
