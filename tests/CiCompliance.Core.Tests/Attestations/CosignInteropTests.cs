using System.Security.Cryptography;
using System.Text;
using CiCompliance.Attestations;
using CiCompliance.Processes;
using CiCompliance.Signing;
using CiCompliance.Sigstore;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Attestations;

[TestFixture("cosign2")]
[TestFixture("cosign3")]
public sealed class CosignInteropTests(string peer)
{
    private TempDirectory directory = null!;
    private TestLog log = null!;
    private EcdsaTestSigner signer = null!;

    [SetUp]
    public void SetUp()
    {
        directory = new TempDirectory();
        log = new TestLog();
        signer = new EcdsaTestSigner();
    }

    [TearDown]
    public void TearDown()
    {
        signer.Dispose();
        log.Dispose();
        directory.Dispose();
    }

    [Test]
    public async Task OurMessageSignature_IsAccepted()
    {
        var artifact = "an artefact"u8.ToArray();
        var bundle = await LogAsync(SigstoreBundle.ForArtifact(SHA256.HashData(artifact), signer.Sign(artifact), signer.PublicKey));

        (await VerifyBlobAsync(bundle, artifact)).ShouldBe(0);
        (await VerifyBlobAsync(bundle, "another artefact"u8.ToArray())).ShouldNotBe(0);
    }

    [Test]
    public async Task OurAttestation_IsAccepted()
    {
        var (artifact, bundle) = await AttestAsync();

        (await VerifyAttestationAsync(bundle.ToJson(), artifact)).ShouldBe(0);
        (await VerifyAttestationAsync(bundle.ToJson(), "another artefact"u8.ToArray())).ShouldNotBe(0);
    }

    [Test]
    public async Task OurAttestation_WhenItsEntryIsAnother_IsRefused()
    {
        var (artifact, bundle) = await AttestAsync();
        var (_, other) = await AttestAsync();

        (await VerifyAttestationAsync((bundle with { Entry = other.Entry }).ToJson(), artifact)).ShouldNotBe(0);
    }

    [Test]
    public async Task OurAttestation_WhenItsTimeIsChanged_IsRefused()
    {
        var (artifact, bundle) = await AttestAsync();
        var entry = bundle.Entry!;

        (await VerifyAttestationAsync((bundle with { Entry = entry with { IntegratedTime = entry.IntegratedTime + 1 } }).ToJson(), artifact)).ShouldNotBe(0);
    }

    private async Task<(byte[] Artifact, SigstoreBundle Bundle)> AttestAsync()
    {
        var artifact = RandomNumberGenerator.GetBytes(40);
        var payload = Encoding.UTF8.GetBytes($$$"""
            {"_type":"https://in-toto.io/Statement/v1","predicate":{"a":1},"predicateType":"{{{PredicateTypes.Binary}}}","subject":[{"digest":{"sha256":"{{{Convert.ToHexStringLower(SHA256.HashData(artifact))}}}","sm3":"00"},"name":"app"}]}
            """);
        var signature = signer.Sign(DsseEnvelope.PreAuthenticationEncoding(DsseEnvelope.InTotoPayloadType, payload));
        return (artifact, await LogAsync(SigstoreBundle.ForDsse(DsseEnvelope.InTotoPayloadType, payload, signature, signer.PublicKey)));
    }

    private async Task<SigstoreBundle> LogAsync(SigstoreBundle bundle) =>
        bundle with { Entry = await log.AppendAsync(bundle.ToEntry(signer.PublicKey), TestLog.SomeEntry(), TestLog.SomeEntry()) };

    private Task<int> VerifyBlobAsync(SigstoreBundle bundle, byte[] artifact) =>
        CosignAsync("verify-blob", bundle.ToJson(), artifact);

    private Task<int> VerifyAttestationAsync(byte[] bundle, byte[] artifact) =>
        CosignAsync("verify-blob-attestation", bundle, artifact, "--type", PredicateTypes.Binary);

    private async Task<int> CosignAsync(string verb, byte[] bundle, byte[] artifact, params string[] more)
    {
        var cosign = Peers.Require(peer);
        await File.WriteAllBytesAsync(directory.Combine("bundle"), bundle);
        await File.WriteAllBytesAsync(directory.Combine("artifact"), artifact);
        await File.WriteAllTextAsync(directory.Combine("key.pub"), signer.PublicPem);
        await File.WriteAllBytesAsync(directory.Combine("root.json"),
            TrustedRoot.ForLog(TestLog.Name, log.Key.PublicKey, log.Store.Description.Created).ToJson());
        var result = await new ProcessRunner().RunAsync(
            new ProcessRequest(
                cosign,
                [verb, "--new-bundle-format", "--bundle", "bundle", "--trusted-root", "root.json", "--key", "key.pub", .. more, "artifact"],
                directory.Path,
                new Dictionary<string, string> { ["HOME"] = directory.Path, ["COSIGN_PASSWORD"] = "" }) { Timeout = TimeSpan.FromMinutes(2) },
            CancellationToken.None);
        await TestContext.Out.WriteLineAsync($"{verb}: exit {result.ExitCode} {result.Error}");
        return result.ExitCode;
    }
}
