using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>
/// <c>cicompliance serve log</c> as a process over one folder, started again and again, and everything that it ever acknowledged.
/// </summary>
internal sealed class ServedLog : IDisposable
{
    private readonly ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromMinutes(1) };
    private readonly ConcurrentDictionary<long, (string Uuid, string Request)> acknowledged = new();
    private readonly StringBuilder events = new();
    private readonly string key;
    private Checkpoint seen;
    private long checkedTo;

    /// <param name="key">Where its key is written, outside the folder.</param>
    public ServedLog(string folder, string key)
    {
        Folder = folder;
        this.key = key;
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var init = ToolRun.Process(["log", "init", folder, "--origin", "log.example.test", "--log-key", key], Path.GetDirectoryName(key)!);
        init.ExitCode.ShouldBe(0, init.Messages);
        seen = Checkpoint.Parse(File.ReadAllBytes(Path.Combine(folder, "checkpoint")));
    }

    public string Folder { get; }

    public Process? Process { get; private set; }

    public string Address { get; private set; } = "";

    public int Acknowledged => acknowledged.Count;

    /// <summary>What it wrote to standard error.</summary>
    public string Events
    {
        get
        {
            lock (events)
            {
                return events.ToString();
            }
        }
    }

    /// <summary>Starts it; it is up when this returns.</summary>
    public void Start()
    {
        Launch();
        if (Address.Length == 0)
        {
            Process!.WaitForExit();
            Assert.Fail($"it ended with {Process.ExitCode}: {Events}");
        }
    }

    private void Launch()
    {
        // The signal for a file over its limit would end the process: a full disk sends none.
        var info = new ProcessStartInfo("/bin/sh", ["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", Peers.Require("dotnet"), Path.Combine(AppContext.BaseDirectory, "cicompliance.dll"),
            "serve", "log", "--path", Folder, "--log-key", key, "--listen", "127.0.0.1:0"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        Process?.Dispose();
        Process = Process.Start(info)!;
        Process.ErrorDataReceived += (_, line) =>
        {
            lock (events)
            {
                events.Append(line.Data).Append('\n');
            }
        };
        Process.BeginErrorReadLine();
        Address = Process.StandardOutput.ReadLine() ?? "";
    }

    /// <returns>How it ended, where it did not start.</returns>
    public int StartRefused()
    {
        Launch();
        Address.ShouldBeEmpty("it must not start");
        Process!.WaitForExit();
        return Process.ExitCode;
    }

    public void Kill()
    {
        Process!.Kill();
        Process.WaitForExit();
    }

    /// <summary>Sends a new entry and keeps it where it was acknowledged.</summary>
    public async Task<HttpStatusCode> AppendAsync()
    {
        var request = NewRequest();
        using var answer = await client.PostAsync(new Uri(Address + "/api/v1/log/entries"), new StringContent(request));
        if (answer.StatusCode == HttpStatusCode.Created)
        {
            var (uuid, entry) = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject().Single();
            acknowledged.TryAdd((long)entry!["logIndex"]!, (uuid, request)).ShouldBeTrue("no index is given twice");
        }

        return answer.StatusCode;
    }

    /// <summary>Appends until the server is gone.</summary>
    public async Task AppendUntilKilledAsync()
    {
        try
        {
            while (true)
            {
                (await AppendAsync()).ShouldBe(HttpStatusCode.Created);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Killed: what was not answered was not acknowledged.
        }
    }

    public async Task<HttpStatusCode> GetAsync(string path)
    {
        using var answer = await client.GetAsync(new Uri(Address + path));
        return answer.StatusCode;
    }

    public async Task WaitUntilReadyAsync()
    {
        for (var began = Stopwatch.StartNew(); await GetAsync("/readyz") != HttpStatusCode.OK; await Task.Delay(100))
        {
            began.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), "it goes on by itself: " + Events);
        }
    }

    /// <summary>
    /// The log only grew since the last look, and acknowledged entries are where they were said to be, known as duplicates: all of them, or
    /// those since the last look and some older ones.
    /// </summary>
    public async Task CheckAsync(bool all)
    {
        const int Older = 20;
        var now = Checkpoint.Parse((string)JsonNode.Parse(await client.GetStringAsync(new Uri(Address + "/api/v1/log")))!["signedTreeHead"]!);
        var proof = JsonNode.Parse(await client.GetStringAsync(new Uri($"{Address}/api/v1/log/proof?firstSize={seen.Size}&lastSize={now.Size}")))!["hashes"]!.AsArray();
        MerkleProof.ProvesConsistency(seen.Size, now.Size, seen.Root, now.Root, [.. proof.Select(hash => Convert.FromHexString((string)hash!))]).ShouldBeTrue("the log does not fork");
        var old = acknowledged.Keys.Where(index => index < checkedTo).ToArray();
        RandomNumberGenerator.Shuffle(old.AsSpan());
        foreach (var index in acknowledged.Keys.Where(index => index >= checkedTo).Concat(all ? old : old.Take(Older)))
        {
            var (uuid, request) = acknowledged[index];
            JsonNode.Parse(await client.GetStringAsync(new Uri($"{Address}/api/v1/log/entries?logIndex={index}")))!.AsObject().Single().Key.ShouldBe(uuid);
            using var again = await client.PostAsync(new Uri(Address + "/api/v1/log/entries"), new StringContent(request));
            again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        }

        (seen, checkedTo) = (now, now.Size);
    }

    public void Dispose()
    {
        if (Process is { HasExited: false })
        {
            Kill();
        }

        Process?.Dispose();
        client.Dispose();
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
