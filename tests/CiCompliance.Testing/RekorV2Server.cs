using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Keys;
using NUnit.Framework;

namespace CiCompliance.Testing;

/// <summary>
/// The real Rekor v2 server with its POSIX backend (peer <c>rekor-v2</c>) on free ports of this machine. It answers no reads: its folder is served
/// beside it, as its operators do.
/// </summary>
public sealed class RekorV2Server : IDisposable
{
    public const string Origin = "rekor.local";

    private readonly TempDirectory directory = new();
    private readonly StringBuilder output = new();
    private readonly string program;
    private readonly string[] arguments;
    private Process process;
    private readonly HttpListener files;
    private readonly Task serving;

    /// <param name="algorithm">P-256 or Ed25519: of the log's key.</param>
    public RekorV2Server(KeyAlgorithm algorithm, string checkpointInterval = "500ms", params string[] more)
    {
        program = Peers.Require("rekor-v2");
        using var key = KeyGenerator.Generate(algorithm);
        key.Save(directory.Combine("log-key.pem"));
        File.WriteAllText(PublicKeyFile, key.PublicKeyPem);
        Trusted = new TrustedKey(key.KeyId, Origin, KeyRole.Log, algorithm, key.PublicKey, []);
        Directory.CreateDirectory(Storage);
        var ports = Enumerable.Range(0, 3).Select(_ => LoopbackHttp.FreePort().ToString(CultureInfo.InvariantCulture)).ToList();
        Url = "http://127.0.0.1:" + ports[0];
        arguments =
        [
            "serve", "--signer-filepath", directory.Combine("log-key.pem"), "--storage-dir", Storage, "--hostname", Origin, "--checkpoint-interval", checkpointInterval,
            "--http-port", ports[0], "--grpc-port", ports[1], "--http-metrics-port", ports[2], .. more,
        ];
        process = Start();
        (files, TilesUrl) = LoopbackHttp.Listen();
        serving = Task.Run(ServeAsync);
        WaitUntilHealthy();
        PeerTranscript.Write(["rekor-v2", .. arguments], Output, exitCode: null);
    }

    public string Url { get; }

    /// <summary>Where its folder is served.</summary>
    public string TilesUrl { get; }

    public TrustedKey Trusted { get; }

    public string PublicKeyFile => directory.Combine("log-key.pub");

    /// <summary>What the server has written to its standard streams.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public int ProcessId => process.Id;

    private string Storage => directory.Combine("storage");

    /// <summary>Ends the server; its folder stays, and is served.</summary>
    public void Stop()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Starts it again on the same ports and folder.</summary>
    public void Restart()
    {
        Stop();
        process.Dispose();
        process = Start();
        WaitUntilHealthy();
    }

    public void Dispose()
    {
        Stop();
        process.Dispose();
        files.Close();
        serving.Wait(TimeSpan.FromSeconds(10));
        directory.Dispose();
    }

    private Process Start()
    {
        var started = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        started.OutputDataReceived += (_, line) => Keep(line.Data);
        started.ErrorDataReceived += (_, line) => Keep(line.Data);
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }

    private void Keep(string? line)
    {
        lock (output)
        {
            output.Append(line).Append('\n');
        }
    }

    private void WaitUntilHealthy()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var began = Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                using var answer = client.GetAsync(new Uri(Url + "/healthz")).Result;
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (AggregateException e) when (e.InnerException is HttpRequestException or TaskCanceledException)
            {
                // Not yet.
            }

            if (process.HasExited || began.Elapsed > TimeSpan.FromMinutes(1))
            {
                var said = Output;
                Dispose();
                throw new AssertionException("the Rekor v2 server did not become healthy: " + said);
            }
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var context = await files.GetContextAsync();
                var path = Path.GetFullPath(Path.Combine(Storage, context.Request.Url!.AbsolutePath.TrimStart('/')));
                var found = path.StartsWith(Storage + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(path);
                context.Response.StatusCode = found ? 200 : 404;
                await context.Response.OutputStream.WriteAsync(found ? await File.ReadAllBytesAsync(path) : []);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
