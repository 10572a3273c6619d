using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>
/// All that one run of the tool needs: the repository, which stays from one benchmark to the next, and keys, policy, trust store and
/// module proxy, which are this benchmark's own.
/// </summary>
internal sealed class GeneratedProject : IDisposable
{
    public const string Repository = "modules.example/application";

    // Change it with anything that changes what is generated.
    private const string WorkloadVersion = "1";

    private static readonly (string Option, KeyRole Role, KeyAlgorithm Algorithm, string? Name)[] Keys =
    [
        ("sm2-key", KeyRole.EvidenceSm2, KeyAlgorithm.Sm2, null),
        ("p256-key", KeyRole.EvidenceP256, KeyAlgorithm.EcdsaP256, null),
        ("log-key", KeyRole.Log, KeyAlgorithm.EcdsaP256, "ephemeral.cicompliance.invalid"),
        ("log-sm2-key", KeyRole.Witness, KeyAlgorithm.Sm2, "ephemeral.cicompliance.invalid+sm2"),
    ];

    private readonly FixtureModuleProxy proxy;
    private readonly TempDirectory keys = new();

    private GeneratedProject(string folder, FixtureModuleProxy proxy)
    {
        Folder = folder;
        this.proxy = proxy;
    }

    public string Folder { get; }

    public string Source => Path.Combine(Folder, "repository");

    public string Evidence => Path.Combine(Folder, "evidence");

    public string Trust => Path.Combine(Folder, "trust.json");

    /// <summary>Shared by all that the benchmark builds with the same flags.</summary>
    public string GoCache => Path.GetFullPath(Path.Combine(Folder, "..", "go-build"));

    public string ProxyUrl => proxy.Url;

    public string SumdbKey => proxy.Sumdb.VerifierKey;

    private string Policy => Path.Combine(Folder, "compliance.yml");

    public static GeneratedProject Open(string artifacts, TextWriter log)
    {
        var folder = Path.Combine(artifacts, "benchmark", "v" + WorkloadVersion);
        var (proxy, goSum) = GeneratedModules.Serve();
        var project = new GeneratedProject(folder, proxy);
        var done = Path.Combine(folder, "complete");
        var history = new SignedHistory(project.Source, Path.Combine(folder, "committers"));
        if (!File.Exists(done))
        {
            log.WriteLine($"generating {GeneratedModules.Count} modules and {SignedHistory.Commits} signed commits in {folder} (once)");
            Trees.Remove(folder);
            history.Write(GeneratedApplication.Files(goSum));
            File.WriteAllText(done, "");
        }

        Directory.CreateDirectory(project.GoCache);
        project.WriteKeysAndPolicy(history);
        return project;
    }

    /// <summary>The arguments of <c>cicompliance run</c>.</summary>
    public IReadOnlyList<string> RunArguments(string go) =>
    [
        "run", "--demonstration", "--quiet", "--project", Source, "--config", Policy, "--trust", Trust, "--out", Evidence, "--go", go,
        .. Keys.Select(row => row.Option).Append("sm2-certificates").SelectMany(option => new[] { "--" + option, FileOf(option) }),
    ];

    public void RemoveEvidence()
    {
        Trees.Remove(Evidence);
        Trees.Remove(Evidence + ".work");
    }

    public void Dispose()
    {
        proxy.Dispose();
        keys.Dispose();
    }

    private string FileOf(string option) => keys.Combine(option + ".pem");

    private void WriteKeysAndPolicy(SignedHistory history)
    {
        File.SetUnixFileMode(keys.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var trusted = new List<TrustedKey>();
        foreach (var (option, role, algorithm, name) in Keys)
        {
            using var key = KeyGenerator.Generate(algorithm);
            key.Save(FileOf(option));
            trusted.AddRange(Import(option, Encoding.ASCII.GetBytes(key.PublicKeyPem), role).Select(item => item with { Name = name ?? item.Name }));
            if (option == "sm2-key")
            {
                using var signer = key.OpenSigner();
                var now = DateTimeOffset.UtcNow;
                File.WriteAllText(FileOf("sm2-certificates"), SelfSignedCertificate.ToPem(SelfSignedCertificate.Create(signer, "Benchmark evidence", now.AddMinutes(-5), now.AddDays(1))));
            }
        }

        trusted.AddRange(Import("OpenPGP committer", File.ReadAllBytes(history.OpenPgpKey), KeyRole.Committer));
        trusted.AddRange(Import("SM2 committer", File.ReadAllBytes(history.Sm2Certificate), KeyRole.Committer));
        trusted.AddRange(Import("checksum database", Encoding.ASCII.GetBytes(SumdbKey + "\n"), KeyRole.Sumdb));
        File.WriteAllBytes(Trust, new TrustStore(TrustStore.CurrentVersion, [.. trusted.Select(key => key with { Repositories = [Repository] })]).ToJson());
        File.WriteAllText(Policy, $"""
            version: 1
            repository: {Repository}
            go:
              provider: custom
              proxy: {ProxyUrl}
              sumdb: {SumdbKey}
            build:
              packages: [{string.Join(", ", GeneratedApplication.Packages)}]
              targets: [linux/amd64]
              cgo: true
              cache: shared
            log:
              kind: ephemeral
              ephemeral-in-ci: allowed

            """);
    }

    private static IReadOnlyList<TrustedKey> Import(string origin, byte[] content, KeyRole role) => KeyringImporter.Import(origin, content, role, []).Keys;
}
