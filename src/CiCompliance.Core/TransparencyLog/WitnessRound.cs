using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>Collects the co-signatures that the policy wants for a checkpoint; only lines that verify with a trusted key are kept.</summary>
internal sealed class WitnessRound(WitnessPolicy policy, ISignatureVerifier verifier)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    // One that fails is only a reason why too few have signed.
    private static readonly RemoteService Service = new("log.witnesses", new("witness", "见证方"), WitnessDiagnostics.TooFew, WitnessDiagnostics.TooFew);

    /// <param name="urls">The witnesses' addresses.</param>
    /// <exception cref="CiComplianceException">Fewer than the policy wants (CIC4201).</exception>
    public async Task<IReadOnlyList<NoteSignature>> CosignAsync(
        IReadOnlyList<string> urls,
        TimeProvider clock,
        Checkpoint shown,
        Func<long, CancellationToken, Task<IReadOnlyList<byte[]>>> prove,
        CancellationToken cancellationToken)
    {
        var servers = urls.ToDictionary(url => url, url => new ServiceHttp(Service, url, Timeout, clock));
        try
        {
            var witnesses = servers.ToDictionary(
                server => server.Key,
                server => new WitnessClient((content, token) => server.Value.SendAsync(HttpMethod.Post, "add-checkpoint", content, token)));
            return await CosignAsync(witnesses, shown, prove, cancellationToken);
        }
        finally
        {
            foreach (var server in servers.Values)
            {
                server.Dispose();
            }
        }
    }

    /// <param name="witnesses">By their address.</param>
    /// <param name="shown">The checkpoint as the witnesses are shown it.</param>
    /// <exception cref="CiComplianceException">Fewer than the policy wants (CIC4201).</exception>
    public async Task<IReadOnlyList<NoteSignature>> CosignAsync(
        IReadOnlyDictionary<string, WitnessClient> witnesses,
        Checkpoint shown,
        Func<long, CancellationToken, Task<IReadOnlyList<byte[]>>> prove,
        CancellationToken cancellationToken)
    {
        var asked = await Task.WhenAll(witnesses.Select(async witness => (Url: witness.Key, Answer: await AskAsync(witness.Value, shown, prove, cancellationToken))));
        var given = shown with { Signatures = [] };
        var problems = new List<(string Url, LocalizedText What)>();
        foreach (var (url, (lines, problem)) in asked)
        {
            var kept = lines.Where(line => policy.Cosigners(shown with { Signatures = [line] }, verifier).Count > 0).ToList();
            given = given with { Signatures = [.. given.Signatures, .. kept.Where(line => !given.Signatures.Any(line.IsOfSameKey))] };
            if (kept.Count == 0)
            {
                problems.Add((url, problem ?? new("none of its lines is by a trusted witness", "没有受信见证方的签名行")));
            }
        }

        return policy.Verify(given, verifier) != Verdict.Fail
            ? given.Signatures
            : throw TooFew(policy.Cosigners(given, verifier).Count, problems);
    }

    private static async Task<(IReadOnlyList<NoteSignature> Lines, LocalizedText? Problem)> AskAsync(
        WitnessClient witness, Checkpoint shown, Func<long, CancellationToken, Task<IReadOnlyList<byte[]>>> prove, CancellationToken cancellationToken)
    {
        try
        {
            return await witness.CosignAsync(shown, prove, cancellationToken);
        }
        catch (CiComplianceException e)
        {
            // One witness that is down must not hide that enough others have signed.
            return ([], e.Finding.What);
        }
    }

    private CiComplianceException TooFew(int found, List<(string Url, LocalizedText What)> problems) => new(
        WitnessDiagnostics.TooFew, "log.witnesses",
        new($"{policy.Threshold} co-signatures are wanted, {found} verified: {string.Join("; ", problems.Select(problem => $"{problem.Url}: {problem.What.En}"))}",
            $"需要 {policy.Threshold} 个联署,已验证 {found} 个:{string.Join(";", problems.Select(problem => $"{problem.Url}:{problem.What.Zh}"))}"),
        new("Look whether the witnesses are up, know this log's key and are in the trust store with role witness, then run cicompliance record again",
            "请检查见证方是否可用、是否已登记此日志的公钥、是否以 witness 角色列入信任库,然后重新运行 cicompliance record"));
}
