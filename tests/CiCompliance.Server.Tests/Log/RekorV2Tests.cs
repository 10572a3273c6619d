using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Tests.Log;

public sealed class RekorV2Tests
{
    private RunningLog log = null!;

    [SetUp]
    public async Task StartAsync() => log = await RunningLog.StartAsync();

    [TearDown]
    public async Task StopAsync() => await log.DisposeAsync();

    [Test]
    public async Task Create_Answers201WithAProofUnderACheckpointOfTheNameAlone()
    {
        using var key = new SigningKey();
        var digest = RandomNumberGenerator.GetBytes(32);
        using var answer = await log.CreateV2Async(key.V2(digest));
        var entry = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var body = Convert.FromBase64String((string)entry["canonicalizedBody"]!);
        EntryBody.Parse(EntryBody.HashedRekord, EntryBody.Version002, body).Digest.ShouldBe(digest);
        ((string)entry["integratedTime"]!).ShouldBe("0");
        entry["inclusionPromise"].ShouldBeNull();
        Convert.FromBase64String((string)entry["logId"]!["keyId"]!).ShouldBe(SHA256.HashData(log.Key.PublicKey));
        var proof = entry["inclusionProof"]!;
        var checkpoint = Checkpoint.Parse((string)proof["checkpoint"]!["envelope"]!);
        checkpoint.Origin.ShouldBe(RunningLog.Name);
        checkpoint.IsOf(log.Trusted, log.Verifier).ShouldBeTrue();
        MerkleProof.ProvesInclusion(1, checkpoint.Size, MerkleProof.LeafHash(body),
            [.. proof["hashes"]!.AsArray().Select(hash => Convert.FromBase64String((string)hash!))], checkpoint.Root).ShouldBeTrue();
    }

