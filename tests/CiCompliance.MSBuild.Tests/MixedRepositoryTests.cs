using CiCompliance.Build.Quickstart;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.MSBuild.Tests;

/// <summary>A C# service with a Go sidecar in one signed repository, by the tool that the package carries.</summary>
[Platform("Linux")]
public sealed class MixedRepositoryTests
{
    private const string Unsigned = "environment%2csource%2cdependencies%2cbuild%2cbinary%2csbom";

    private static TestProject project = null!;
    private static TempDirectory outside = null!;
    private static FixtureModuleProxy proxy = null!;
    private static QuickstartKeys keys = null!;
    private static QuickstartRepository repository = null!;

    [OneTimeSetUp]
    public void Make()
    {
        Peers.Require("gpg");
        Peers.Require("go");
        outside = new TempDirectory();
        proxy = QuickstartModules.Serve(Path.Combine(PackageFeed.Root, "templates", "go-service-modules"));
        keys = new QuickstartKeys(outside.Combine("keys"));
        project = new TestProject();
        project.TakeCarriedTool();
        Directory.Delete(project.PathOf("App/sidecar"), recursive: true);
        Directory.Delete(project.PathOf("tool"), recursive: true);
        Copy(Path.Combine(PackageFeed.Root, "templates", "go-service"), project.PathOf("App/sidecar"));
        project.Write("README.md", "A service and its sidecar.\n");
        project.Write(".gitignore", "bin/\nobj/\n");
        repository = new QuickstartRepository(Path.Combine(PackageFeed.NewFolder(), "repository"));
        repository.Write(project.Folder, keys.Committer);
        project.Folder = repository.Path;
        project.Properties["CiComplianceConfig"] = outside.Write("compliance.yml", QuickstartPolicy.Write(QuickstartRun.Repository, proxy.Url, proxy.Sumdb.VerifierKey));
        project.Properties["CiComplianceTrust"] = outside.Write("trust.json", "");
        project.Properties["CiComplianceDemonstration"] = project.Properties["CiComplianceOnBuild"] = project.Properties["CiComplianceCopyBinaries"] = "true";
        project.Environment["GOCACHE"] = Directory.CreateDirectory(Path.Combine(PackageFeed.Root, "artifacts", "cache", "go-build")).FullName;
        Trust(committerIsTrusted: true);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        repository?.Dispose();
        keys?.Dispose();
        proxy?.Dispose();
        outside?.Dispose();
    }

    [Test]
    [Order(1)]
    public void Build_OfServiceAndSidecar_LeavesTheJudgedProgramBesideTheService()
    {
        project.Properties["CiComplianceStages"] = Unsigned;
        project.Build().ShouldPass();
        var output = project.PathOf("App/bin/Debug/net10.0");
        File.Exists(Path.Combine(output, "App.dll")).ShouldBeTrue();
        var judged = Directory.EnumerateFiles(project.PathOf("App/bin/compliance/sidecar/bin")).ToList();
        judged.Count.ShouldBe(2);
        foreach (var program in judged)
        {
            var copy = Path.Combine(output, Path.GetFileName(program));
            File.ReadAllBytes(copy).ShouldBe(File.ReadAllBytes(program));
            File.GetUnixFileMode(copy).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        }
    }

    [Test]
    [Order(2)]
    public void Build_Again_KeepsTheProgramAndRunsTheGates()
    {
        var record = project.PathOf("App/bin/compliance/sidecar/evidence.json");
        var before = File.ReadAllText(record);
        var outcome = project.Build("--no-restore");
        outcome.ShouldPass();
        outcome.Output.ShouldContain("gates passed; build and SBOM are unchanged");
        File.ReadAllText(record).ShouldBe(before);
        File.Exists(project.PathOf("App/bin/compliance/sidecar.gates/evidence.json")).ShouldBeTrue();
    }

