using System.Collections.Concurrent;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Server.Log;

namespace CiCompliance.Server.GoProxy;

/// <summary>
/// <c>decisions.jsonl</c>: a line of JSON for each decision of the gate. Alarms go to the operator's own log too. The
/// same refusal is written once a minute at most, so that nobody fills the disk by asking.
/// </summary>
internal sealed class DecisionFile : IDecisionLog, IDisposable
{
    private const int MaxRemembered = 10_000;

    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly LineFile file;
    private readonly LogEvents lines;
    private readonly LogEvents events;
    private readonly GoProxyMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<(ModuleVersion, string), DateTimeOffset> said = new();

    /// <exception cref="IOException">It can't be opened.</exception>
    public DecisionFile(string path, LogEvents events, GoProxyMetrics metrics, TimeProvider clock)
    {
        file = new LineFile(path);
        lines = new LogEvents(file, clock);
        this.events = events;
        this.metrics = metrics;
        this.clock = clock;
    }

    public void Passed(ModuleVersion module, string file, StoredModule stored)
    {
        var kept = file == "zip" ? stored.Zip! : stored.GoMod!;
        lines.Write("passed", ("module", module.Path), ("version", module.Version), ("file", file), ("h1", kept.H1), ("sha256", kept.Sha256),
            ("source", stored.Source ?? ""), ("signer", stored.Signer ?? ""));
        metrics.Admitted(file);
    }

    public void Recording(SumdbRecord record, string authority) =>
        lines.Write("recording", ("module", record.Module.Path), ("version", record.Module.Version), ("zip", record.Zip), ("gomod", record.GoMod), ("authority", authority));

    public void Refused(ModuleVersion module, string file, Finding finding)
    {
        var code = finding.Diagnostic.Code;
        if (!IsNews((module, code)))
        {
            return;
        }

        said[(module, code)] = clock.GetUtcNow();

        ReadOnlySpan<(string, object)> members =
        [
            ("module", module.Path), ("version", module.Version), ("file", file), ("code", code), ("title", finding.Diagnostic.Title),
            ("message", SafeText.Line(finding.What.En, 600)),
        ];
        if (GoProxyDiagnostics.IsAlarm(finding.Diagnostic))
        {
            events.Write("alarm", members);
        }

        try
        {
            lines.Write(finding.Diagnostic.Kind == DiagnosticKind.NotCompliant ? "refused" : "undecided", members);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The refusal stands, and is said again as soon as it can be written.
            said.TryRemove((module, code), out _);
            events.Error(e);
        }
    }

    public void Dispose() => file.Dispose();

    private bool IsNews((ModuleVersion, string) what)
    {
        var now = clock.GetUtcNow();
        if (said.TryGetValue(what, out var last) && now - last < Again)
        {
            return false;
        }

        if (said.Count >= MaxRemembered)
        {
            said.Clear();
        }

        return true;
    }
}
