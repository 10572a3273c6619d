using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Testing;

public static class ObjectSignatureVerifierExtensions
{
    /// <summary>Verifies a signature that stands in no object.</summary>
    public static SignatureAssessment Verify(
        this IObjectSignatureVerifier verifier, SignatureFormat format, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> payload,
        IReadOnlyList<TrustedKey> committers, DateTimeOffset? claimedAt = null) =>
        verifier.Verify(new ObjectSignature(format, signature.ToArray(), payload.ToArray(), claimedAt), committers);
}
