using CiCompliance.Digests;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Exports;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Keys;
using CiCompliance.Server.GoProxy.Records;
using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.GoProxy;

/// <summary>What is done with a proxy's folder from outside.</summary>
public static class GoProxyFolder
{
    internal const long MaxQuarantine = 2L << 30;

    /// <summary>Writes a signed export. The proxy may be running: what it has kept doesn't change.</summary>
    /// <param name="prefixes">None: everything.</param>
    /// <returns>How many module versions, and how many were left out because the disk has spoilt a file.</returns>
    /// <exception cref="CiComplianceException">CIC4001, CIC4003 or CIC7132.</exception>
    public static ExportedModules Export(
        string path, string target, IReadOnlyList<string> prefixes, ISigner key, IDigestCalculator digests, TimeProvider clock, CancellationToken cancellationToken) =>
        new ModuleExporter(StoreOf(path, clock), digests, clock).Export(target, SumdbStore.ReadKey(Path.Combine(path, GoProxyOptions.SumdbFolder)), prefixes, key, cancellationToken);

    /// <summary>Verifies an export and takes it in. The proxy must not be running.</summary>
    /// <param name="trust">With a key of role <see cref="KeyRole.GoproxyExport"/>, and the publishers' keys whose signatures, which the outer proxy verified, hold here too.</param>
    /// <returns>How many module versions.</returns>
    /// <exception cref="CiComplianceException">CIC4001-CIC4007, CIC7113 or CIC7130-CIC7132.</exception>
    public static async Task<int> ImportAsync(
        string path, string folder, TrustStore trust, ISigner key, ISigner? sm2, ISignatureVerifier verifier, TextWriter output, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var events = new ServerEvents(output, clock);
        await using var records = RecordBook.Open(path, key, sm2, verifier, events, clock, cancellationToken);
        var store = StoreOf(path, clock);
        store.Prepare();
        using var decisions = OpenDecisions(path, events, new GoProxyMetrics(), clock);
        return await new ModuleImporter(store, records, decisions, trust, verifier, clock).ImportAsync(folder, cancellationToken);
    }

    /// <exception cref="CiComplianceException">It can't be opened (CIC7113).</exception>
    internal static DecisionFile OpenDecisions(string path, ServerEvents events, GoProxyMetrics metrics, TimeProvider clock)
    {
        try
        {
            return new(Path.Combine(path, "decisions.jsonl"), events, metrics, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GoProxyDiagnostics.Unusable(path, e);
        }
    }

    internal static FileModuleStore StoreOf(string path, TimeProvider clock) => new(Path.Combine(path, "cache"), MaxQuarantine, clock);
}
