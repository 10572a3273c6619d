using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;
using NUnit.Framework;

namespace CiCompliance.Testing;

/// <summary>The real witness of torchwood (peer <c>litewitness</c>) on a free port of this machine, with its key in an ssh-agent of its own.</summary>
public sealed class LiteWitness : IDisposable
{
    public const string Name = "witness.example.test/w1";

    private const int RawKeySize = 32;

    private readonly TempDirectory directory = new();
    private readonly Process agent;
    private readonly Process witness;

    public LiteWitness()
    {
        var program = Peers.Require("litewitness");
        var socket = directory.Combine("agent");
        Peer.Run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", Name, "-f", directory.Combine("key")]);
        agent = Start(Peers.Require("ssh-agent"), "-D", "-a", socket);
        WaitFor(() => File.Exists(socket), "ssh-agent");
        Peer.Run("ssh-add", ["-q", directory.Combine("key")], new Dictionary<string, string> { ["SSH_AUTH_SOCK"] = socket });
        var blob = Convert.FromBase64String(File.ReadAllText(directory.Combine("key.pub")).Split(' ')[1]);
        Trusted = KeyOf(blob[^RawKeySize..]);
        var port = LoopbackHttp.FreePort().ToString(CultureInfo.InvariantCulture);
        Url = "http://127.0.0.1:" + port;
        string[] arguments =
        [
            "-db", Database, "-key", "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('='), "-listen", "127.0.0.1:" + port, "-name", Name, "-ssh-agent", socket,
        ];
        witness = Start(program, arguments);
        WaitFor(IsUp, "litewitness");
        PeerTranscript.Write(["litewitness", .. arguments], "", exitCode: null);
    }

    public string Url { get; }

    public TrustedKey Trusted { get; }

    private string Database => directory.Combine("witness.db");

    /// <summary>Tells the witness about a log whose key is Ed25519: it knows no others.</summary>
    public void AddLog(string origin, TrustedKey log)
    {
        var id = Convert.ToHexStringLower(LogKeyId.Of(log)[..LogKeyId.HintSize]);
        var control = Path.Combine(Path.GetDirectoryName(new FileInfo(Peers.Require("litewitness")).ResolveLinkTarget(true)?.FullName ?? Peers.Require("litewitness"))!, "witnessctl");
        foreach (var arguments in new string[][]
        {
            ["add-log", "-db", Database, "-origin", origin],
            ["add-key", "-db", Database, "-origin", origin, "-key", $"{log.Name}+{id}+{Convert.ToBase64String([1, .. log.PublicKey[^RawKeySize..]])}"],
        })
        {
            using var process = Start(control, arguments);
            Assert.That(process.WaitForExit(TimeSpan.FromSeconds(30)) && process.ExitCode == 0, string.Join(' ', arguments));
        }
    }

    public void Dispose()
    {
        End(witness);
        End(agent);
        witness.Dispose();
        agent.Dispose();
        directory.Dispose();
    }

    private static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit(TimeSpan.FromSeconds(30));
        }
    }

    private static TrustedKey KeyOf(byte[] raw)
    {
        byte[] spki = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00, .. raw];
        return new(Convert.ToHexStringLower(SHA256.HashData(spki)), Name, KeyRole.Witness, KeyAlgorithm.Ed25519, spki, []);
    }

    private static Process Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private bool IsUp()
    {
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            using var answer = client.GetAsync(new Uri(Url)).Result;
            return answer.IsSuccessStatusCode;
        }
        catch (AggregateException e) when (e.InnerException is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static void WaitFor(Func<bool> isThere, string what)
    {
        for (var began = Stopwatch.StartNew(); !isThere(); Thread.Sleep(20))
        {
            Assert.That(began.Elapsed, Is.LessThan(TimeSpan.FromMinutes(1)), what);
        }
    }
}
