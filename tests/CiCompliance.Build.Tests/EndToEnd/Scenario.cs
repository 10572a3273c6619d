using CiCompliance.Build.Quickstart;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>The quickstart's parts, made once: every case takes them and breaks one thing.</summary>
[SetUpFixture]
public sealed class Scenario
{
    private static TempDirectory folder = null!;
    private static QuickstartKeys keys = null!;
    private static QuickstartRepository repository = null!;

    public static string Root { get; } = Invocation.From([]).Root;

    public static string Tool { get; } = Environment.GetEnvironmentVariable("CICOMPLIANCE_TOOL") ?? Path.Combine(Root, "artifacts", "tool", "cicompliance");

    public static FixtureModuleProxy Proxy { get; private set; } = null!;

    public static string Repository => repository.Path;

    public static string Head => repository.Head;

    public static string Trust { get; private set; } = "";

    public static TrustStore TrustStore => TrustStore.Parse(File.ReadAllBytes(Trust));

    public static string Policy => QuickstartPolicy.Write(QuickstartRun.Repository, Proxy.Url, Proxy.Sumdb.VerifierKey);

    public static string PolicyFile { get; private set; } = "";

    public static string GoCache { get; } = Path.Combine(Root, "artifacts", "cache", "go-build");

    /// <summary>Signs commits with SM2; the trust store knows its certificate.</summary>
    internal static ISigner Committer => keys.Committer;

    public static IReadOnlyList<string> KeyOptions => [.. keys.Options];

    public static string KeyFile(string option) => Path.Combine(folder.Path, "keys", option + ".pem");

    /// <summary>A repository with what a test does to the template in it, and a trust store that accepts its signers.</summary>
    internal static (QuickstartRepository Repository, TrustStore Trust) Another(TempDirectory temporary, Action<string> change)
    {
        var template = temporary.Combine("template");
        Copy(Path.Combine(Root, "templates", "go-service"), template);
        change(template);
        var another = new QuickstartRepository(temporary.Combine("another"));
        another.Write(template, keys.Committer);
        return (another, keys.TrustStore(another.ExportPublicKey(), Proxy.Sumdb.VerifierKey, QuickstartRun.Repository));
    }

    public static void Copy(string from, string to) =>
        ChildProcess.Capture("cp", ["-a", "--", from, to], "/", new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" });

    [OneTimeSetUp]
    public void Make()
    {
        if (!File.Exists(Tool))
        {
            Assert.Ignore("needs the published tool: ./build.sh --target=Publish");
        }

        Peers.Require("gpg");
        Peers.Require("go");
        folder = new TempDirectory();
        Proxy = QuickstartModules.Serve(Path.Combine(Root, "templates", "go-service-modules"));
        keys = new QuickstartKeys(folder.Combine("keys"));
        repository = new QuickstartRepository(folder.Combine("repository"));
        repository.Write(Path.Combine(Root, "templates", "go-service"), keys.Committer);
        Trust = folder.Combine("trust.json");
        File.WriteAllBytes(Trust, keys.TrustStore(repository.ExportPublicKey(), Proxy.Sumdb.VerifierKey, QuickstartRun.Repository).ToJson());
        PolicyFile = folder.Write("compliance.yml", Policy);
        Directory.CreateDirectory(GoCache);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        repository?.Dispose();
        keys?.Dispose();
        Proxy?.Dispose();
        folder?.Dispose();
    }
}
