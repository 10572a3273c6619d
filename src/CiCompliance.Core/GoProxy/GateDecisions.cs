using System.Collections.Concurrent;
using CiCompliance.Go;

namespace CiCompliance.GoProxy;

/// <summary>What the gate says against modules: every refusal is written down, and a verdict stands for a while before it is looked at again.</summary>
internal sealed class GateDecisions(ModuleRules rules, IDecisionLog log, TimeProvider clock)
{
    private const int MaxRemembered = 10_000;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(ModuleVersion, ModuleRequestKind), (DateTimeOffset Until, Finding Finding)> verdicts = new();

    /// <exception cref="CiComplianceException">It is on the deny list (CIC7101).</exception>
    public void CheckDenied(ModuleVersion module)
    {
        if (rules.FindDenied(module.Path, module.Version) is { } rule)
        {
            var refusal = Refusals.Denied(module, rule);
            log.Refused(module, "", refusal.Finding);
            throw refusal;
        }
    }

    /// <exception cref="CiComplianceException">A moment ago it did not pass.</exception>
    public void CheckRemembered(ModuleVersion module, ModuleRequestKind kind)
    {
        if (verdicts.TryGetValue((module, kind), out var verdict) && verdict.Until > clock.GetUtcNow())
        {
            throw new CiComplianceException(verdict.Finding);
        }
    }

    public void Remember(ModuleVersion module, ModuleRequestKind kind, Finding finding)
    {
        if (verdicts.Count >= MaxRemembered)
        {
            verdicts.Clear();
        }

        verdicts[(module, kind)] = (clock.GetUtcNow() + Memory, finding);
    }

    /// <summary>Every way out is one that is written down: a failure of the disk is a refusal too.</summary>
    public async Task<T> DecidedAsync<T>(ModuleVersion module, string file, Func<Task<T>> decide)
    {
        try
        {
            try
            {
                return await decide();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Refusals.StorageFailed(module.ToString(), e);
            }
        }
        catch (CiComplianceException e)
        {
            log.Refused(module, file, e.Finding);
            throw;
        }
    }
}