    [Test]
    [Order(3)]
    public void Build_WithKeys_SealsAndShowsNoSecret()
    {
        var canary = new SecretCanary();
        project.Properties.Remove("CiComplianceStages");
        foreach (var pair in keys.Options.Chunk(2))
        {
            var property = "CiCompliance" + string.Concat(pair[0].Split('-', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
            project.Properties[property] = pair[1];
        }

        var encrypted = Encrypt("sm2-key", canary.Marker);
        project.Properties["CiComplianceSm2Key"] = encrypted;
        project.Properties["CiComplianceSm2KeyPassphrase"] = outside.Write("secrets/passphrase", canary.Marker + "\n");
        File.SetUnixFileMode(outside.Combine("secrets", "passphrase"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var outcome = project.Build("--no-restore", "-v:diagnostic");
        outcome.ShouldPass();
        File.Exists(project.PathOf("App/bin/compliance/sidecar/seal/manifest.json")).ShouldBeTrue();
        canary.IsIn(outcome.Output).ShouldBeFalse("console");
        canary.IsIn(BinaryLogRecords.Unpack(project.BinaryLog)).ShouldBeFalse("binary log");
        canary.FindIn(project.PathOf("App")).ShouldBeEmpty();
    }

    [Test]
    [Order(4)]
    public void Build_WithASecretInTheEnvironmentOrAFile_LogsNeither()
    {
        var canary = new SecretCanary();
        var key = project.Properties["CiComplianceP256Key"];
        project.Environment["GOPROXY"] = $"https://user:{canary.Marker}@proxy.invalid";
        project.Properties["CiComplianceP256Key"] = outside.Write("secrets/no-key", canary.Marker + "\n");
        File.SetUnixFileMode(outside.Combine("secrets", "no-key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var outcome = project.Build("--no-restore", "-v:diagnostic");
        project.Environment.Remove("GOPROXY");
        project.Properties["CiComplianceP256Key"] = key;
        outcome.ExitCode.ShouldBe(1, outcome.Output);
        outcome.Errors.ShouldContain(error => error.Code.StartsWith("CIC", StringComparison.Ordinal));
        canary.IsIn(BinaryLogRecords.Unpack(outcome.BinaryLog)).ShouldBeFalse("binary log");
        canary.IsIn(outcome.Output).ShouldBeFalse("console");
    }

    [Test]
    [Order(5)]
    public void Build_WhenNobodyTrustsTheSigner_FailsAndCopiesNothing()
    {
        Trust(committerIsTrusted: false);
        project.Properties["CiComplianceStages"] = Unsigned;
        Directory.Delete(project.PathOf("App/bin/Debug"), recursive: true);
        var outcome = project.Build("--no-restore");
        outcome.ExitCode.ShouldBe(1, outcome.Output);
        outcome.Errors.ShouldContain(error => error.Code.StartsWith("CIC10", StringComparison.Ordinal));
        Directory.Exists(project.PathOf("App/bin/Debug")).ShouldBeFalse();
    }

    private static void Trust(bool committerIsTrusted)
    {
        var store = keys.TrustStore(repository.ExportPublicKey(), proxy.Sumdb.VerifierKey, QuickstartRun.Repository);
        File.WriteAllBytes(project.Properties["CiComplianceTrust"],
            (committerIsTrusted ? store : store with { Keys = [.. store.Keys.Where(key => key.Role != KeyRole.Committer)] }).ToJson());
    }

    private static string Encrypt(string option, string passphrase)
    {
        var plain = Path.Combine(outside.Path, "keys", option + ".pem");
        var encrypted = outside.Combine("secrets", option + ".pem");
        Directory.CreateDirectory(Path.GetDirectoryName(encrypted)!);
        var word = outside.Write("secrets/for-openssl", passphrase);
        using var openssl = System.Diagnostics.Process.Start("openssl", ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", plain, "-out", encrypted, "-passout", "file:" + word]);
        openssl.WaitForExit();
        openssl.ExitCode.ShouldBe(0);
        File.SetUnixFileMode(encrypted, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return encrypted;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
