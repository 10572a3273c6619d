using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Keys;
using CiCompliance.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Attestations;

/// <summary>Verifies that a log entry is about this signature, and that a trusted log really holds it.</summary>
internal sealed class EntryVerifier(ISignatureVerifier verifier)
{
    private static readonly LocalizedText FetchAgain = new("Get the bundle again from its source, or log it again", "请从来源重新获取,或重新记录到日志");

    /// <returns>What the log proves, or null; every reason against it is added to the findings.</returns>
    public LogAssessment? Verify(
        LoggedEntry entry, SignedContent content, TrustedKey? signer, BundleExpectation expected, string origin, List<Finding> findings)
    {
        if (!EntryBody.Supports(entry.Kind, entry.Version))
        {
            findings.Add(new(BundleDiagnostics.Unsupported, origin,
                new($"its log entry is of kind {entry.Kind} {entry.Version}; hashedrekord 0.0.1, 0.0.2 and dsse 0.0.1 are read", $"其日志条目类型为 {entry.Kind} {entry.Version},仅支持 hashedrekord 0.0.1、0.0.2 与 dsse 0.0.1"),
                new("Verify it with cosign, or log it again with cicompliance record", "请用 cosign 验证,或用 cicompliance record 重新记录")));
            return null;
        }

        var log = expected.Logs.FirstOrDefault(key => LogKeyId.Of(key).AsSpan().SequenceEqual(entry.LogId));
        if (log is null)
        {
            findings.Add(new(BundleDiagnostics.UnknownLog, origin,
                new("its log entry is from a log whose key is not trusted", "其日志条目来自不受信任的日志"),
                new("Look which log it is; a log's key is added with cicompliance trust import --role log", "请确认是哪个日志;日志公钥用 cicompliance trust import --role log 添加")));
            return null;
        }

        var before = findings.Count;
        AddIf(!IsAbout(entry, content, signer), BundleDiagnostics.OtherEntry,
            new("its log entry is for another signature, key or digest", "其日志条目对应其他签名、密钥或摘要"));
        var time = VerifyTime(entry, log, expected, origin, findings);
        AddIf(!entry.IsIncluded(), BundleDiagnostics.BadInclusion,
            new("nothing proves that the log holds its entry", "无法证明日志中包含该条目"));
        var checkpoint = entry.VerifiedCheckpoint(log, verifier);
        AddIf(checkpoint is null, BundleDiagnostics.BadCheckpoint,
            new("the checkpoint is not the log's, or not for this tree", "检查点不是该日志的,或不对应该树"));
        return findings.Count == before ? new LogAssessment(entry.Proof!.Index, log, time, checkpoint!) : null;

        void AddIf(bool condition, Diagnostic diagnostic, LocalizedText what)
        {
            if (condition)
            {
                findings.Add(new(diagnostic, origin, what, FetchAgain));
            }
        }
    }

    /// <summary>The entry's signature, key and digest must be the bundle's: a genuine entry of another artefact proves nothing.</summary>
    private static bool IsAbout(LoggedEntry entry, SignedContent content, TrustedKey? signer)
    {
        EntryBody body;
        try
        {
            body = EntryBody.Parse(entry.Kind, entry.Version, entry.Body);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return false;
        }

        // Rekor v2 knows an envelope by the SHA-256 of what its signature is over.
        var (kind, digest) = content switch
        {
            SignedContent.Dsse dsse when body.Version == EntryBody.Version002 => (EntryBody.HashedRekord, SHA256.HashData(dsse.SignedBytes)),
            SignedContent.Dsse dsse => (EntryBody.Dsse, SHA256.HashData(dsse.Payload)),
            SignedContent.Message { Sha256: { } sha256 } => (EntryBody.HashedRekord, sha256),
            _ => ("", []),
        };
        return signer is not null
            && body.Kind == kind
            && body.Algorithm == HashAlgorithmName.SHA256
            && body.Digest.AsSpan().SequenceEqual(digest)
            && body.Signature.AsSpan().SequenceEqual(content.Signature)
            && body.Signer.IsKey(signer.PublicKey);
    }

    private DateTimeOffset? VerifyTime(LoggedEntry entry, TrustedKey log, BundleExpectation expected, string origin, List<Finding> findings)
    {
        if (entry.SignedEntryTimestamp is not null)
        {
            if (entry.HasAuthenticTime(log, verifier))
            {
                return DateTimeOffset.FromUnixTimeSeconds(entry.IntegratedTime!.Value);
            }

            findings.Add(new(BundleDiagnostics.BadTimestamp, origin,
                new("the log's signed entry timestamp does not verify", "日志的 SET 签名验证失败"), FetchAgain));
        }
        else if (entry.IntegratedTime is not null || !(expected.TakesRekorV2 && entry.IsRekorV2()))
        {
            findings.Add(new(BundleDiagnostics.NoTime, origin,
                new("no signed entry timestamp authenticates the time of its log entry", "没有 SET 能证实其日志条目的时间"), FetchAgain));
        }

        return null;
    }
}
