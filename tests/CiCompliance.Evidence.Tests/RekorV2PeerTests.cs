using CiCompliance.Attestations;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>A whole run recorded in the real Rekor v2 server, verified by us and by the real cosign.</summary>
[Category(Peers.Category)]
[TestFixture(KeyAlgorithm.Ed25519)]
[TestFixture(KeyAlgorithm.EcdsaP256)]
public sealed class RekorV2PeerTests(KeyAlgorithm logAlgorithm)
{
    private RekorV2Server server = null!;
    private EvidenceForge forge = null!;
    private TempDirectory temp = null!;

    [OneTimeSetUp]
    public void Run()
    {
        server = new RekorV2Server(logAlgorithm);
        temp = new TempDirectory();
        forge = new EvidenceForge($"{{ kind: external, url: \"{server.Url}\", api: v2, tiles: \"{server.TilesUrl}\" }}", server.Trusted);
    }

    [OneTimeTearDown]
    public void End()
    {
        forge?.Dispose();
        temp?.Dispose();
        server?.Dispose();
    }

    [Test]
    public void OurVerifier_AcceptsTheEvidence()
    {
        var report = forge.Verify();

        foreach (var row in report.Rows)
        {
            TestContext.Out.WriteLine($"{row.Step,2} {row.Id} {row.Verdict}: {row.Detail.En}");
        }

        report.Verdict.ShouldBe(Verdict.Pass, string.Join("\n", report.Findings.Select(finding => finding.What.En)));
    }

    [TestCase("provenance", PredicateTypes.Provenance)]
    [TestCase("source", PredicateTypes.Source)]
    [TestCase("dependencies", PredicateTypes.Dependencies)]
    [TestCase("binary", PredicateTypes.Binary)]
    public void Cosign3_AcceptsWhatWeRecorded(string predicate, string type)
    {
        var output = Path.GetFileName(Directory.EnumerateFiles(Path.Combine(forge.Evidence, EvidencePaths.Outputs)).Single());
        var bundle = Path.Combine(forge.Evidence, EvidencePaths.SigstoreBundle(output, predicate));
        var root = TrustedRoot();

        Cosign("verify-blob-attestation", "--bundle", bundle, "--trusted-root", root, "--key", SignerFile(), "--type", type, Path.Combine(forge.Evidence, EvidencePaths.Output(output)))
            .ExitCode.ShouldBe(0);
        Cosign("verify-blob-attestation", "--bundle", bundle, "--trusted-root", root, "--key", SignerFile(), "--type", type, temp.Write("other", "another file"))
            .ExitCode.ShouldNotBe(0);
    }

    [Test]
    public void Cosign3_RefusesAnEntryOfAnotherStatement()
    {
        var output = Path.GetFileName(Directory.EnumerateFiles(Path.Combine(forge.Evidence, EvidencePaths.Outputs)).Single());
        var (one, other) = (Bundle(output, "binary"), Bundle(output, "source"));
        var path = temp.Write("mixed.json", System.Text.Encoding.UTF8.GetString((one with { Entry = other.Entry }).ToJson()));

        Cosign("verify-blob-attestation", "--bundle", path, "--trusted-root", TrustedRoot(), "--key", SignerFile(), "--type", PredicateTypes.Binary,
            Path.Combine(forge.Evidence, EvidencePaths.Output(output))).ExitCode.ShouldNotBe(0);
    }

    private SigstoreBundle Bundle(string output, string predicate) =>
        SigstoreBundle.Parse(File.ReadAllBytes(Path.Combine(forge.Evidence, EvidencePaths.SigstoreBundle(output, predicate))));

    private string SignerFile() =>
        temp.Write("signer.pub", System.Security.Cryptography.PemEncoding.WriteString("PUBLIC KEY", forge.Keys.P256.Trusted.PublicKey) + "\n");

