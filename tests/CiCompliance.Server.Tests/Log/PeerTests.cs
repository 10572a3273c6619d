using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.Log;

/// <summary>The real clients: cosign 2.5 and 3.1, rekor-cli 1.3 and 1.5.</summary>
[Category(CiCompliance.Testing.Peers.Category)]
public sealed class PeerTests
{
    private const string Predicate = "https://example.org/predicate/v1";

    private RunningLog log = null!;
    private Dictionary<string, string> environment = null!;

    [SetUp]
    public async Task StartAsync()
    {
        log = await RunningLog.StartAsync();
        environment = new()
        {
            ["COSIGN_PASSWORD"] = "",
            ["HOME"] = log.Directory.Path,
            ["SIGSTORE_REKOR_PUBLIC_KEY"] = log.Directory.Write("log.pub", log.Key.PublicPem),
        };
        log.Directory.Write("artifact", "hello\n");
        log.Directory.Write("predicate.json", "{\"n\":1}");
    }

    [TearDown]
    public async Task StopAsync() => await log.DisposeAsync();

    [Test]
    public void Cosign2_SignsAttestsAndVerifies()
    {
        MakeKeys("cosign2");
        Cosign("cosign2", "sign-blob", "--key", File("c.key"), "--rekor-url", log.Address, "--bundle", File("b"), "--yes", File("artifact"));
        Cosign("cosign2", "verify-blob", "--key", File("c.pub"), "--rekor-url", log.Address, "--bundle", File("b"), File("artifact"));
        // Without the bundle it asks the log: entries/retrieve.
        log.Directory.Write("sig", (string)JsonNode.Parse(System.IO.File.ReadAllText(File("b")))!["base64Signature"]!);
        Cosign("cosign2", "verify-blob", "--key", File("c.pub"), "--rekor-url", log.Address, "--signature", File("sig"), File("artifact"));
        Cosign("cosign2", "attest-blob", "--key", File("c.key"), "--rekor-url", log.Address, "--predicate", File("predicate.json"), "--type", Predicate,
            "--bundle", File("a"), "--yes", File("artifact"));
        Cosign("cosign2", "verify-blob-attestation", "--key", File("c.pub"), "--rekor-url", log.Address, "--bundle", File("a"), "--type", Predicate, File("artifact"));
        log.Directory.Write("other", "other\n");
        Peer.TryRun("cosign2", ["verify-blob", "--key", File("c.pub"), "--rekor-url", log.Address, "--bundle", File("b"), File("other")], environment).ExitCode.ShouldNotBe(0);
    }

    [Test]
    public void Cosign3_SignsAttestsAndVerifies([Values(1, 2)] int version)
    {
        MakeKeys("cosign3");
        Cosign("cosign3", "trusted-root", "create", "--rekor", $"url=http://{RunningLog.Name},public-key={File("log.pub")},start-time=2024-01-01T00:00:00Z", "--out", File("trust.json"));
        Cosign("cosign3", "signing-config", "create", "--rekor", $"url={log.Address},api-version={version},start-time=2024-01-01T00:00:00Z,operator=test",
            "--rekor-config", "ANY", "--out", File("signing.json"));
        string[] signing = ["--key", File("c.key"), "--signing-config", File("signing.json"), "--trusted-root", File("trust.json"), "--yes"];
        Cosign("cosign3", ["sign-blob", .. signing, "--bundle", File("b"), File("artifact")]);
        Cosign("cosign3", "verify-blob", "--key", File("c.pub"), "--trusted-root", File("trust.json"), "--bundle", File("b"), File("artifact"));
        Cosign("cosign3", ["attest-blob", .. signing, "--predicate", File("predicate.json"), "--type", Predicate, "--bundle", File("a"), File("artifact")]);
        Cosign("cosign3", "verify-blob-attestation", "--key", File("c.pub"), "--trusted-root", File("trust.json"), "--bundle", File("a"), "--type", Predicate, File("artifact"));
        log.Service.Store.Checkpoint.Size.ShouldBe(3);
        log.Directory.Write("other", "other\n");
        Peer.TryRun("cosign3", ["verify-blob", "--key", File("c.pub"), "--trusted-root", File("trust.json"), "--bundle", File("b"), File("other")], environment).ExitCode.ShouldNotBe(0);
    }

    [Test]
    public void RekorCli_UploadsVerifiesGetsSearchesAndProves([Values("rekor-cli", "rekor-cli1.5")] string program)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        log.Directory.Write("k.pub", key.ExportSubjectPublicKeyInfoPem() + "\n");
        string[] Entry(string artifact)
        {
            var digest = SHA256.HashData(System.IO.File.ReadAllBytes(File(artifact)));
            System.IO.File.WriteAllBytes(File(artifact + ".sig"), key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence));
            return ["--type", "hashedrekord", "--artifact-hash", Convert.ToHexStringLower(digest), "--signature", File(artifact + ".sig"), "--public-key", File("k.pub"), "--pki-format", "x509"];
        }

        string Run(params string[] arguments) => Peer.Run(program, ["--rekor_server", log.Address, .. arguments], environment).Text;
        var entry = Entry("artifact");
        Run(["upload", .. entry]).ShouldContain("Created entry at index 1");
        Run(["upload", .. entry]).ShouldContain("Entry already exists");
        Run(["verify", .. entry]).ShouldContain("Entry Index in Current Tree: 1");
        var uuid = log.Service.UuidOf(1);
        Run("get", "--log-index", "1").ShouldContain(uuid);
        Run("get", "--uuid", uuid).ShouldContain("Index: 1");
        Run("search", "--artifact", File("artifact")).ShouldContain(uuid);
        Run("search", "--public-key", File("k.pub"), "--pki-format", "x509").ShouldContain(uuid);
        Run("loginfo").ShouldContain("Active Tree Size:       2");
        log.Directory.Write("second", "second\n");
        Run(["upload", .. Entry("second")]).ShouldContain("index 2");
        // It has kept the state of the smaller tree, and wants the proof that this one begins with it.
        Run("loginfo").ShouldContain("Active Tree Size:       3");
        Run("logproof", "--first-size", "1", "--last-size", "3").ShouldContain("Hashes:");
        Peer.TryRun(program, ["--rekor_server", log.Address, "search", "--email", "a@example.org"], environment).Error.ShouldContain("searched by hash and by publicKey");
    }

    private string File(string name) => log.Directory.Combine(name);

    private void MakeKeys(string program) => Cosign(program, "generate-key-pair", "--output-key-prefix", File("c"));

    private void Cosign(string program, params string[] arguments) => Peer.Run(program, arguments, environment);
}
