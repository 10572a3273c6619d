using CiCompliance.Attestations;
using CiCompliance.Json;
using CiCompliance.Keys;

namespace CiCompliance.Evidence.Verification;

/// <summary>Verifies one Sigstore bundle of the folder: signature, log entry, authenticated time.</summary>
internal static class Bundles
{
    /// <summary>The assessment where it passed; null where it was refused.</summary>
    public static BundleAssessment? Verify(VerificationContext context, int step, string name, byte[]? payload)
    {
        if (context.Snapshot.Find(name)?.Content is not { } content)
        {
            context.Refuse(step, name, VerificationDiagnostics.Missing, name, new("the file is missing or too large", "文件缺失或过大"));
            return null;
        }

        var expected = new BundleExpectation(
            [.. context.Trust.With(KeyRole.EvidenceP256, context.Run.Repository)],
            [.. context.Trust.With(KeyRole.Log, context.Run.Repository)])
        {
            Payload = payload,
            TakesRekorV2 = true,
        };
        var assessment = new BundleVerifier(context.Services.Signatures).Verify(content, expected, name);
        if (assessment.Verdict == Verdict.Pass)
        {
            // Sigstore's readers take white space and any order; here every byte of the folder is fixed.
            if (CanonicalJson.IsCanonical(content))
            {
                return assessment;
            }

            context.Refuse(step, name, VerificationDiagnostics.BadFormat, name, new("it is not in canonical form (RFC 8785)", "不是规范形式(RFC 8785)"));
            return null;
        }

        foreach (var finding in assessment.Findings)
        {
            context.Refuse(step, name, finding);
        }

        return null;
    }
}
