using CiCompliance.Go;
using CiCompliance.GoProxy.Sources;

namespace CiCompliance.GoProxy;

/// <summary>Which versions there are, and what a query stands for: the sources' word, less what is denied, and where they have it no more, what is kept.</summary>
internal sealed class ModuleQuestions(ModuleRules rules, ModuleFetcher fetcher, KeptModules kept, GateDecisions decisions, CancellationToken stopping)
{
    private readonly SingleFlight<string, IReadOnlyList<string>> lists = new();
    private readonly SingleFlight<ModuleVersion, ModuleInfo> infos = new();

    public async Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await lists.RunAsync(path, () => AskAsync(path, "list", "list", source => source.ListAsync(path, stopping)), cancellationToken);
        }
        catch (ModuleNotFoundException) when (kept.Versions(path) is { Count: > 0 } versions)
        {
            // Imported, or gone from where it came: what was verified once is here for ever.
            return versions;
        }
    }

    public async Task<ModuleInfo> LatestAsync(string path, CancellationToken cancellationToken) =>
        Checked(path, await infos.RunAsync(
            new(path, ""), () => AskAsync(path, "latest", "info", source => source.ResolveLatestAsync(path, stopping)), cancellationToken));

    public async Task<ModuleInfo> InfoAsync(string path, string query, CancellationToken cancellationToken)
    {
        var module = new ModuleVersion(path, query);
        decisions.CheckDenied(module);
        if (SemanticVersion.IsCanonical(query) && kept.Find(module) is { HasInfo: true } known)
        {
            return new(known.Version, known.Time);
        }

        try
        {
            var info = Checked(path, await infos.RunAsync(
                module, () => AskAsync(path, query, "info", source => source.ResolveAsync(path, query, stopping)), cancellationToken));

            // Of what nobody has built nothing is kept: anybody may ask for any version.
            return await decisions.DecidedAsync(new(path, info.Version), "info", () =>
            {
                if (kept.Find(new(path, info.Version)) is { HasInfo: false })
                {
                    kept.Change(new(path, info.Version), stored => stored with { HasInfo = true, Time = info.Time });
                }

                return Task.FromResult(info);
            });
        }
        catch (ModuleNotFoundException) when (SemanticVersion.IsCanonical(query) && kept.Find(module) is { Zip: not null } or { GoMod: not null })
        {
            return new(query, null);
        }
    }

    private Task<T> AskAsync<T>(string path, string query, string file, Func<IModuleSource, Task<T>> ask) => decisions.DecidedAsync(new(path, query), file, async () =>
        rules.Denied.FirstOrDefault(rule => rule.CoversAll(path)) is { } rule
            ? throw Refusals.Denied(new(path, query), rule)
            : (await fetcher.AskAsync(new(path, query), rules.IsPrivate(path), ask)).Answer);

    private ModuleInfo Checked(string path, ModuleInfo info)
    {
        decisions.CheckDenied(new(path, info.Version));
        return info;
    }
}