    [Test]
    public async Task Create_OfADuplicate_Is409WithCode6_AndOfWhatDoesNotVerify400WithCode3()
    {
        using var key = new SigningKey();
        var body = key.V2();
        (await log.CreateV2Async(body)).Dispose();
        using var duplicate = await log.CreateV2Async(body);
        duplicate.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await duplicate.Content.ReadAsStringAsync()).ShouldBe("{\"code\":6,\"message\":\"an equivalent entry already exists in the transparency log with index 1\"}");
        foreach (var bad in new[]
        {
            body.Replace("P256_SHA_256", "P384_SHA_384", StringComparison.Ordinal), key.V2(RandomNumberGenerator.GetBytes(31)), "{}", "{\"dsseRequestV002\":{}}",
            key.V2().Replace("publicKey", "x509Certificate", StringComparison.Ordinal),
            key.V2().Replace("\"digest\":\"", "\"digest\":\"AA", StringComparison.Ordinal),
        })
        {
            using var answer = await log.CreateV2Async(bad);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, bad);
            ((int)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!).ShouldBe(3);
        }
    }

    [Test]
    public async Task Create_WithACertificateInAnythingButItsOwnDer_IsRefused_SoThatOneIsOneEntry()
    {
        using var key = new SigningKey();
        var der = key.Certificate();
        var pem = System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", der));
        var digest = RandomNumberGenerator.GetBytes(32);
        using var good = await log.CreateV2Async(WithCertificate(der));
        good.StatusCode.ShouldBe(HttpStatusCode.Created);
        foreach (var bad in new byte[][] { [.. der, 0], pem, [.. "anything\n"u8, .. pem] })
        {
            using var v2 = await log.CreateV2Async(WithCertificate(bad));
            v2.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            var inPem = SigningKey.Base64(System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", bad) + "\n"));
            using var v1 = await log.CreateAsync(key.HashedRekord(digest, pemBase64: inPem));
            v1.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        string WithCertificate(byte[] raw) => key.V2(digest).Replace("publicKey", "x509Certificate", StringComparison.Ordinal)
            .Replace(SigningKey.Base64(key.Info), SigningKey.Base64(raw), StringComparison.Ordinal);
    }

    [TestCase("PKIX_RSA_PKCS1V15_3072_SHA256")]
    [TestCase("PKIX_RSA_PKCS1V15_4096_SHA256")]
    public async Task Create_WithKeyDetailsOfALongerRsaKey_IsRefused(string details)
    {
        using var key = new SigningKey(RSA.Create(2048));
        using var answer = await log.CreateV2Async(key.V2(RandomNumberGenerator.GetBytes(32), details));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [TestCase("p384", "PKIX_ECDSA_P384_SHA_384", "SHA384", 48)]
    [TestCase("p521", "PKIX_ECDSA_P521_SHA_512", "SHA512", 64)]
    [TestCase("rsa", "PKIX_RSA_PKCS1V15_2048_SHA256", "SHA256", 32)]
    public async Task Create_WithAnotherAlgorithm_WritesTheCanonicalBody(string algorithm, string details, string hash, int size)
    {
        using var key = new SigningKey(algorithm == "rsa" ? RSA.Create(2048) : ECDsa.Create(algorithm == "p384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP521));
        using var answer = await log.CreateV2Async(key.V2(RandomNumberGenerator.GetBytes(size), details, hash));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, text);
        CiCompliance.Json.CanonicalJson.IsCanonical(Convert.FromBase64String((string)JsonNode.Parse(text)!["canonicalizedBody"]!)).ShouldBeTrue();
    }

    [Test]
    public async Task Tiles_OfATreeOfSeveral_LeadToItsCheckpoint([Values("", "/api/v2")] string root)
    {
        // A body that fills tiles need not verify: what is served is what is in the log.
        await log.StopServerAsync();
        var bodies = Enumerable.Range(0, 300).Select(i => ProposedEntry.HashedRekord(SHA256.HashData([(byte)i, (byte)(i >> 8)]), [1], log.Key.PublicKey).Body).ToList();
        using (var store = LogStore.Open(log.Path, log.Key, log.Verifier, TimeProvider.System))
        {
            store.Append(bodies, CancellationToken.None);
        }

        await log.StartServerAsync();
        var checkpoint = Checkpoint.Parse(await log.Client.GetStringAsync($"{root}/checkpoint"));
        checkpoint.IsOf(log.Trusted, log.Verifier).ShouldBeTrue();
        checkpoint.Size.ShouldBe(301);
        var entries = (await EntriesAsync($"{root}/tile/entries/000")).Concat(await EntriesAsync($"{root}/tile/entries/001.p/45")).ToList();
        entries.Skip(1).ShouldBe(bodies);
        var hashes = new HashList();
        var tree = new MerkleTree(hashes);
        entries.ForEach(entry => tree.Append(MerkleProof.LeafHash(entry)));
        tree.Root(301).ShouldBe(checkpoint.Root);
        (await TileAsync($"{root}/tile/0/000")).ShouldBe(entries.Take(256).SelectMany(entry => MerkleProof.LeafHash(entry)));
        (await TileAsync($"{root}/tile/0/001.p/45")).ShouldBe(entries.Skip(256).SelectMany(entry => MerkleProof.LeafHash(entry)));
        (await TileAsync($"{root}/tile/1/000.p/1")).ShouldBe(tree.Root(256));
        foreach (var missing in new[] { "tile/0/001", "tile/0/001.p/46", "tile/0/002", "tile/1/000", "tile/1/000.p/2", "tile/2/000.p/1", "tile/entries/001", "tile/0/0", "tile/00/000", "tile" })
        {
            using var answer = await log.Client.GetAsync($"{root}/{missing}");
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, missing);
        }
    }

    [Test]
    public async Task FullTile_MayBeKeptForEver_AndAPartialOneMayNot()
    {
        using var partial = await log.Client.GetAsync("/tile/0/000.p/1");
        partial.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromMinutes(1));
        using var checkpoint = await log.Client.GetAsync("/checkpoint");
        checkpoint.Headers.CacheControl!.NoCache.ShouldBeTrue();
    }

    private async Task<byte[]> TileAsync(string path) => await log.Client.GetByteArrayAsync(path);

    private async Task<List<byte[]>> EntriesAsync(string path)
    {
        var tile = await TileAsync(path);
        var entries = new List<byte[]>();
        for (var at = 0; at < tile.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(tile.AsSpan(at));
            entries.Add(tile[(at + 2)..(at + 2 + length)]);
            at += 2 + length;
        }

        return entries;
    }

    private sealed class HashList : List<byte[]>, IHashStore
    {
        long IHashStore.Count => Count;

        public byte[] Read(long position) => this[(int)position];

        public void Append(ReadOnlySpan<byte> hash) => Add(hash.ToArray());
    }
}
