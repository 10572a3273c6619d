using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary><c>cicompliance serve log</c>, and every entry that it acknowledged.</summary>
internal sealed class ServedLog : ServedProcess
{
    private readonly ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ConcurrentDictionary<long, (string Uuid, string Request)> acknowledged = new();
    private readonly string key;
    private Checkpoint seen;
    private long checkedTo;

    /// <param name="key">Where its key is written, outside the folder.</param>
    public ServedLog(string folder, string key)
        : base(folder)
    {
        this.key = key;
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var init = ToolRun.Process(["log", "init", folder, "--origin", "log.example.test", "--log-key", key], Path.GetDirectoryName(key)!);
        init.ExitCode.ShouldBe(0, init.Messages);
        seen = Checkpoint.Parse(File.ReadAllBytes(Path.Combine(folder, "checkpoint")));
    }

    public override int Acknowledged => acknowledged.Count;

    protected override IReadOnlyList<string> Arguments => ["serve", "log", "--path", Folder, "--log-key", key, "--listen", "127.0.0.1:0"];

    /// <summary>Sends a new entry and keeps it where it was acknowledged.</summary>
    public async Task<HttpStatusCode> AppendAsync()
    {
        var request = NewRequest();
        using var answer = await Client.PostAsync(new Uri(Address + "/api/v1/log/entries"), new StringContent(request));
        if (answer.StatusCode == HttpStatusCode.Created)
        {
            var (uuid, entry) = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject().Single();
            acknowledged.TryAdd((long)entry!["logIndex"]!, (uuid, request)).ShouldBeTrue("no index is given twice");
        }

        return answer.StatusCode;
    }

    public override async Task CheckAsync(bool all)
    {
        const int Older = 20;
        var now = Checkpoint.Parse((string)JsonNode.Parse(await Client.GetStringAsync(new Uri(Address + "/api/v1/log")))!["signedTreeHead"]!);
        var proof = JsonNode.Parse(await Client.GetStringAsync(new Uri($"{Address}/api/v1/log/proof?firstSize={seen.Size}&lastSize={now.Size}")))!["hashes"]!.AsArray();
        MerkleProof.ProvesConsistency(seen.Size, now.Size, seen.Root, now.Root, [.. proof.Select(hash => Convert.FromHexString((string)hash!))]).ShouldBeTrue("the log does not fork");
        var old = acknowledged.Keys.Where(index => index < checkedTo).ToArray();
        RandomNumberGenerator.Shuffle(old.AsSpan());
        foreach (var index in acknowledged.Keys.Where(index => index >= checkedTo).Concat(all ? old : old.Take(Older)))
        {
            var (uuid, request) = acknowledged[index];
            JsonNode.Parse(await Client.GetStringAsync(new Uri($"{Address}/api/v1/log/entries?logIndex={index}")))!.AsObject().Single().Key.ShouldBe(uuid);
            using var again = await Client.PostAsync(new Uri(Address + "/api/v1/log/entries"), new StringContent(request));
            again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        }

        (seen, checkedTo) = (now, now.Size);
    }

    protected override async Task WorkAsync() => (await AppendAsync()).ShouldBe(HttpStatusCode.Created);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        signer.Dispose();
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
