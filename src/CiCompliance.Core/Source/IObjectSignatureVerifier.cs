using CiCompliance.Keys;

namespace CiCompliance.Source;

/// <summary>Verifies the signature of a git commit or tag with the committers' keys of the trust store.</summary>
public interface IObjectSignatureVerifier
{
    /// <summary>Never throws for what the signature holds: malformed input is <see cref="SourceDiagnostics.BadSignature"/>.</summary>
    /// <param name="signature">The armour as it stands in the object, continuation spaces removed.</param>
    /// <param name="payload">The object's bytes without the signature header (commits) or trailer (tags).</param>
    /// <param name="committers">Keys with <see cref="KeyRole.Committer"/> that cover the repository.</param>
    SignatureAssessment Verify(
        SignatureFormat format,
        ReadOnlySpan<byte> signature,
        ReadOnlySpan<byte> payload,
        IReadOnlyList<TrustedKey> committers);
}

/// <param name="Diagnostic">Why not; null exactly when the verdict is <see cref="Verdict.Pass"/>.</param>
/// <param name="KeyId">The trusted key that verified it; where none did, the key id that the signature names, if any.</param>
/// <param name="SignedAt">The signature's own time: the signer's word, proves nothing by itself.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record SignatureAssessment(
    Verdict Verdict,
    Diagnostic? Diagnostic,
    string? KeyId,
    DateTimeOffset? SignedAt,
    LocalizedText Detail);
