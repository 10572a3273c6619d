using CiCompliance.Server.Hosting;
using CiCompliance.Server.Witnessing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>Runs in an embedded log, whose P-256 key C2SP's own witnesses don't know, co-signed by <c>serve witness</c>.</summary>
[TestFixture(KeyAlgorithm.Sm2)]
[TestFixture(KeyAlgorithm.Ed25519)]
public sealed class OwnWitnessTests(KeyAlgorithm algorithm)
{
    private const string Name = "witness.example.test";

    [Test]
    public async Task Run_IsCosignedAndVerifiesWithTheAuditorsCount()
    {
        using var temp = new TempDirectory();
        using var witness = new ForgeKey(temp.Path, "own-witness", algorithm, KeyRole.Witness, Name);
        using var logKey = new ForgeKey(temp.Path, "log", KeyAlgorithm.EcdsaP256, KeyRole.Log, ForgeKeys.LogName);
        var verifier = new CiCompliance.Cryptography.SignatureVerifier();
        LogStore.Create(temp.Combine("log"), ForgeKeys.LogName, logKey.Signer, [], verifier, TimeProvider.System).Dispose();
        var trust = new TrustStore(TrustStore.CurrentVersion, [logKey.Trusted]);
        using var folder = WitnessFolder.Open(temp.Combine("witness"), Name, witness.Signer, trust, verifier, TimeProvider.System);
        await using var server = await WitnessServer.StartAsync(new ServerOptions(temp.Path, "127.0.0.1:0"), folder, TestContext.Out, TimeProvider.System, CancellationToken.None);

        var asked = await AskAsync(server.Address, verifier, logKey, temp.Combine("log"));

        Cosignature.Verify(asked, witness.Trusted, verifier).ShouldBe(Verdict.Pass);
        using var http = new HttpClient();
        (await http.GetStringAsync(new Uri(server.Address + "/healthz"))).ShouldBe("ok\n");
        (await http.GetAsync(new Uri(server.Address + "/add-checkpoint"))).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Request_ThatIsNone_Is400_AndNoErrorOfTheWitness()
    {
        using var temp = new TempDirectory();
        using var witness = new ForgeKey(temp.Path, "own-witness", algorithm, KeyRole.Witness, Name);
        using var logKey = new ForgeKey(temp.Path, "log", KeyAlgorithm.EcdsaP256, KeyRole.Log, ForgeKeys.LogName);
        using var folder = Open(temp, witness, new TrustStore(TrustStore.CurrentVersion, [logKey.Trusted]));
        using var events = new StringWriter();
        await using (var server = await WitnessServer.StartAsync(new ServerOptions(temp.Path, "127.0.0.1:0"), folder, events, TimeProvider.System, CancellationToken.None))
        {
            var checkpoint = Checkpoint.Sign($"{ForgeKeys.LogName} - 1", 1, new byte[32], logKey.Signer);
            (await RawAsync(server.Address, "Transfer-Encoding: chunked\r\n\r\nno chunk size\r\n")).ShouldStartWith("HTTP/1.1 400 ");
            foreach (var old in new[] { "old 00", "old 035", "old +0", "old -1", "old ", "old 0 " })
            {
                (await SendAsync(server.Address, $"{old}\n\n{checkpoint}")).ShouldBe(System.Net.HttpStatusCode.BadRequest, old);
            }

            (await SendAsync(server.Address, $"old 0\n\n{checkpoint}")).ShouldBe(System.Net.HttpStatusCode.OK);
        }

        events.ToString().ShouldNotContain("error");
        events.ToString().ShouldContain("stopped");
    }

    [Test]
    public void Open_WithoutALogToTrust_OrWithALogsKey_OrOfAFolderInUse_IsCic7006()
    {
        using var temp = new TempDirectory();
        using var witness = new ForgeKey(temp.Path, "own-witness", algorithm, KeyRole.Witness, Name);
        using var logKey = new ForgeKey(temp.Path, "log", KeyAlgorithm.EcdsaP256, KeyRole.Log, ForgeKeys.LogName);
        var trust = new TrustStore(TrustStore.CurrentVersion, [logKey.Trusted]);
        using var first = Open(temp, witness, trust);

        Refusal(() => Open(temp, witness, trust)).ShouldBe("CIC7006");
        Refusal(() => Open(temp, logKey, trust)).ShouldBe("CIC7006");
        Refusal(() => Open(temp, witness, trust with { Keys = [witness.Trusted] })).ShouldBe("CIC7006");
    }

    private static Witness Open(TempDirectory temp, ForgeKey key, TrustStore trust) =>
        WitnessFolder.Open(temp.Combine("witness"), Name, key.Signer, trust, new CiCompliance.Cryptography.SignatureVerifier(), TimeProvider.System);

    private static async Task<System.Net.HttpStatusCode> SendAsync(string address, string request)
    {
        using var http = new HttpClient();
        using var content = new StringContent(request);
        using var answer = await http.PostAsync(new Uri(address + "/add-checkpoint"), content);
        return answer.StatusCode;
    }

    /// <summary>What an HTTP client would not send.</summary>
    private static async Task<string> RawAsync(string address, string rest)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, new Uri(address).Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"POST /add-checkpoint HTTP/1.1\r\nHost: witness\r\nConnection: close\r\n{rest}"));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync() ?? "";
    }

    private static string Refusal(Func<Witness> open) => Should.Throw<CiComplianceException>(open).Diagnostic.Code;

    private static async Task<Checkpoint> AskAsync(string address, CiCompliance.Cryptography.SignatureVerifier verifier, ForgeKey logKey, string log)
    {
        using var store = LogStore.Open(log, logKey.Signer, verifier, TimeProvider.System);
        using var http = new HttpClient();
        using var content = new StringContent($"old 0\n\n{store.Checkpoint}");
        using var answer = await http.PostAsync(new Uri(address + "/add-checkpoint"), content);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        return store.Checkpoint with { Signatures = [NoteSignature.Parse((await answer.Content.ReadAsStringAsync()).TrimEnd('\n'))] };
    }
}
