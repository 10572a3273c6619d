using System.Text;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool.Wiring;

internal sealed class EmbeddedLogFolders(ISignerFactory signers, ISignatureVerifier verifier, TimeProvider clock) : ILogFolders
{
    public string Create(string path, string origin, KeyReference key)
    {
        using var signer = signers.Open(key, KeyAlgorithm.EcdsaP256);
        using var log = LogStore.Create(path, origin, signer, [], verifier, clock);
        return log.Checkpoint.ToString();
    }

    public string Checkpoint(string path)
    {
        using var log = Open(path);
        return log.Checkpoint.ToString();
    }

    public string ProveInclusion(string path, long index)
    {
        using var log = Open(path);
        return InRange(index < log.Checkpoint.Size, log.Checkpoint.Size, () =>
        {
            var proof = log.InclusionProof(index, log.Checkpoint.Size);
            return Encoding.UTF8.GetString(new InclusionProofDocument(index, proof.TreeSize, proof.Hashes, proof.Checkpoint).ToJson());
        });
    }

    public string ProveConsistency(string path, long from, long? to)
    {
        using var log = Open(path);
        var size = to ?? log.Checkpoint.Size;
        return InRange(from > 0 && size <= log.Checkpoint.Size, log.Checkpoint.Size,
            () => Encoding.UTF8.GetString(new ConsistencyProof(from, size, log.ConsistencyProof(from, size)).ToJson()));
    }

    public async Task<LogObservation> ObserveAsync(string target, LogApi api, TrustedKey key, byte[]? seen, Action<Checkpoint> unproven, CancellationToken cancellationToken)
    {
        using var observed = target.Contains("://", StringComparison.Ordinal) ? ObservedServer.Open(target, api, key, verifier, clock) : new ObservedFolder(Open(target));
        return await new LogMonitor(key, verifier).ObserveAsync(observed, seen, unproven, cancellationToken);
    }

    private LogStore Open(string path) => LogStore.Open(path, null, verifier, clock);

    private static string InRange(bool holds, long size, Func<string> prove) => holds ? prove()
        : throw new CiComplianceException(ToolDiagnostics.OptionValue, "log prove",
            new($"the log has {size} entries", $"日志共有 {size} 条"), new("Give numbers within it", "请给出其范围内的数值"));
}
