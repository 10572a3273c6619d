using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CiCompliance.Digests;
using CiCompliance.Go;

namespace CiCompliance.Testing;

/// <summary>
/// A module proxy on 127.0.0.1 that speaks the GOPROXY protocol and passes /sumdb/NAME/ on to a <see cref="FixtureSumdb"/>. <see cref="Lie"/> makes it lie.
/// </summary>
public sealed class FixtureModuleProxy : IDisposable
{
    private static readonly DateTimeOffset ZipTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private bool isDisposed;
    private int hanging;
    private readonly ConcurrentDictionary<string, byte[]> files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> large = new(StringComparer.Ordinal);

    public FixtureModuleProxy(FixtureSumdb sumdb)
    {
        Sumdb = sumdb;
        listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        _ = AcceptAsync();
    }

    public FixtureSumdb Sumdb { get; }

    /// <summary>GOPROXY.</summary>
    public string Url { get; }

    /// <summary>Paths asked for, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Looked at first: an answer for a path (unescaped), or null to tell the truth. Status 0 never answers.</summary>
    public Func<string, (int Status, byte[] Body)?> Lie { get; set; } = _ => null;

    /// <summary>Looked at before <see cref="Lie"/>: every byte of a whole answer, after which the connection ends, or null.</summary>
    public Func<string, byte[]?> Raw { get; set; } = _ => null;

    /// <summary>Looked at first of all: how an answer begins and then hangs, for as long as the client waits, or null.</summary>
    public Func<string, Hang?> Hang { get; set; } = _ => null;

    /// <summary>How many hang now.</summary>
    public int Hanging => hanging;

    /// <summary>How long each answer takes to begin, as that of a proxy far away does.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Adds a module version: its zip is served, and its record appended to the database.</summary>
    /// <param name="sourceFiles">Name within the module, text; go.mod among them.</param>
    /// <returns>Its two go.sum lines.</returns>
    public string Add(string path, string version, IReadOnlyDictionary<string, string> sourceFiles, bool inDatabase = true)
    {
        var module = new ModuleVersion(path, version);
        var zip = Zip(module, sourceFiles);
        files[RootOf(module) + ".zip"] = zip;
        return AddRecord(module, HashOf(zip, module), Encoding.UTF8.GetBytes(sourceFiles["go.mod"]), inDatabase);
    }

    /// <summary>Adds a module version whose zip stays in its file, and is read from there each time.</summary>
    /// <returns>Its two go.sum lines.</returns>
    public string AddLarge(ModuleVersion module, string zip, string goMod)
    {
        large[RootOf(module) + ".zip"] = zip;
        return AddRecord(module, ModuleZip.Hash(zip, module, new NoDigests(), CancellationToken.None).H1, Encoding.UTF8.GetBytes(goMod), inDatabase: true);
    }

    private static string RootOf(ModuleVersion module) => $"/{ModulePath.Escape(module.Path)}/@v/{ModulePath.Escape(module.Version)}";

    private string AddRecord(ModuleVersion module, string h1, byte[] goMod, bool inDatabase)
    {
        files[RootOf(module) + ".mod"] = goMod;
        files[RootOf(module) + ".info"] = Encoding.UTF8.GetBytes($"{{\"Version\":\"{module.Version}\",\"Time\":\"2026-01-01T00:00:00Z\"}}");
        files[$"/{ModulePath.Escape(module.Path)}/@v/list"] = Encoding.UTF8.GetBytes(module.Version + "\n");
        var goModH1 = ModuleZip.HashGoMod(goMod);
        if (inDatabase)
        {
            Sumdb.Add(module, h1, goModH1);
        }

        return $"{module.Path} {module.Version} {h1}\n{module.Path} {module.Version}/go.mod {goModH1}\n";
    }

    public byte[] ZipOf(string path, string version) => files[$"/{ModulePath.Escape(path)}/@v/{ModulePath.Escape(version)}.zip"];

