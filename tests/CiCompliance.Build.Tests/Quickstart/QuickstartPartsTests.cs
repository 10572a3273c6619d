using CiCompliance.Build.Quickstart;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.Quickstart;

/// <summary>What the quickstart prepares is real: git, gpg, go and the product's own verifier accept it.</summary>
public sealed class QuickstartPartsTests
{
    private static readonly string Templates = Path.Combine(Invocation.From([]).Root, "templates");

    private TempDirectory folder = null!;

    [SetUp]
    public void CreateFolder() => folder = new TempDirectory();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void Modules_OfTheTemplate_HaveTheHashesOfItsGoSum()
    {
        using var proxy = QuickstartModules.Serve(Path.Combine(Templates, "go-service-modules"));
        var lines = File.ReadAllLines(Path.Combine(Templates, "go-service", "go.sum"));
        lines.Length.ShouldBe(6);
        foreach (var module in lines.Where(line => !line.Contains("/go.mod ", StringComparison.Ordinal)).Select(line => line.Split(' ')))
        {
            var name = $"{module[0]}@{module[1]}";
            var (status, body) = proxy.Sumdb.Answer($"/lookup/{name}");
            status.ShouldBe(200, name);
            foreach (var line in lines.Where(line => line.StartsWith($"{module[0]} {module[1]}", StringComparison.Ordinal)))
            {
                System.Text.Encoding.UTF8.GetString(body).ShouldContain(line + "\n");
            }
        }
    }

    [TestCase("go1.19")]
    [TestCase("go1.23")]
    public void Template_WithTheServedModules_PassesItsOwnTests(string name)
    {
        var go = Peers.Require(name);
        using var proxy = QuickstartModules.Serve(Path.Combine(Templates, "go-service-modules"));
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
            ["HOME"] = folder.Path,
            ["GOPATH"] = folder.Combine("gopath"),
            ["GOCACHE"] = Path.GetFullPath(Path.Combine(Templates, "..", "artifacts", "cache", "go-build")),
            ["GOENV"] = "off",
            ["GOTOOLCHAIN"] = "local",
            ["GOFLAGS"] = "-mod=readonly",
            ["GOPROXY"] = proxy.Url,
            ["GOSUMDB"] = proxy.Sumdb.VerifierKey,
        };
        ChildProcess.Capture(go, ["vet", "./..."], Path.Combine(Templates, "go-service"), environment);
        var output = System.Text.Encoding.UTF8.GetString(ChildProcess.Capture(go, ["test", "./..."], Path.Combine(Templates, "go-service"), environment));
        output.ShouldContain("ok  \tmodules.example/ledger/cmd/ledger");
        output.ShouldContain("ok  \tmodules.example/ledger/internal/ledger");
    }

    [Test]
    public void Repository_WhenWritten_HasOneCommitOfEachSigner()
    {
        Peers.Require("gpg");
        using var keys = new QuickstartKeys(folder.Combine("keys"));
        using var repository = new QuickstartRepository(folder.Combine("repository"));
        repository.Write(Path.Combine(Templates, "go-service"), keys.Committer);
        var committers = keys.TrustStore(repository.ExportPublicKey(), QuickstartSumdbKey(), QuickstartRun.Repository)
            .With(KeyRole.Committer, QuickstartRun.Repository).ToList();
        committers.Select(key => key.Algorithm).ShouldBe([KeyAlgorithm.OpenPgp, KeyAlgorithm.Sm2]);

        var assessments = new[] { "HEAD~1", "HEAD" }.Select(revision => Verify(repository.Path, revision, committers)).ToList();
        assessments.Select(assessment => assessment.Verdict).ShouldBe([Verdict.Pass, Verdict.Pass]);
        assessments.Select(assessment => assessment.Signers.Single().KeyId).ShouldBe(committers.Select(key => key.Id));
        File.Exists(Path.Combine(repository.Path, "compliance.yml")).ShouldBeFalse();
    }

    [Test]
    public void Keys_OfTheQuickstart_AreReadableByTheirOwnerOnly()
    {
        using var keys = new QuickstartKeys(folder.Combine("keys"));
        foreach (var file in Directory.EnumerateFiles(folder.Combine("keys")).Where(file => File.ReadAllText(file).Contains("PRIVATE KEY", StringComparison.Ordinal)))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    private static string QuickstartSumdbKey()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
        return new FixtureSumdb(QuickstartModules.Sumdb, key.OpenSigner()).VerifierKey;
    }

    private static SignatureAssessment Verify(string repository, string revision, IReadOnlyList<TrustedKey> committers)
    {
        var raw = System.Text.Encoding.UTF8.GetString(
            ChildProcess.Capture("git", ["cat-file", "commit", revision], repository, new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! }));
        var begin = raw.IndexOf("\ngpgsig ", StringComparison.Ordinal) + 1;
        var end = begin;
        do
        {
            end = raw.IndexOf('\n', end) + 1;
        }
        while (raw[end] == ' ');

        var signature = raw[(begin + "gpgsig ".Length)..end].Replace("\n ", "\n", StringComparison.Ordinal);
        var format = signature.Contains("PGP SIGNATURE", StringComparison.Ordinal) ? SignatureFormat.OpenPgp : SignatureFormat.Cms;
        return new ObjectSignatureVerifier().Verify(
            format, System.Text.Encoding.UTF8.GetBytes(signature), System.Text.Encoding.UTF8.GetBytes(raw[..begin] + raw[end..]), committers);
    }
}
