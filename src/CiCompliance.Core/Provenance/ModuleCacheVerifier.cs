using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Go;

namespace CiCompliance.Provenance;

/// <summary>
/// Compares a module cache with the verified modules just before the build: zips by SHA-256, extracted folders and go.mod files by
/// their <c>h1:</c> hash. The go command itself compiles an edited extracted folder without a word.
/// </summary>
internal static class ModuleCacheVerifier
{
    private const int MaxFiles = 65534;

    public static async Task<IReadOnlyList<Finding>> VerifyAsync(string cache, IReadOnlyList<ModuleRow> modules, CancellationToken cancellationToken)
    {
        var findings = new ConcurrentBag<Finding>();
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForEachAsync(modules, options, (module, token) =>
        {
            if (Judge(cache, module, token) is { } what)
            {
                findings.Add(new Finding(BuildDiagnostics.ModuleCacheDiffers, $"{module.Path}@{module.Version}", what,
                    new("Run the dependencies stage again with a new cache, and look for what writes to the old one", "请用新的缓存重新运行 dependencies 阶段,并排查是谁改写了旧缓存")));
            }

            return ValueTask.CompletedTask;
        });
        return [.. findings.OrderBy(finding => finding.Origin, StringComparer.Ordinal)];
    }

    private static LocalizedText? Judge(string cache, ModuleRow module, CancellationToken cancellationToken)
    {
        if (!ModulePath.IsPath(module.Path) || !ModulePath.IsVersion(module.Version))
        {
            return new("its path or version is not one", "模块路径或版本不合法");
        }

        var path = ModulePath.Escape(module.Path);
        var download = Path.Combine(cache, "cache", "download", path, "@v", ModulePath.Escape(module.Version));
        var zip = download + ".zip";
        if (module.Sha256 is null ? File.Exists(zip) : !File.Exists(zip) || Sha256(zip) != module.Sha256)
        {
            return new("its zip is not the one that was verified", "其 zip 与已验证的不一致");
        }

        if (module.GoModH1 is { } goMod && File.Exists(download + ".mod") && ModuleZip.HashGoMod(File.ReadAllBytes(download + ".mod")) != goMod)
        {
            return new("its go.mod is not the one that was verified", "其 go.mod 与已验证的不一致");
        }

        var folder = Path.Combine(cache, $"{path}@{ModulePath.Escape(module.Version)}");
        if (!Directory.Exists(folder) && !File.Exists(folder))
        {
            return null;
        }

        return module.ZipH1 is { } h1 && HashFolder(folder, $"{module.Path}@{module.Version}", cancellationToken) == h1
            ? null
            : new("its extracted folder was edited", "其解压目录被改动");
    }

    /// <summary>The <c>h1:</c> hash of a folder, or null where it holds what a module can't.</summary>
    internal static string? HashFolder(string folder, string prefix, CancellationToken cancellationToken)
    {
        var lines = new List<(byte[] Name, string Hash)>();
        var pending = new Stack<(DirectoryInfo Folder, string Prefix)>();
        pending.Push((new DirectoryInfo(folder), prefix));
        while (pending.TryPop(out var current))
        {
            if (current.Folder.LinkTarget is not null)
            {
                return null;
            }

            foreach (var entry in current.Folder.EnumerateFileSystemInfos())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var name = $"{current.Prefix}/{entry.Name}";
                if (entry.LinkTarget is not null || lines.Count >= MaxFiles || name.Contains('\n', StringComparison.Ordinal))
                {
                    return null;
                }

                if (entry is DirectoryInfo child)
                {
                    pending.Push((child, name));
                }
                else
                {
                    lines.Add((Encoding.UTF8.GetBytes(name), Sha256(entry.FullName)));
                }
            }
        }

        return ModuleZip.Summary(lines);
    }

    private static string Sha256(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
