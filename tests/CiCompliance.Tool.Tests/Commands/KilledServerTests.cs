using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>The server is killed at random points under load, again and again over one folder.</summary>
public sealed class KilledServerTests : IDisposable
{
    private const int Kills = 8;
    private const int Writers = 12;

    private readonly TempDirectory temporary = new();
    private readonly ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly HttpClient client = new();

    public void Dispose()
    {
        client.Dispose();
        signer.Dispose();
        temporary.Dispose();
    }

    [Test]
    public async Task LosesNoAcknowledgedEntry_NeverForks_AndKnowsItsDuplicates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = temporary.Write("log.pem", key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(pem, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ToolRun.Process(["log", "init", "log", "--origin", "log.example.test", "--log-key", pem], temporary.Path).ExitCode.ShouldBe(0);
        var acknowledged = new ConcurrentDictionary<long, (string Uuid, string Request)>();
        var seen = Checkpoint.Parse(await File.ReadAllBytesAsync(temporary.Combine("log", "checkpoint")));
        for (var kill = 0; kill < Kills; kill++)
        {
            using var server = ToolRun.Start(["serve", "log", "--path", "log", "--log-key", pem, "--listen", "127.0.0.1:0"], temporary.Path);
            _ = server.StandardError.ReadToEndAsync();
            var address = (await server.StandardOutput.ReadLineAsync())!;
            seen = await CheckAsync(address, seen, acknowledged);
            var atLeast = acknowledged.Count + RandomNumberGenerator.GetInt32(5, 60);
            var writers = Enumerable.Range(0, Writers).Select(_ => WriteAsync(address, acknowledged)).ToList();
            SpinWait.SpinUntil(() => acknowledged.Count >= atLeast || server.HasExited, TimeSpan.FromMinutes(1)).ShouldBeTrue();
            server.Kill();
            await Task.WhenAll(writers);
            await server.WaitForExitAsync();
        }

        using var last = ToolRun.Start(["serve", "log", "--path", "log", "--log-key", pem, "--listen", "127.0.0.1:0"], temporary.Path);
        await CheckAsync((await last.StandardOutput.ReadLineAsync())!, seen, acknowledged);
        last.Kill();
        acknowledged.Count.ShouldBeGreaterThan(Kills * 5);
    }

    private async Task WriteAsync(string address, ConcurrentDictionary<long, (string Uuid, string Request)> acknowledged)
    {
        try
        {
            while (true)
            {
                var request = NewRequest();
                using var answer = await client.PostAsync(new Uri(address + "/api/v1/log/entries"), new StringContent(request));
                answer.StatusCode.ShouldBe(HttpStatusCode.Created);
                var (uuid, entry) = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject().Single();
                acknowledged.TryAdd((long)entry!["logIndex"]!, (uuid, request)).ShouldBeTrue("no index is given twice");
            }
        }
        catch (HttpRequestException)
        {
            // Killed: what was not answered was not acknowledged.
        }
        catch (IOException)
        {
        }
    }

    private async Task<Checkpoint> CheckAsync(string address, Checkpoint seen, ConcurrentDictionary<long, (string Uuid, string Request)> acknowledged)
    {
        var now = Checkpoint.Parse((string)JsonNode.Parse(await client.GetStringAsync(new Uri(address + "/api/v1/log")))!["signedTreeHead"]!);
        var proof = JsonNode.Parse(await client.GetStringAsync(new Uri($"{address}/api/v1/log/proof?firstSize={seen.Size}&lastSize={now.Size}")))!["hashes"]!.AsArray();
        MerkleProof.ProvesConsistency(seen.Size, now.Size, seen.Root, now.Root, [.. proof.Select(hash => Convert.FromHexString((string)hash!))]).ShouldBeTrue();
        foreach (var (index, (uuid, request)) in acknowledged)
        {
            JsonNode.Parse(await client.GetStringAsync(new Uri($"{address}/api/v1/log/entries?logIndex={index}")))!.AsObject().Single().Key.ShouldBe(uuid);
            using var again = await client.PostAsync(new Uri(address + "/api/v1/log/entries"), new StringContent(request));
            again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        }

        return now;
    }

    private string NewRequest()
    {
        var digest = RandomNumberGenerator.GetBytes(32);
        byte[] signature;
        lock (signer)
        {
            signature = signer.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);
        }

        return Encoding.UTF8.GetString(ProposedEntry.HashedRekord(digest, signature, signer.ExportSubjectPublicKeyInfo()).Request);
    }
}
