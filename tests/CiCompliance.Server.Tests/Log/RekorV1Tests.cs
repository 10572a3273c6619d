using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Tests.Log;

public sealed class RekorV1Tests
{
    private RunningLog log = null!;

    [SetUp]
    public async Task StartAsync() => log = await RunningLog.StartAsync();

    [TearDown]
    public async Task StopAsync() => await log.DisposeAsync();

    [Test]
    public async Task Create_OfAnEntry_PassesOurOwnClientThatBelievesNothing()
    {
        using var key = new SigningKey();
        var digest = RandomNumberGenerator.GetBytes(32);
        using var client = new RekorLog(log.Address, log.Trusted, log.Verifier, TimeProvider.System);
        var proposed = ProposedEntry.HashedRekord(digest, key.SignHash(digest, HashAlgorithmName.SHA256), key.Info);

        var first = (await client.AppendAsync([proposed], CancellationToken.None))[0];
        var again = (await client.AppendAsync([proposed], CancellationToken.None))[0];

        first.Index.ShouldBe(1);
        again.Index.ShouldBe(1, "the duplicate is answered 409 and fetched");
    }

    [Test]
    public async Task Create_Answers201WithLocationAndEtag_AndADuplicate409()
    {
        using var key = new SigningKey();
        var body = key.HashedRekord();
        using var created = await log.CreateAsync(body);
        using var duplicate = await log.CreateAsync(body);

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        var uuid = JsonNode.Parse(await created.Content.ReadAsStringAsync())!.AsObject().Single().Key;
        uuid.Length.ShouldBe(80);
        created.Headers.Location!.OriginalString.ShouldBe($"/api/v1/log/entries/{uuid}");
        created.Headers.NonValidated["ETag"].ToString().ShouldBe(uuid);
        duplicate.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        duplicate.Headers.Location!.OriginalString.ShouldBe($"/api/v1/log/entries/{uuid}");
        (await duplicate.Content.ReadAsStringAsync()).ShouldBe($"{{\"code\":409,\"message\":\"an equivalent entry already exists in the transparency log with UUID {uuid}\"}}");
    }

    [Test]
    public async Task Create_OfEveryKindOfKey_WritesTheCanonicalBody(
        [Values("p256-sha256", "p384-sha256", "p384-sha384", "p521-sha512", "rsa-sha256", "certificate")] string kind)
    {
        using var ecdsa = ECDsa.Create(kind.StartsWith("p384", StringComparison.Ordinal) ? ECCurve.NamedCurves.nistP384
            : kind.StartsWith("p521", StringComparison.Ordinal) ? ECCurve.NamedCurves.nistP521 : ECCurve.NamedCurves.nistP256);
        using var key = new SigningKey(kind.StartsWith("rsa", StringComparison.Ordinal) ? RSA.Create(2048) : ecdsa);
        var hash = kind.Contains('-', StringComparison.Ordinal) ? kind.Split('-')[1] : "sha256";
        var digest = RandomNumberGenerator.GetBytes(hash == "sha256" ? 32 : hash == "sha384" ? 48 : 64);
        var pem = kind == "certificate" ? CertificateOf(ecdsa, 0) : null;
        var uuid = await log.UuidOfAsync(key.HashedRekord(digest, hash, pem));

        var body = await BodyAsync(uuid);
        CiCompliance.Json.CanonicalJson.IsCanonical(body).ShouldBeTrue();
        if (hash == "sha256")
        {
            EntryBody.Parse(EntryBody.HashedRekord, EntryBody.Version001, body).Digest.ShouldBe(digest);
        }

        (await SearchAsync($"{{\"hash\":\"{hash}:{Convert.ToHexStringLower(digest)}\"}}")).ShouldBe([uuid]);
        (await SearchAsync($"{{\"publicKey\":{{\"format\":\"x509\",\"content\":\"{pem ?? key.PemBase64}\"}}}}")).ShouldBe([uuid]);
    }

