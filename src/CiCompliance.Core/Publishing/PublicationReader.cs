using System.Text.Json;
using CiCompliance.Assessment;
using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Evidence.Verification;
using CiCompliance.Policy;
using CiCompliance.Sigstore;

namespace CiCompliance.Publishing;

/// <summary>
/// Reads an evidence folder once and compares it with what was handed over and with its manifest. That alone proves no signature: anybody can
/// write a seal that fits, so only a digest from the job that sealed it makes it worth anything.
/// </summary>
internal static class PublicationReader
{
    public static Publication Read(string directory, HandedOver handedOver, IDigestCalculator digests, CancellationToken cancellationToken)
    {
        var snapshot = Open(directory, digests, cancellationToken);
        try
        {
            if (handedOver.Digest is { } expected)
            {
                FolderDigest.Check(snapshot, directory, expected);
            }

            var seal = snapshot.Files.Keys.FirstOrDefault(name => name.StartsWith("seal/", StringComparison.Ordinal));
            if (handedOver.IsUnsealed && seal is not null)
            {
                throw new CiComplianceException(PublishingDiagnostics.SealUnexpected, seal,
                    new("the run was not sealed, so somebody else put this there", "该运行未封存,此文件系他人放入"),
                    new("Find out who can write to the store between the jobs; a sealed run is published without --unsealed",
                        "请查明谁能写入作业之间的存储;已封存的运行请去掉 --unsealed 发布"));
            }

            var evidence = Parse(snapshot, EvidencePaths.Evidence, EvidenceRecord.MaxBytes, bytes => EvidenceRecord.Parse(bytes));
            var policy = Parse(snapshot, EvidencePaths.PolicyApplied, 1 << 20, bytes => CompliancePolicy.Parse(bytes));
            var manifest = seal is null ? null : CheckManifest(snapshot);
            if (manifest is not null && manifest.Run != evidence.Run)
            {
                throw Changed(EvidencePaths.Evidence, new("it belongs to another run than the seal", "与封存不属于同一次运行"));
            }

            var files = snapshot.Files.Values.Select(file => new DigestedFile(file.Name, file.Size, file.Digests));
            var input = AssessmentInputs.From(evidence, policy, manifest?.Log.Kind ?? policy.Log.Kind, files);
            return manifest is null
                ? new Publication(snapshot, handedOver, evidence, input, log: null, seal: null, signatures: null)
                : new Publication(snapshot, handedOver, evidence, input, LogOf(snapshot, manifest),
                    snapshot.Find(EvidencePaths.Manifest)!.Digests, handedOver.VerifySignatures?.Invoke(manifest.Run));
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <exception cref="CiComplianceException">Missing, too large, or without its format (CIC5402).</exception>
    public static T Parse<T>(EvidenceSnapshot snapshot, string name, int maxBytes, Func<byte[], T> parse)
    {
        if (snapshot.Find(name) is not { } file)
        {
            throw Changed(name, new("the file is missing", "文件缺失"));
        }

        try
        {
            return parse(file.ReadWhole(maxBytes));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw Changed(name, new($"it does not have its format: {e.Message}", $"格式不正确:{e.Message}"), e);
        }
    }

    private static EvidenceSnapshot Open(string directory, IDigestCalculator digests, CancellationToken cancellationToken)
    {
        try
        {
            return EvidenceSnapshot.Open(directory, digests, cancellationToken);
        }
        catch (CiComplianceException e) when (e.Diagnostic.Kind == DiagnosticKind.NotCompliant)
        {
            // A refusal of publishing is no verdict about the build.
            throw Changed(e.Finding.Origin, e.Finding.What, e);
        }
    }

    private static Manifest CheckManifest(EvidenceSnapshot snapshot)
    {
        // Step 3 of verify evidence looks at the files only: neither trust nor expectation plays a part in it.
        var context = new VerificationContext(snapshot, null!, null!, null!, default);
        ManifestStep.Verify(context);
        return context.Findings is [var first, ..]
            ? throw Changed(first.Origin, context.Findings.Count == 1 ? first.What
                : new($"{first.What.En} (and {context.Findings.Count - 1} more)", $"{first.What.Zh}(另有 {context.Findings.Count - 1} 项)"))
            : context.Manifest;
    }

    /// <summary>The log entry is shown everywhere, so it must be the entry of this manifest.</summary>
    private static LogReference LogOf(EvidenceSnapshot snapshot, Manifest manifest)
    {
        var bundle = Parse(snapshot, EvidencePaths.ManifestSigstore, SigstoreBundle.MaxBytes, bytes => SigstoreBundle.Parse(bytes) is var read && read.ToJson().AsSpan().SequenceEqual(bytes)
            ? read : throw new JsonException("not in canonical form (RFC 8785)"));
        // No manifest lists the seal's own files: its statement does.
        var files = new[] { EvidencePaths.Manifest, EvidencePaths.ManifestSm2 }.Select(name => new Subject(name, snapshot.Find(name)!.Digests));
        return bundle is { Content: SignedContent.Dsse dsse, Entry: { } entry } && IsSealOf(dsse.Payload, files)
            ? LogReference.Of(entry, manifest.Log)
            : throw Changed(EvidencePaths.ManifestSigstore, new("it is not the logged seal of this manifest", "不是此清单已入日志的封存"));
    }

    private static bool IsSealOf(byte[] payload, IEnumerable<Subject> files)
    {
        try
        {
            var statement = Statement.Parse(payload);
            return statement.PredicateType == PredicateTypes.Seal && files.All(statement.Subject.Contains);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static CiComplianceException Changed(string origin, LocalizedText what, Exception? cause = null) =>
        new(PublishingDiagnostics.FolderChanged, origin, what,
            new("Publish the folder as the run left it; cicompliance verify evidence says more", "请发布运行所留下的原目录;cicompliance verify evidence 可给出更多信息"), cause);
}
