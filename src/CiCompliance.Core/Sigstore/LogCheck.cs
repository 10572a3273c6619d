using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Attestations;
using CiCompliance.Keys;
using CiCompliance.Timestamping;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Sigstore;

/// <summary>The bundle's log entries: each must be about this signature, held by a trusted log, and logged while the log's key counted.</summary>
internal sealed class LogCheck(TrustMaterial trust, ISignatureVerifier ed25519, SigstoreReport report)
{
    private const string Entry = "log entry";

    /// <returns>The times that signed entry timestamps authenticate.</returns>
    public IReadOnlyList<DateTimeOffset> Verify(
        Bundle bundle, BundleSigner signer, SignedArtifact artifact, IReadOnlyList<DateTimeOffset> stamped, DateTimeOffset now)
    {
        var times = new List<DateTimeOffset>();
        if (bundle.Entries.Count == 0)
        {
            report.Refuse(Entry, BundleDiagnostics.NotLogged, new("it carries no transparency log entry", "其中没有透明日志条目"),
                new("Sign again with a transparency log", "请使用透明日志重新签名"));
        }

        foreach (var entry in bundle.Entries)
        {
            if (!EntryBody.Reads(entry.Kind, entry.Version))
            {
                var kind = Shown.Of($"{entry.Kind} {entry.Version}");
                report.Refuse(Entry, BundleDiagnostics.Unsupported, new($"its log entry is of the kind {kind}, which is not read", $"不支持其日志条目类型 {kind}"),
                    new("Verify it with the tool that made it", "请用生成它的工具验证"));
            }
            else if (LogsOf(entry) is { } logs)
            {
                VerifyAbout(entry, bundle.Content, signer, artifact);
                // A root may name a log's id several times: one of its entries has to account for all of it, checkpoint, promise and time.
                VerifyTime(entry, VerifyHeld(entry, logs, bundle.Version), stamped, now, times);
            }
        }

        return times;
    }

    private IReadOnlyList<LogKey>? LogsOf(LoggedEntry entry)
    {
        if (trust.Logs(entry.LogId) is { Count: > 0 } logs)
        {
            return logs;
        }

        report.Refuse(Entry, BundleDiagnostics.UnknownLog, trust.NamesLog(entry.LogId)
                ? new("its log's key in the trusted root is of a kind that is not read, or is not what its keyDetails says", "受信根中其日志的密钥类型不受支持,或与其 keyDetails 不符")
                : new("its log entry is from a log that the trusted root does not name", "其日志条目来自受信根未列出的日志"),
            new("Look which log it is; logs come from --trusted-root", "请确认是哪个日志;日志取自 --trusted-root"));
        return null;
    }

    private void VerifyAbout(LoggedEntry entry, SignedContent content, BundleSigner signer, SignedArtifact artifact)
    {
        try
        {
            var body = EntryBody.Parse(entry.Kind, entry.Version, entry.Body);
            if (!body.Signature.AsSpan().SequenceEqual(content.Signature) || !signer.Is(body.Signer))
            {
                Refuse("its log entry is for another signature, key or certificate", "其日志条目对应其他签名、密钥或证书");
            }
            else if (!IsLoggedAs(body, content))
            {
                Refuse("its log entry is of a kind for other content", "其日志条目类型与签名内容不符");
            }
            else if (DigestOf(content, body, artifact) is not { } digest)
            {
                report.Refuse(Entry, SigstoreDiagnostics.NeedsArtifact, new("its log entry has another digest of the artefact than SHA-256", "其日志条目使用 SHA-256 以外的制品摘要"),
                    new("Give the artefact itself", "请给出制品本身"));
            }
            else if (!digest.AsSpan().SequenceEqual(body.Digest))
            {
                Refuse("its log entry is for another digest", "其日志条目对应其他摘要");
            }
            else
            {
                report.Pass(Entry, "for this signature, signer and content", "对应此签名、签名者与内容");
            }
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            Refuse($"its log entry has not its kind's form ({e.Problem().En})", $"其日志条目不符合其类型({e.Problem().Zh})");
        }

        void Refuse(string en, string zh) => report.Refuse(Entry, BundleDiagnostics.OtherEntry, new(en, zh));
    }

    /// <summary>Rekor v2 has one kind for both; Rekor v1 one for messages and two for envelopes.</summary>
    private static bool IsLoggedAs(EntryBody body, SignedContent content) => body.Kind == EntryBody.HashedRekord
        ? content is SignedContent.Message || body.Version == EntryBody.Version002
        : content is SignedContent.Dsse;

    private static byte[]? DigestOf(SignedContent content, EntryBody body, SignedArtifact artifact) => content switch
    {
        SignedContent.Message => artifact.Digest(body.Algorithm),
        SignedContent.Dsse dsse => CryptographicOperations.HashData(body.Algorithm, body.Kind == EntryBody.HashedRekord ? dsse.SignedBytes : dsse.Payload),
        _ => null,
    };

