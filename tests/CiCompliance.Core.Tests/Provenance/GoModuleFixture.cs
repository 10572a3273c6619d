using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Processes;
using CiCompliance.Provenance;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Provenance;

/// <summary>
/// A module <c>example.com/app</c> with two programs and one dependency, a module cache that the real go command filled from a folder
/// proxy, and the evidence that the stages before <c>build</c> leave.
/// </summary>
internal sealed class GoModuleFixture : IDisposable, ISourceCheckout, IGoEnvironment
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 20, 0, 0, TimeSpan.Zero);

    private static readonly string Commit = new('a', 40);

    private readonly TempDirectory root = new();
    private readonly string go;
    private string written = "";

    public GoModuleFixture(string go, Action<GoModuleFixture>? change = null)
    {
        this.go = Peers.Require(go);
        WriteProxy();
        Project("go.mod", "module example.com/app\n\ngo 1.18\n\nrequire example.com/Acme/greet v1.2.0\n");
        Project("cmd/alpha/main.go", "package main\n\nimport \"example.com/Acme/greet\"\n\nfunc main() { println(greet.Text()) }\n");
        Project("cmd/beta/main.go", "package main\n\nfunc main() { println(\"beta\") }\n");
        change?.Invoke(this);
        Go("mod", "download", "all");
        WriteEvidence();
    }

    public CompliancePolicy Policy { get; set; } = new(
        1,
        "example.com/app", SourcePolicy.Default,
        new GoPolicy("goproxy.cn", null, null, false),
        new DependencyPolicy(VendorPolicy.Verified),
        new BuildPolicy(["./cmd/..."], ["linux/amd64"], false, BuildCachePolicy.Shared),
        new BinaryPolicy(StaticPolicy.Refused, ["libc.so.6"]),
        new LogPolicy(LogKind.Ephemeral, null, null, false),
        []);

    public VendorMode Vendor { get; set; }

    public string Work => root.Combine("out.work");

    public string EvidenceRoot => root.Combine("out");

    public string ModuleCache => Path.Combine(Work, "modcache");

    public string ProjectDirectory => root.Combine("project");

    public string Proxy => root.Combine("proxy");

    /// <summary>Runs when the checkout was written, before anything is built.</summary>
    public Action<string>? AfterCheckout { get; set; }

    /// <summary>Runs before the checkout is compared again.</summary>
    public Action<string>? BeforeComparison { get; set; }

    public static IDigestCalculator Digests { get; } = new TestDigests();

    public BuildStage Build => new(this, this, Digests, new ProcessRunner());

    public void Project(string name, string content) => root.Write("project/" + name, content);

    public void Go(params string[] arguments)
    {
        var environment = GoPrograms.Environment(go);
        environment["GOPROXY"] = "file://" + Proxy;
        environment["GOFLAGS"] = "-mod=mod";
        environment["GOMODCACHE"] = ModuleCache;
        var result = new ProcessRunner().RunAsync(new ProcessRequest(go, arguments, ProjectDirectory, environment), default).GetAwaiter().GetResult();
        result.ExitCode.ShouldBe(0, result.Error);
    }

    public async Task<StageResult> RunAsync(IStage stage)
    {
        using var evidence = EvidenceFolder.Open(EvidenceRoot);
        return await stage.RunAsync(Context(evidence), default);
    }

    public StageContext Context(EvidenceFolder evidence) => new(
        new RunOptions(ProjectDirectory, null, "HEAD", go, null, RunMode.Production, null, null, null, null),
        Policy, new TrustStore(1, []), evidence, new TestRunRecord(new("11111111-2222-4333-8444-555555555555", "example.com/app", new('a', 40), new('b', 40),
            new(new('c', 64), new('d', 64)), RunMode.Production, "0.1.0")), Work, new FixedClock(), new Progress<LocalizedText>());

    public byte[] Read(string name) => File.ReadAllBytes(Path.Combine(EvidenceRoot, name));

    public void Edit(string path, string content)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, content);
    }

    public void WriteEvidence(Func<ModuleRow, ModuleRow>? change = null)
    {
        using var evidence = EvidenceFolder.Open(EvidenceRoot);
        evidence.Write(EvidencePaths.Source, new SourceRecord("example.com/app", "sha1", Commit, new string('b', 40), null, null, null, "", 1, "cat-file").ToJson());
        evidence.Write(EvidencePaths.Modules,
            new DependencyRecord("example.com/app", "https://goproxy.cn", null, 0, CacheOrigin.Empty, Vendor, [.. Modules().Select(change ?? (row => row))]).ToJson());
    }

    Task<IReadOnlyList<GitTreeEntry>> ISourceCheckout.WriteAsync(string repositoryDirectory, string commit, string destination, CancellationToken cancellationToken)
    {
        commit.ShouldBe(Commit);
        foreach (var file in Directory.EnumerateFiles(repositoryDirectory, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(destination, Path.GetRelativePath(repositoryDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        AfterCheckout?.Invoke(destination);
        written = Snapshot(destination);
        return Task.FromResult<IReadOnlyList<GitTreeEntry>>([]);
    }

    IReadOnlyList<Finding> ISourceCheckout.Rehash(string destination, IReadOnlyList<GitTreeEntry> entries, CancellationToken cancellationToken)
    {
        BeforeComparison?.Invoke(destination);
        return Snapshot(destination) == written ? [] : [new Finding(SourceDiagnostics.BadSignature, destination, new("changed", "已改动"), new("look", "查看"))];
    }

    Task<GoEnvironment> IGoEnvironment.PrepareAsync(StageContext context, CancellationToken cancellationToken)
    {
        var variables = GoPrograms.Environment(go);
        return Task.FromResult(new GoEnvironment(go, variables, variables));
    }

    public void Dispose() => root.Dispose();

    private static string Snapshot(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));

    private void WriteProxy()
    {
        const string version = "v1.2.0";
        const string module = "module example.com/Acme/greet\n\ngo 1.18\n";
        var folder = "proxy/example.com/!acme/greet/@v";
        root.Write($"{folder}/list", version + "\n");
        root.Write($"{folder}/{version}.info", "{\"Version\":\"v1.2.0\",\"Time\":\"2026-01-01T00:00:00Z\"}");
        root.Write($"{folder}/{version}.mod", module);
        using var zip = ZipFile.Open(root.Combine(folder, version + ".zip"), ZipArchiveMode.Create);
        Add(zip, "go.mod", module);
        Add(zip, "greet.go", "package greet\n\nfunc Text() string { return \"hello\" }\n");
        Add(zip, "sub/ünused.txt", "text\n");
    }

    private static void Add(ZipArchive zip, string name, string content)
    {
        using var entry = zip.CreateEntry("example.com/Acme/greet@v1.2.0/" + name).Open();
        entry.Write(Encoding.UTF8.GetBytes(content));
    }

    private IEnumerable<ModuleRow> Modules()
    {
        var sums = Path.Combine(ProjectDirectory, "go.sum");
        var lines = File.Exists(sums) ? File.ReadAllLines(sums).Select(line => line.Split(' ')).ToList() : [];
        foreach (var (path, version) in lines.Select(line => (line[0], line[1].Replace("/go.mod", "", StringComparison.Ordinal))).Distinct())
        {
            var zip = Path.Combine(ModuleCache, "cache/download", path.Replace("A", "!a", StringComparison.Ordinal), "@v", version + ".zip");
            var digest = File.Exists(zip) ? Digests.Compute(File.ReadAllBytes(zip)) : null;
            yield return new ModuleRow(path, version,
                lines.SingleOrDefault(line => line[0] == path && line[1] == version)?[2],
                lines.SingleOrDefault(line => line[0] == path && line[1] == version + "/go.mod")?[2],
                digest is null ? null : new FileInfo(zip).Length, digest?.Sha256, digest?.Sm3, 1, Verdict.Pass, null);
        }
    }

    private sealed class TestDigests : IDigestCalculator
    {
        // The digest names matter here, not the algorithms.
        public DigestSet Compute(ReadOnlySpan<byte> content) =>
            new(Convert.ToHexStringLower(SHA256.HashData(content)), Convert.ToHexStringLower(SHA512.HashData(content))[..64]);

        public DigestSet Compute(Stream content, CancellationToken cancellationToken)
        {
            using var copy = new MemoryStream();
            content.CopyTo(copy);
            return Compute(copy.ToArray());
        }
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
