using System.Collections.Concurrent;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.GoProxy;

/// <summary>
/// <c>decisions.jsonl</c>: a line of JSON for each decision of the gate. Alarms go to the operator's own log too. The
/// same refusal is written once a minute at most, and of all together a bounded number, so that nobody fills the disk by asking; how many were left out is said
/// when the minute is over. What passes is always written.
/// </summary>
internal sealed class DecisionFile : IDecisionLog, IDisposable
{
    private const int MaxRemembered = 10_000;

    /// <summary>Lines a minute, of refusals and of alarms apart: asking for what is denied silences no alarm.</summary>
    private const int MaxLines = 600;

    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly LineFile file;
    private readonly SharedFlush flush;
    private readonly Lock gate = new();
    private readonly ServerEvents events;
    private readonly GoProxyMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<(ModuleVersion, string), DateTimeOffset> said = new();
    private readonly LineBudget refusals;
    private readonly LineBudget alarms;

    /// <exception cref="IOException">It can't be opened.</exception>
    public DecisionFile(string path, ServerEvents events, GoProxyMetrics metrics, TimeProvider clock)
    {
        file = new LineFile(path);
        flush = new SharedFlush(file.FlushToDisk);
        this.events = events;
        this.metrics = metrics;
        this.clock = clock;
        refusals = new LineBudget(MaxLines, clock);
        alarms = new LineBudget(MaxLines, clock);
    }

    public async Task PassedAsync(ModuleVersion module, string file, StoredModule stored)
    {
        var kept = file == "zip" ? stored.Zip! : stored.GoMod!;
        SayMissed();
        Write("passed", ("module", module.Path), ("version", module.Version), ("file", file), ("h1", kept.H1), ("sha256", kept.Sha256),
            ("source", stored.Source ?? ""), ("signer", stored.Signer ?? ""));

        // As the file itself is, before it is given to anybody.
        await flush.RunAsync();
        metrics.Admitted(file);
    }

    public Task RecordingAsync(SumdbRecord record, string authority)
    {
        Write("recording", ("module", record.Module.Path), ("version", record.Module.Version), ("zip", record.Zip), ("gomod", record.GoMod), ("authority", authority));
        return flush.RunAsync();
    }

    public void Refused(ModuleVersion module, string file, Finding finding)
    {
        var code = finding.Diagnostic.Code;
        SayMissed();
        if (!IsNews((module, code)))
        {
            return;
        }

        var isAlarm = GoProxyDiagnostics.IsAlarm(finding.Diagnostic);
        if (!(isAlarm ? alarms : refusals).TryTake())
        {
            return;
        }

        said[(module, code)] = clock.GetUtcNow();

        ReadOnlySpan<(string, object)> members =
        [
            ("module", module.Path), ("version", module.Version), ("file", file), ("code", code), ("title", finding.Diagnostic.Title),
            ("message", SafeText.Line(finding.What.En, 600)),
        ];
        if (isAlarm)
        {
            events.Write("alarm", members);
        }

        try
        {
            Write(finding.Diagnostic.Kind == DiagnosticKind.NotCompliant ? "refused" : "undecided", members);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The refusal stands, and is said again as soon as it can be written.
            said.TryRemove((module, code), out _);
            events.Error(e);
        }
    }

    public void Dispose()
    {
        SayMissed(isLast: true);
        file.Dispose();
    }

    /// <summary>Says what was left out in minutes that have ended.</summary>
    /// <param name="isLast">And in this one.</param>
    private void SayMissed(bool isLast = false)
    {
        foreach (var (budget, isAlarm) in new[] { (refusals, false), (alarms, true) })
        {
            if (budget.TakeMissed(isLast) is not (> 0 and var count))
            {
                continue;
            }

            ReadOnlySpan<(string, object)> members = [("of", isAlarm ? "alarms" : "refusals"), ("count", count)];
            if (isAlarm)
            {
                events.Write("more", members);
            }

            try
            {
                Write("more", members);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                budget.GiveBack(count);
                events.Error(e);
            }
        }
    }

    /// <exception cref="IOException">It can't be written.</exception>
    private void Write(string name, params ReadOnlySpan<(string Name, object Value)> members)
    {
        var line = ServerEvents.Line(clock.GetUtcNow(), name, members);
        lock (gate)
        {
            file.WriteLine(line);
        }
    }

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
