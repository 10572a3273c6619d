using System.Text;
using CiCompliance.Go;

namespace CiCompliance.GoProxy.Sources;

/// <summary>
/// Private modules straight from their git repositories: versions, go.mod and zips as the go command makes them with GOPROXY=direct, byte for byte of
/// what the h1 hashes are over.
/// </summary>
/// <exception cref="FormatException">The entry is not in its form.</exception>
public sealed class GitModuleSource(PrivateModules modules, GitRepositories repositories) : IModuleSource
{
    private const int MaxQuery = 256;

    private readonly PrivateModules modules = modules.Validate();

    public string Name => modules.RepositoryUrl;

    public Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellationToken) =>
        UseAsync(path, false, module => new GitVersions(module).ListAsync(), cancellationToken);

    public Task<ModuleInfo> ResolveAsync(string path, string query, CancellationToken cancellationToken) => query == "latest"
        ? ResolveLatestAsync(path, cancellationToken)
        : UseAsync(path, SemanticVersion.IsCanonical(query), module => ResolveAsync(module, Checked(path, query)), cancellationToken);

    public Task<ModuleInfo> ResolveLatestAsync(string path, CancellationToken cancellationToken) => UseAsync(path, false, async module =>
    {
        var versions = (await new GitVersions(module).ListAsync()).Select(version => (Text: version, Version: SemanticVersion.Parse(version)!)).OrderBy(pair => pair.Version).ToList();
        var latest = versions.FindLast(pair => pair.Version.Prerelease.Length == 0).Text ?? versions.LastOrDefault().Text;
        return latest is not null ? await ResolveAsync(module, latest)
            : module.Refs["HEAD"] is null ? throw new ModuleNotFoundException($"{path}: the repository has no commits")
            : await new GitVersions(module).ResolveAsync(await module.FindAsync("HEAD"), "");
    }, cancellationToken);

    public Task<byte[]> ReadGoModAsync(ModuleVersion module, CancellationToken cancellationToken) => UseAsync(module.Path, true, async found =>
    {
        var files = await FilesAsync(found, module);
        return files.GoMod ?? Encoding.ASCII.GetBytes($"module {module.Path}\n");
    }, cancellationToken);

    public async Task DownloadZipAsync(ModuleVersion module, Stream destination, CancellationToken cancellationToken)
    {
        await using var archive = await UseAsync(module.Path, true, async found =>
            await ModuleArchive.CreateAsync(module, await FilesAsync(found, module), found.Repository, repositories.CreateTemporary, cancellationToken), cancellationToken);
        await archive.WriteZipAsync(destination, cancellationToken);
    }

    private static async Task<ModuleInfo> ResolveAsync(GitModule module, string query) =>
        await new GitVersions(module).ResolveAsync(await module.FindAsync(module.RevisionOf(query)), query);

    private static async Task<GitModuleFiles> FilesAsync(GitModule module, ModuleVersion version)
    {
        if (!SemanticVersion.IsCanonical(Checked(version.Path, version.Version)))
        {
            throw new ModuleNotFoundException($"{SafeText.Line(version.Path, 300)}: version {SafeText.Line(version.Version, 300)} is not canonical");
        }

        // Not the tag's commit alone: a branch may have a version's name, and a pseudo-version may say of its commit what is not so.
        var commit = await module.FindAsync(module.RevisionOf(version.Version));
        _ = await new GitVersions(module).ResolveAsync(commit, version.Version);
        return await module.LocateAsync(commit, version.Version);
    }

    // No query gets to git: names are looked up in what the forge listed, and digits of ids are nothing but digits. This keeps the messages clean.
    private static string Checked(string path, string query) => query.Length <= MaxQuery && GitRefs.IsName(query)
        ? query
        : throw new ModuleNotFoundException($"{SafeText.Line(path, 300)}: '{SafeText.Line(query, 300)}' can't be the name of a revision");

    private Task<T> UseAsync<T>(string path, bool mayBeOld, Func<GitModule, Task<T>> action, CancellationToken cancellationToken)
    {
        var location = modules.Locate(path) ?? throw new ModuleNotFoundException($"{SafeText.Line(path, 300)} is no module of {modules.Prefix}");
        return repositories.UseAsync(modules, location.Remote, mayBeOld, (repository, refs) => action(new(location, repository, refs, cancellationToken)), cancellationToken);
    }
}
