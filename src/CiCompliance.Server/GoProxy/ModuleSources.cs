using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Sources;

namespace CiCompliance.Server.GoProxy;

/// <param name="privateSources">Each with the prefix that it is for.</param>
internal sealed class ModuleSources(SourceList publicSources, IReadOnlyList<(string Prefix, IModuleSource Source)> privateSources) : IModuleSources
{
    public SourceList Public => publicSources;

    /// <summary>The source of the longest prefix.</summary>
    public IModuleSource? FindPrivate(string path) =>
        privateSources.Where(entry => ModuleRules.Covers(entry.Prefix, path)).OrderByDescending(entry => entry.Prefix.Length).Select(entry => entry.Source).FirstOrDefault();
}
