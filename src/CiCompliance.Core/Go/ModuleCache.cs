using System.Collections.Concurrent;
using CiCompliance.Digests;

namespace CiCompliance.Go;

/// <summary>A zip or go.mod found in a module cache.</summary>
internal readonly record struct CachedFile(ModuleVersion Module, bool IsZip, string Path);

/// <summary>The download part of a GOMODCACHE: <c>cache/download/ESCAPED/@v/VERSION.{zip,mod,…}</c> (Go module reference, "Module cache").</summary>
internal sealed class ModuleCache(string root)
{
    private readonly string downloads = System.IO.Path.Combine(root, "cache", "download");

    public string ZipOf(ModuleVersion module) => FileOf(module, ".zip");

    public string GoModOf(ModuleVersion module) => FileOf(module, ".mod");

    /// <summary>Every zip and go.mod in it. Names that are no escaped module version are refused.</summary>
    /// <exception cref="FormatException">A file that no go command writes there.</exception>
    public IEnumerable<CachedFile> Files()
    {
        if (!Directory.Exists(downloads))
        {
            yield break;
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
        foreach (var file in Directory.EnumerateFiles(downloads, "*", options))
        {
            var extension = System.IO.Path.GetExtension(file);
            if (extension is not (".zip" or ".mod"))
            {
                continue;
            }

            var parts = System.IO.Path.GetRelativePath(downloads, file).Split("/@v/");
            var module = parts is [var path, var name]
                ? new ModuleVersion(ModulePath.Unescape(path), ModulePath.Unescape(name[..^extension.Length]))
                : throw new FormatException($"the module cache holds {System.IO.Path.GetRelativePath(downloads, file)}");
            yield return new(module, extension == ".zip", file);
        }
    }

    /// <summary>Hashes the zips of these modules in parallel; null where there is none, an exception's text where it is no module zip.</summary>
    public async Task<IReadOnlyDictionary<ModuleVersion, (ModuleZipDigest? Digest, string? Problem)>> HashZipsAsync(
        IEnumerable<ModuleVersion> modules, IDigestCalculator digests, CancellationToken cancellationToken)
    {
        var results = new ConcurrentDictionary<ModuleVersion, (ModuleZipDigest?, string?)>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Task.Run(() => Parallel.ForEach(modules, options, module =>
        {
            var file = ZipOf(module);
            if (!File.Exists(file))
            {
                return;
            }

            try
            {
                results[module] = (ModuleZip.Hash(file, module, digests, cancellationToken), null);
            }
            catch (InvalidDataException e)
            {
                results[module] = (null, e.Message);
            }
        }), cancellationToken);
        return results;
    }

    private string FileOf(ModuleVersion module, string extension) =>
        System.IO.Path.Combine(downloads, ModulePath.Escape(module.Path), "@v", ModulePath.Escape(module.Version) + extension);
}
