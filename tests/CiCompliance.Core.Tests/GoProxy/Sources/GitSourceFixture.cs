using CiCompliance.Go;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Processes;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>A git repository, and a source that reads it. Modules in it begin with <see cref="Root"/>.</summary>
internal sealed class GitSourceFixture : IDisposable
{
    /// <summary>The go command takes its repository from the <c>.git</c> in it and asks no web page.</summary>
    public const string Root = "example.test/repo.git";

    private readonly TempDirectory temp = new();

    public GitSourceFixture() => Source = Create(new());

    public GitRepositoryFixture Git { get; } = new();

    public GitModuleSource Source { get; private set; }

    public GitRepositories Repositories { get; private set; } = null!;

    /// <summary>The folder of the copies.</summary>
    public string Work => temp.Combine("work");

    public IEnumerable<string> Copies => Directory.EnumerateDirectories(Path.Combine(Work, "repositories"));

    public string Scratch(string name) => temp.Combine(name);

    public GitModuleSource Create(GitLimits limits, string? url = null, Func<PrivateModules, PrivateModules>? change = null, string? searchPath = null, IProcessRunner? processes = null)
    {
        var modules = new PrivateModules { Prefix = Root, RepositoryUrl = url ?? "file://" + Git.Path, IsLocal = true };
        searchPath ??= Environment.GetEnvironmentVariable("PATH")!;
        Repositories = new(Work, Git.Git, searchPath, processes ?? new ProcessRunner(), TimeProvider.System, limits);
        Repositories.Prepare();
        return Source = new(change?.Invoke(modules) ?? modules, Repositories);
    }

    public void GoMod(string file, string module, string? go = null) => Git.Write(file, $"module {module}\n{(go is null ? "" : $"\ngo {go}\n")}");

    public Task<ModuleInfo> ResolveAsync(string query, string path = Root) => Source.ResolveAsync(path, query, CancellationToken.None);

    public async Task<string> VersionAsync(string query, string path = Root) => (await ResolveAsync(query, path)).Version;

    public async Task<byte[]> ZipAsync(string version, string path = Root)
    {
        using var zip = new AsyncOnlyStream();
        await Source.DownloadZipAsync(new(path, version), zip, CancellationToken.None);
        return zip.ToArray();
    }

    public async Task<List<string>> FilesAsync(string version, string path = Root)
    {
        var module = new ModuleVersion(path, version);
        using var zip = new MemoryStream(await ZipAsync(version, path));
        var names = new List<string>();
        ModuleZip.ForEachFile(zip, module, (name, content) =>
        {
            content.CopyTo(Stream.Null);
            names.Add(name[(module.ToString().Length + 1)..]);
        });
        return names;
    }

    public void Dispose()
    {
        Git.Dispose();
        temp.Dispose();
    }

    /// <summary>As the body of a web server's answer: it can't be written without await, nor moved in.</summary>
    private sealed class AsyncOnlyStream : Stream
    {
        private readonly MemoryStream content = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public byte[] ToArray() => content.ToArray();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => content.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => content.WriteAsync(buffer, offset, count, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("written without await");

        public override void Flush() => throw new NotSupportedException("flushed without await");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
