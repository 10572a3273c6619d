using CiCompliance.Attestations;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.Timestamping;

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
                return StampsVerify(context, step, name, assessment.Bundle!) ? assessment : null;
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

    /// <summary>
    /// The time before which a trusted, independent authority proves that the signature existed; null where none does. An authority's key counts
    /// as a log's does: not where somebody else may hold it, who could stamp any time.
    /// </summary>
    public static (DateTimeOffset Time, TrustedKey Authority)? ProvedTime(VerificationContext context, SigstoreBundle bundle)
    {
        (DateTimeOffset Time, TrustedKey Authority)? earliest = null;
        foreach (var stamp in Stamps(context, bundle))
        {
            if (stamp is { Time: var time, Authority: { } authority }
                && KeyJudge.ProvedTime(authority, time) is not null && KeyJudge.Judge(authority, time, context.Now) is null
                && (earliest is not { } known || time < known.Time))
            {
                earliest = (time, authority);
            }
        }

        return earliest;
    }

    private static bool StampsVerify(VerificationContext context, int step, string name, SigstoreBundle bundle)
    {
        var problem = Stamps(context, bundle).Select(stamp => stamp is null
                ? new LocalizedText("a time stamp in it is malformed, is not over its signature, or does not verify", "其中的时间戳格式有误、并非针对其签名,或验证失败")
                : ClockTolerance.IsInFuture(stamp.Time, context.Now) ? new($"its time stamp {stamp.Time:u} has not come yet", $"其时间戳 {stamp.Time:u} 尚未到来")
                : (LocalizedText?)null)
            .FirstOrDefault(found => found is not null);
        if (problem is { } what)
        {
            context.Refuse(step, name, VerificationDiagnostics.Timestamp, name, what);
        }

        return problem is null;
    }

    private static IEnumerable<TrustedTimestamp?> Stamps(VerificationContext context, SigstoreBundle bundle)
    {
        var authorities = context.Trust.With(KeyRole.Tsa, context.Run.Repository).ToList();
        return bundle.Timestamps.Select(stamp => TrustedTimestamp.Read(stamp, bundle.Content.Signature, authorities, context.Services.Timestamps));
    }
}