    private string TrustedRoot()
    {
        var root = temp.Combine("trusted-root.json");
        Cosign("trusted-root", "create", "--rekor", $"url=http://{RekorV2Server.Origin},public-key={server.PublicKeyFile},start-time=2024-01-01T00:00:00Z,origin={RekorV2Server.Origin}", "--out", root)
            .ExitCode.ShouldBe(0);
        return root;
    }

    private Peer.Result Cosign(params string[] arguments) =>
        PeerTranscript.Run("cosign3", arguments, new Dictionary<string, string> { ["HOME"] = temp.Path, ["COSIGN_PASSWORD"] = "" });
}

/// <summary>The client alone against the real Rekor v2 server.</summary>
[Category(Peers.Category)]
public sealed class RekorV2ClientPeerTests
{
    private readonly CiCompliance.Cryptography.SignatureVerifier verifier = new();
    private RekorV2Server server = null!;
    private RekorV2Log client = null!;

    [SetUp]
    public void SetUp()
    {
        server = new RekorV2Server(KeyAlgorithm.Ed25519, "200ms", "--persistent-antispam");
        client = new RekorV2Log(server.Url, server.TilesUrl, server.Trusted, verifier, TimeProvider.System);
    }

    [TearDown]
    public void TearDown()
    {
        client?.Dispose();
        server?.Dispose();
    }

    [Test]
    public async Task AppendAsync_OfMoreThanATile_KeepsTheOrderAndProvesItsGrowth()
    {
        using var signer = new EcdsaTestSigner();
        var first = await client.AppendAsync([Entry(signer, 0)], CancellationToken.None);

        var proposed = Enumerable.Range(1, 270).Select(i => Entry(signer, i)).ToList();
        var entries = await client.AppendAsync(proposed, CancellationToken.None);

        entries.Select(entry => Convert.ToHexString(entry.Body)).ShouldBe(proposed.Select(entry => Convert.ToHexString(entry.Body)));
        var older = Checkpoint.Parse(first[0].Proof!.Checkpoint);
        var newer = entries.Select(entry => Checkpoint.Parse(entry.Proof!.Checkpoint)).MaxBy(checkpoint => checkpoint.Size)!;
        newer.Size.ShouldBe(271);
        foreach (var from in entries.Select(entry => Checkpoint.Parse(entry.Proof!.Checkpoint)).Append(older).DistinctBy(checkpoint => checkpoint.Size).Where(checkpoint => checkpoint.Size < newer.Size))
        {
            new ConsistencyProof(from.Size, newer.Size, await client.ConsistencyAsync(from, newer, CancellationToken.None)).Connects(from, newer).ShouldBeTrue($"from {from.Size}");
        }

        TestContext.Out.WriteLine(newer.ToString());
    }

    [Test]
    public async Task AppendAsync_OfWhatIsThereAlready_FindsIt()
    {
        using var signer = new EcdsaTestSigner();
        var entry = Entry(signer, 1);
        var first = (await client.AppendAsync([Entry(signer, 0), entry, Entry(signer, 2)], CancellationToken.None))[1];

        var second = (await client.AppendAsync([entry], CancellationToken.None))[0];

        second.Index.ShouldBe(first.Index);
        second.Body.ShouldBe(first.Body);
        using var http = new HttpClient();
        using var content = new ByteArrayContent(entry.Request) { Headers = { ContentType = new("application/json") } };
        using var answer = await http.PostAsync(new Uri(server.Url + "/api/v2/log/entries"), content);
        PeerTranscript.Write(["POST", server.Url + "/api/v2/log/entries"], $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}", exitCode: null);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict);
    }

    private static ProposedEntry Entry(EcdsaTestSigner signer, int number)
    {
        var content = System.Text.Encoding.UTF8.GetBytes($"artefact {number}");
        return ProposedEntry.HashedRekord002(System.Security.Cryptography.SHA256.HashData(content), signer.Sign(content), signer.PublicKey);
    }
}
