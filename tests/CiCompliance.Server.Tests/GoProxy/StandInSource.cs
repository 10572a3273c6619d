using System.Collections.Concurrent;
using System.Text;
using CiCompliance.Go;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>Private modules in memory.</summary>
internal sealed class StandInSource : IModuleSource
{
    private readonly ConcurrentDictionary<ModuleVersion, Dictionary<string, string>> modules = new();

    public string Name => "https://git.example.cn";

    /// <summary>Thrown by whatever is asked.</summary>
    public Exception? Failure { get; set; }

    public void Add(string path, string version, string content) =>
        modules[new(path, version)] = new() { ["go.mod"] = $"module {path}\n", ["a.go"] = $"package a\n\n// {content}\n" };

    public Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<string>>(() => [.. modules.Keys.Where(module => module.Path == path).Select(module => module.Version)]);

    public Task<ModuleInfo> ResolveAsync(string path, string query, CancellationToken cancellationToken) => Answer(() => Find(new(path, query)) is not null ? new ModuleInfo(query, null) : null!);

    public Task<ModuleInfo> ResolveLatestAsync(string path, CancellationToken cancellationToken) => Answer(() => new ModuleInfo(modules.Keys.First(module => module.Path == path).Version, null));

    public Task<byte[]> ReadGoModAsync(ModuleVersion module, CancellationToken cancellationToken) => Answer(() => Encoding.UTF8.GetBytes(Find(module)["go.mod"]));

    public async Task DownloadZipAsync(ModuleVersion module, Stream destination, CancellationToken cancellationToken) =>
        await destination.WriteAsync(await Answer(() => FixtureModuleProxy.Zip(module, Find(module))), cancellationToken);

    private Dictionary<string, string> Find(ModuleVersion module) => modules.TryGetValue(module, out var files) ? files : throw new ModuleNotFoundException($"no {module}");

    private async Task<T> Answer<T>(Func<T> answer)
    {
        await Task.Yield();
        return Failure is { } failure ? throw failure : answer();
    }
}
