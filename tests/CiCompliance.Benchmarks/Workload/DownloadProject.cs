using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>A module that requires all <see cref="GeneratedModules"/>, and <c>go mod download</c> of them with nothing of an earlier one.</summary>
internal sealed class DownloadProject
{
    private readonly string folder;
    private readonly string go;
    private int downloads;

    public DownloadProject(string folder, string go)
    {
        this.folder = folder;
        this.go = go;
        Directory.CreateDirectory(Source);
        File.WriteAllText(Path.Combine(Source, "go.mod"), "module modules.example/application\n\ngo 1.19\n\nrequire (\n"
            + string.Concat(GeneratedModules.Paths.Select(path => $"\t{path} {GeneratedModules.Version}\n")) + ")\n");
    }

    private string Source => Path.Combine(folder, "project");

    /// <param name="from">Before each start, outside the time: where to download from, and the checksum database.</param>
    public Command Download(string label, Func<(string GoProxy, string GoSumdb)> from)
    {
        var environment = new Dictionary<string, string>(GoPrograms.Environment(go)) { ["GOFLAGS"] = "-mod=mod" };
        return new Command(label, go, ["mod", "download"], environment, Source, () =>
        {
            // Modules, and what was seen of the checksum database: both are below it. Always another one, all removed at the end: what creates files
            // just after many were removed is slow (ext4 passes over inodes that were freed lately).
            environment["GOPATH"] = Path.Combine(folder, $"gopath-{++downloads}");
            environment["GOMODCACHE"] = Path.Combine(environment["GOPATH"], "pkg", "mod");
            File.Delete(Path.Combine(Source, "go.sum"));
            (environment["GOPROXY"], environment["GOSUMDB"]) = from();
            // So that nobody's flush waits for what an earlier download wrote.
            new Command("sync", "sync", []).Time();
        });
    }
}
