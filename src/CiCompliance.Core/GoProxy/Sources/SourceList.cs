namespace CiCompliance.GoProxy.Sources;

/// <param name="OnAnyError">Whether the next source is asked after any failure (<c>|</c> in GOPROXY), and not only where there is no such module (<c>,</c>).</param>
public sealed record ListedSource(IModuleSource Source, bool OnAnyError);

/// <summary>Sources in order, with the go command's own rules of which is asked next (Go module reference, "GOPROXY").</summary>
public sealed class SourceList(IReadOnlyList<ListedSource> sources)
{
    /// <summary>The first answer, and who gave it.</summary>
    /// <exception cref="ModuleNotFoundException">No source has it, and none failed.</exception>
    /// <exception cref="ModuleSourceException">Nobody gave it, and one that might have it failed.</exception>
    public async Task<(T Answer, IModuleSource Source)> AskAsync<T>(Func<IModuleSource, Task<T>> ask)
    {
        ModuleNotFoundException? missing = null;
        ModuleSourceException? failed = null;
        foreach (var (source, onAnyError) in sources)
        {
            try
            {
                return (await ask(source), source);
            }
            catch (ModuleNotFoundException e)
            {
                missing = e;
            }
            catch (ModuleSourceException e)
            {
                failed ??= e;
                if (!onAnyError)
                {
                    break;
                }
            }
        }

        throw (Exception?)failed ?? missing ?? new ModuleNotFoundException("no source is configured");
    }
}