    /// <returns>The logs whose key signed the checkpoint; all of them where there is none, or one that was refused.</returns>
    private IReadOnlyList<LogKey> VerifyHeld(LoggedEntry entry, IReadOnlyList<LogKey> logs, BundleVersion version)
    {
        // In v0.1 the log's promise is enough; a proof that leads to no checkpoint is none.
        var promised = version == BundleVersion.V01 && entry.SignedEntryTimestamp is not null && !entry.IsRekorV2();
        if (entry.Proof is not { } proof || (promised && proof.Checkpoint.Length == 0))
        {
            if (!promised)
            {
                report.Refuse("inclusion", BundleDiagnostics.BadInclusion, new("nothing proves that the log holds its entry", "无法证明日志中包含该条目"));
            }

            return logs;
        }

        if (entry.IsIncluded())
        {
            report.Pass("inclusion", $"entry {proof.Index} of {proof.TreeSize}", $"共 {proof.TreeSize} 条中的第 {proof.Index} 条");
        }
        else
        {
            report.Refuse("inclusion", BundleDiagnostics.BadInclusion, new("its inclusion proof does not lead to the root", "其包含证明未通向根"));
        }

        List<LogKey> signers = [.. logs.Where(log => IsCheckpoint(proof, entry, log))];
        if (signers.Count == 0)
        {
            report.Refuse("checkpoint", BundleDiagnostics.BadCheckpoint, new("the checkpoint is not the log's, or not for this tree", "检查点不是该日志的,或不对应该树"));
            return logs;
        }

        report.Pass("checkpoint", "signed by the log", "由该日志签署");
        return signers;
    }

    private bool IsCheckpoint(InclusionProof proof, LoggedEntry entry, LogKey log)
    {
        Checkpoint checkpoint;
        try
        {
            checkpoint = Checkpoint.ParseExtended(proof.Checkpoint);
        }
        catch (FormatException)
        {
            return false;
        }

        // A Rekor v2 log goes by its host's name alone; of Rekor v1 the tree's number comes with it, and clients compare no host.
        if (checkpoint.Size != proof.TreeSize || !checkpoint.Root.AsSpan().SequenceEqual(proof.Root) || (entry.IsRekorV2() && checkpoint.Origin != log.Log.Host))
        {
            return false;
        }

        // Other lines are witnesses' or other keys'; of this key's every one must verify.
        var own = checkpoint.Signatures.Where(line => line.Name == checkpoint.Name && line.Hint.AsSpan().SequenceEqual(log.Log.Hint)).ToList();
        var body = checkpoint.Body;
        return own.Count > 0 && own.TrueForAll(line => log.Key.Verify(body, line.Signature, ed25519));
    }

    private void VerifyTime(LoggedEntry entry, IReadOnlyList<LogKey> logs, IReadOnlyList<DateTimeOffset> stamped, DateTimeOffset now, List<DateTimeOffset> times)
    {
        const string Time = "log time";
        if (entry.SignedEntryTimestamp is null)
        {
            // Rekor v2 gives no time. An entry that has one which nobody signed pretends.
            if (entry.IntegratedTime is not null)
            {
                report.Refuse(Time, BundleDiagnostics.NoTime, new("no signed entry timestamp authenticates the time of its log entry", "没有 SET 能证实其日志条目的时间"));
            }
            else if (!logs.Any(log => stamped.DefaultIfEmpty(now).All(log.Log.ValidFor.Contains)))
            {
                RefuseWindow(Time, stamped.DefaultIfEmpty(now).First());
            }

            return;
        }

        List<LogKey> signers = entry.IsRekorV2() ? [] : [.. logs.Where(log => HasAuthenticTime(entry, log))];
        if (signers.Count == 0)
        {
            report.Refuse(Time, BundleDiagnostics.BadTimestamp, new("the log's signed entry timestamp does not verify", "日志的 SET 签名验证失败"));
            return;
        }

        var time = DateTimeOffset.FromUnixTimeSeconds(entry.IntegratedTime!.Value);
        if (ClockTolerance.IsInFuture(time, now))
        {
            TimestampCheck.RefuseFuture(report, Time, time);
        }
        else if (!signers.Exists(log => log.Log.ValidFor.Contains(time)))
        {
            RefuseWindow(Time, time);
        }
        else
        {
            times.Add(time);
            report.Pass(Time, $"{time:u}, signed by the log", $"{time:u},由该日志签署");
        }
    }

    private bool HasAuthenticTime(LoggedEntry entry, LogKey log) =>
        entry is { IntegratedTime: > 0 and var seconds, Index: >= 0, SignedEntryTimestamp: { } promise }
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        && log.Key.Verify(SignedEntryTimestamp.MessageOf(entry.Body, seconds, entry.LogId, entry.Index), promise, ed25519);

    private void RefuseWindow(string check, DateTimeOffset time) => report.Refuse(check, SigstoreDiagnostics.LogOutsideWindow,
        new($"the trusted root does not name its log's key for {time:u}", $"受信根未就 {time:u} 列出其日志密钥"));
}
