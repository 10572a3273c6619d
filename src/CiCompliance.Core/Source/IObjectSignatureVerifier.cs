using CiCompliance.Keys;

namespace CiCompliance.Source;

/// <summary>Verifies the signature of a git commit or tag with the committers' keys of the trust store.</summary>
public interface IObjectSignatureVerifier
{
    /// <summary>Never throws for what the signature holds: malformed input is <see cref="SourceDiagnostics.BadSignature"/>.</summary>
    /// <param name="signature">Not <see cref="SignatureFormat.None"/> or <see cref="SignatureFormat.Unknown"/>.</param>
    /// <param name="committers">Keys with <see cref="KeyRole.Committer"/> that cover the repository.</param>
    SignatureAssessment Verify(ObjectSignature signature, IReadOnlyList<TrustedKey> committers);
}

/// <summary>One who signed an object.</summary>
/// <param name="KeyId">The trusted key that verified the signature; where none did, the key id that the signature names.</param>
/// <param name="SignedAt">The signature's own time, or the object's where it has none: the signer's word, proves nothing by itself.</param>
/// <param name="Material">The same for each trusted key that holds the very key which signed, as OpenPGP certificates can; null where the id is that already.</param>
public sealed record ObjectSigner(string KeyId, DateTimeOffset? SignedAt, string? Material = null);

/// <param name="Diagnostic">Why not; null exactly when the verdict is <see cref="Verdict.Pass"/>.</param>
/// <param name="Signers">
/// In the order of the armour. One armour may hold several signatures: it passes only where every one of them does, and then each trusted key stands here once.
/// </param>
/// <param name="Detail">One sentence for people.</param>
public sealed record SignatureAssessment(
    Verdict Verdict,
    Diagnostic? Diagnostic,
    IReadOnlyList<ObjectSigner> Signers,
    LocalizedText Detail);