    [Test]
    public async Task Create_OfADsseEnvelope_VerifiesEverySignatureAndSortsThem()
    {
        using var one = new SigningKey();
        var two = Ed25519Fixture.OfVectors();
        var pem = SigningKey.Base64(Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", two.PublicKey)));
        var payload = "{}"u8.ToArray();
        var message = SigningKey.PreAuthenticationEncoding("text/x", payload);
        var envelope = SigningKey.Envelope("text/x", payload, one.SignHash(SHA256.HashData(message), HashAlgorithmName.SHA256), two.Sign(message));
        var uuid = await log.UuidOfAsync(SigningKey.Dsse(envelope, one.PemBase64, pem));

        var body = await BodyAsync(uuid);
        CiCompliance.Json.CanonicalJson.IsCanonical(body).ShouldBeTrue();
        var spec = JsonNode.Parse(body)!["spec"]!;
        var signatures = spec["signatures"]!.AsArray().Select(signature => (string)signature!["signature"]!).ToList();
        signatures.Count.ShouldBe(2);
        signatures.ShouldBe(signatures.Order(StringComparer.Ordinal));
        ((string)spec["envelopeHash"]!["value"]!).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(envelope))));
        foreach (var hashed in new[] { payload, Encoding.UTF8.GetBytes(envelope) })
        {
            (await SearchAsync($"{{\"hash\":\"{Convert.ToHexStringLower(SHA256.HashData(hashed))}\"}}")).ShouldBe([uuid]);
        }

        using var missing = await log.CreateAsync(SigningKey.Dsse(envelope + " ", one.PemBase64));
        missing.StatusCode.ShouldBe(HttpStatusCode.BadRequest, "one signature has no verifier");
    }

    [Test]
    public async Task Create_OfWhatDoesNotVerifyOrIsNotTaken_Is400WithAReason()
    {
        using var key = new SigningKey();
        using var other = new SigningKey();
        using var foreign = new SigningKey(ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1")));
        using var weak = new SigningKey(RSA.Create(1024));
        var digest = RandomNumberGenerator.GetBytes(32);
        var good = key.HashedRekord(digest);
        foreach (var (body, reason) in new[]
        {
            (key.HashedRekord(digest, pemBase64: other.PemBase64), "invalid signature"),
            (good.Replace(Convert.ToHexStringLower(digest), Convert.ToHexStringLower(SHA256.HashData(digest)), StringComparison.Ordinal), "invalid signature"),
            (foreign.HashedRekord(), "unsupported elliptic curve"),
            (weak.HashedRekord(), "not a public key"),
            (good.Replace("\"hashedrekord\"", "\"rekord\"", StringComparison.Ordinal), "takes hashedrekord 0.0.1 and dsse 0.0.1"),
            (good.Replace("\"data\"", "\"data\":{\"content\":\"eA==\"},\"data\"", StringComparison.Ordinal), "not the JSON"),
            (good.Replace("\"spec\":{", "\"spec\":{\"x\":1,", StringComparison.Ordinal), "$.spec"),
            (string.Concat(Enumerable.Repeat("[", 100_000)), "not the JSON"),
            ("", "not the JSON"),
            ("null", "not the JSON"),
        })
        {
            using var answer = await log.CreateAsync(body);
            var text = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, text);
            ((int)JsonNode.Parse(text)!["code"]!).ShouldBe(400);
            ((string)JsonNode.Parse(text)!["message"]!).ShouldContain(reason);
        }

        ((long)(await log.GetJsonAsync("/api/v1/log"))["treeSize"]!).ShouldBe(1, "only the genesis entry");
    }

    [Test]
    public async Task Create_OfABodyThatNoTileCanHold_IsRefused()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = new SigningKey(ecdsa);
        var digest = RandomNumberGenerator.GetBytes(32);
        using var answer = await log.CreateAsync(key.HashedRekord(digest, pemBase64: CertificateOf(ecdsa, 40_000)));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("more than 65535");
    }

    [Test]
    public async Task Get_ByIndexAndUuid_GivesTheEntryOrTheRightStatus()
    {
        using var key = new SigningKey();
        var uuid = await log.UuidOfAsync(key.HashedRekord());

        (await log.GetJsonAsync("/api/v1/log/entries?logIndex=1")).AsObject().Single().Key.ShouldBe(uuid);
        (await log.GetJsonAsync($"/api/v1/log/entries/{uuid}")).AsObject().Single().Key.ShouldBe(uuid);
        (await log.GetJsonAsync($"/api/v1/log/entries/{uuid[16..]}")).AsObject().Single().Key.ShouldBe(uuid);
        foreach (var (path, status) in new[]
        {
            ("entries?logIndex=2", 404), ("entries?logIndex=-1", 422), ("entries?logIndex=x", 422), ("entries", 422),
            ($"entries/{new string('0', 64)}", 404), ($"entries/{new string('0', 16)}{uuid[16..]}", 404), ("entries/deadbeef", 422), ("nothing", 404),
        })
        {
            using var answer = await log.Client.GetAsync("/api/v1/log/" + path);
            ((int)answer.StatusCode).ShouldBe(status, path);
        }
    }

    [Test]
    public async Task Retrieve_ByUuidIndexAndEntry_GivesWhatIsThere()
    {
        using var key = new SigningKey();
        var body = key.HashedRekord();
        var uuid = await log.UuidOfAsync(body);
        foreach (var (query, count) in new[]
        {
            ($"{{\"entryUUIDs\":[\"{uuid}\"],\"logIndexes\":null,\"entries\":null}}", 1), ("{\"logIndexes\":[0,1,7]}", 2), ($"{{\"entries\":[{body}]}}", 1),
            ($"{{\"entries\":[{key.HashedRekord()}]}}", 0),
        })
        {
            using var answer = await log.PostAsync("/api/v1/log/entries/retrieve", query);
            var text = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
            JsonNode.Parse(text)!.AsArray().Count.ShouldBe(count, query);
        }

        foreach (var query in new[] { "{}", "{\"logIndexes\":[0,1,2,3,4,5,6,7,8,9,10]}", "{\"entryUUIDs\":[\"0\"]}" })
        {
            using var answer = await log.PostAsync("/api/v1/log/entries/retrieve", query);
            ((int)answer.StatusCode).ShouldBe(422, query);
        }
    }

    [Test]
    public async Task Retrieve_ByDsseEntry_FindsItByItsSignaturesAndKeys()
    {
        const string Type = "application/vnd.in-toto+json";
        using var key = new SigningKey();
        using var other = new SigningKey(ECDsa.Create(ECCurve.NamedCurves.nistP384));
        var digest = SHA256.HashData(SigningKey.PreAuthenticationEncoding(Type, [1, 2]));
        var (one, two) = (key.SignHash(digest, HashAlgorithmName.SHA256), other.SignHash(digest, HashAlgorithmName.SHA256));
        var byOne = SigningKey.Dsse(SigningKey.Envelope(Type, [1, 2], one), key.PemBase64);
        var byTwo = SigningKey.Dsse(SigningKey.Envelope(Type, [1, 2], one, two), other.PemBase64, key.PemBase64);
        await log.UuidOfAsync(byOne);
        await log.UuidOfAsync(byTwo);
        var wrong = SigningKey.Dsse(SigningKey.Envelope(Type, [1, 2], two), key.PemBase64);
        foreach (var (body, count) in new[] { (byOne, 1), (byTwo, 1), (wrong, 0) })
        {
            using var answer = await log.PostAsync("/api/v1/log/entries/retrieve", $"{{\"entries\":[{body}]}}");
            var text = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
            JsonNode.Parse(text)!.AsArray().Count.ShouldBe(count);
        }

        using var refused = await log.CreateAsync(wrong);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, "what is new is verified");
        var many = SigningKey.Dsse(SigningKey.Envelope(Type, [1, 2], one, one, one), key.PemBase64, key.PemBase64, other.PemBase64);
        using var costly = await log.PostAsync("/api/v1/log/entries/retrieve", $"{{\"entries\":[{many}]}}");
        costly.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task Search_ByHashAndKey_FindsAnOldEntryOfABusyKey()
    {
        using var key = new SigningKey();
        var digest = RandomNumberGenerator.GetBytes(32);
        var uuid = await log.UuidOfAsync(key.HashedRekord(digest));
        await Task.WhenAll(Enumerable.Range(0, 1000)
            .Select(_ => log.Service.Sequencer.AppendAsync(log.Service.Proposals.ReadV1(Encoding.UTF8.GetBytes(key.HashedRekord())))));

        (await SearchAsync($$"""{"hash":"sha256:{{Convert.ToHexStringLower(digest)}}","publicKey":{"format":"x509","content":"{{key.PemBase64}}"},"operator":"and"}"""))
            .ShouldBe([uuid]);
    }

    [Test]
    public async Task Search_ByHashAndKey_UnitesOrIntersects()
    {
        using var key = new SigningKey();
        using var other = new SigningKey();
        var digest = RandomNumberGenerator.GetBytes(32);
        var both = await log.UuidOfAsync(key.HashedRekord(digest));
        var byKey = await log.UuidOfAsync(key.HashedRekord());
        var byHash = await log.UuidOfAsync(other.HashedRekord(digest));
        var query = $"\"hash\":\"sha256:{Convert.ToHexStringLower(digest)}\",\"publicKey\":{{\"format\":\"x509\",\"content\":\"{key.PemBase64}\"}}";

        (await SearchAsync($"{{{query},\"operator\":\"and\"}}")).ShouldBe([both]);
        (await SearchAsync($"{{{query}}}")).ShouldBe([both, byKey, byHash], ignoreOrder: true);
        (await SearchAsync($"{{\"hash\":\"sha256:{new string('0', 64)}\"}}")).ShouldBeEmpty();
        foreach (var refused in new[] { "{\"email\":\"a@example.org\"}", "{}", "{\"hash\":\"sha1:00\"}", "{\"publicKey\":{\"format\":\"pgp\",\"content\":\"eA==\"}}" })
        {
            using var answer = await log.PostAsync("/api/v1/index/retrieve", refused);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, refused);
        }
    }

    [Test]
    public async Task Proof_BetweenSizes_ProvesGrowth()
    {
        using var key = new SigningKey();
        var old = await log.GetJsonAsync("/api/v1/log");
        await log.UuidOfAsync(key.HashedRekord());
        await log.UuidOfAsync(key.HashedRekord());
        var now = await log.GetJsonAsync("/api/v1/log");
        var proof = await log.GetJsonAsync($"/api/v1/log/proof?firstSize=1&lastSize=3&treeID={now["treeID"]}");
        byte[] Hash(JsonNode node) => Convert.FromHexString((string)node!);

        MerkleProof.ProvesConsistency(1, 3, Hash(old["rootHash"]!), Hash(now["rootHash"]!), [.. proof["hashes"]!.AsArray().Select(hash => Hash(hash!))]).ShouldBeTrue();
        Checkpoint.Parse((string)now["signedTreeHead"]!).IsOf(log.Trusted, log.Verifier).ShouldBeTrue();
        (await log.Client.GetStringAsync($"/api/v1/log/publicKey?treeID={now["treeID"]}")).ShouldBe(log.Key.PublicPem);
        foreach (var (query, status) in new[] { ("", 422), ("?lastSize=4", 400), ("?firstSize=3&lastSize=2", 400), ("?firstSize=0&lastSize=2", 422), ("?lastSize=2&treeID=1", 400) })
        {
            using var answer = await log.Client.GetAsync("/api/v1/log/proof" + query);
            ((int)answer.StatusCode).ShouldBe(status, query);
        }
    }

    private static string CertificateOf(ECDsa key, int padding)
    {
        var request = new CertificateRequest("CN=signer", key, HashAlgorithmName.SHA256);
        if (padding > 0)
        {
            request.CertificateExtensions.Add(new X509Extension("1.2.3.4.5", new byte[padding], critical: false));
        }

        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return SigningKey.Base64(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"));
    }

    private async Task<byte[]> BodyAsync(string uuid) => Convert.FromBase64String((string)(await log.GetJsonAsync($"/api/v1/log/entries/{uuid}"))[uuid]!["body"]!);

    private async Task<IReadOnlyList<string>> SearchAsync(string query)
    {
        using var answer = await log.PostAsync("/api/v1/index/retrieve", query);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return [.. JsonNode.Parse(text)!.AsArray().Select(uuid => (string)uuid!)];
    }
}