    /// <summary>A module zip with these files, the same bytes every time.</summary>
    public static byte[] Zip(ModuleVersion module, IReadOnlyDictionary<string, string> sourceFiles)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in sourceFiles.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                var entry = zip.CreateEntry($"{module}/{name}");
                entry.LastWriteTime = ZipTime;
                using var content = entry.Open();
                content.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return stream.ToArray();
    }

    /// <summary>The h1 hash of a zip in memory.</summary>
    public static string HashOf(byte[] zip, ModuleVersion module)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, zip);
            return ModuleZip.Hash(file, module, new NoDigests(), CancellationToken.None).H1;
        }
        finally
        {
            File.Delete(file);
        }
    }

    public void Dispose()
    {
        if (!isDisposed)
        {
            isDisposed = true;
            stop.Cancel();
            listener.Dispose();
            stop.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        var token = stop.Token;
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(token), token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Ended.
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = client;
            // Head and body are two writes: without this the second waits for the client's delayed acknowledgement.
            client.NoDelay = true;
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 } request)
            {
                while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 })
                {
                    // Headers say nothing here.
                }

                var path = Uri.UnescapeDataString(request.Split(' ')[1].Split('?')[0]);
                Requests.Enqueue(path);
                if (Hang(path) is { } hang)
                {
                    await HangAsync(stream, hang, cancellationToken);
                    return;
                }

                if (Raw(path) is { } raw)
                {
                    await stream.WriteAsync(raw, cancellationToken);
                    return;
                }

                if (Delay > TimeSpan.Zero)
                {
                    await Task.Delay(Delay, cancellationToken);
                }

                if (large.TryGetValue(path, out var file))
                {
                    await SendAsync(stream, file, cancellationToken);
                    continue;
                }

                var (status, body) = Lie(path) ?? Answer(path);
                if (status == 0)
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }

                var head = $"HTTP/1.1 {status} X\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {body.Length}\r\n{Location(status, body)}\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
                await stream.WriteAsync(body, cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, or the proxy ended.
        }
    }

    private async Task HangAsync(NetworkStream stream, Hang hang, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref hanging);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(hang.Begin), cancellationToken);
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var client = stream.ReadAsync(new byte[1], cancellationToken).AsTask();
            while (await Task.WhenAny(client, Task.Delay(hang.Pause, gone.Token)) != client)
            {
                await stream.WriteAsync(hang.Next, cancellationToken);
            }

            await gone.CancelAsync();
        }
        finally
        {
            Interlocked.Decrement(ref hanging);
        }
    }

    private static async Task SendAsync(NetworkStream stream, string file, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 X\r\nContent-Type: application/zip\r\nContent-Length: {content.Length}\r\n\r\n"), cancellationToken);
        await content.CopyToAsync(stream, 256 << 10, cancellationToken);
    }

    private (int Status, byte[] Body) Answer(string path)
    {
        var sumdb = $"/sumdb/{Sumdb.Name}";
        return path.StartsWith(sumdb + "/", StringComparison.Ordinal) ? Sumdb.Answer(path[sumdb.Length..])
            : files.TryGetValue(path, out var body) ? (200, body)
            : (404, "not found\n"u8.ToArray());
    }

    // A redirect's body is where it leads.
    private static string Location(int status, byte[] body) => status is >= 300 and < 400 ? $"Location: {Encoding.ASCII.GetString(body)}\r\n" : "";

    private sealed class NoDigests : IDigestCalculator
    {
        public DigestSet Compute(ReadOnlySpan<byte> content) => new("", "");

        public DigestSet Compute(Stream content, CancellationToken cancellationToken) => new("", "");
    }
}

/// <summary>An answer that never ends.</summary>
/// <param name="Begin">What is sent at once.</param>
/// <param name="Next">What is sent again and again.</param>
/// <param name="Pause">Before each of these.</param>
public sealed record Hang(string Begin, byte[] Next, TimeSpan Pause)
{
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 60000\r\n\r\n";

    /// <summary>Takes the request, and nothing more.</summary>
    public static Hang Silent { get; } = new("", [], Timeout.InfiniteTimeSpan);

    /// <summary>Stops after the first bytes of the body.</summary>
    public static Hang Stalled { get; } = new(Head + "PK", [], Timeout.InfiniteTimeSpan);

    /// <summary>Goes on byte by byte.</summary>
    public static Hang Dripping { get; } = new(Head, "x"u8.ToArray(), TimeSpan.FromMilliseconds(2));
}
