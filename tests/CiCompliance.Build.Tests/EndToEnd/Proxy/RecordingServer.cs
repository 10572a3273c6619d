using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CiCompliance.Build.Tests.EndToEnd.Proxy;

/// <summary>HTTPS on 127.0.0.1 that keeps what it was asked with which <c>Authorization</c>, and answers 404 or leads elsewhere.</summary>
internal sealed class RecordingServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 certificate;
    private readonly string? elsewhere;

    /// <param name="elsewhere">Begin of the address that every request is redirected to.</param>
    public RecordingServer(TlsFiles tls, string? elsewhere = null)
    {
        this.elsewhere = elsewhere;
        certificate = X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public ConcurrentQueue<(string Path, string Client, string? Authorization)> Requests { get; } = new();

    public void Dispose()
    {
        listener.Dispose();
        certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Ended.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using var connection = client;
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(certificate);
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            while (await reader.ReadLineAsync() is { Length: > 0 } request)
            {
                var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                {
                    headers[line.Split(':')[0]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
                }

                var path = request.Split(' ')[1];
                Requests.Enqueue((path, headers.GetValueOrDefault("User-Agent", ""), headers.GetValueOrDefault("Authorization")));
                var answer = elsewhere is null ? "404 Not Found\r\n" : $"302 Found\r\nLocation: {elsewhere}{path}\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}Content-Length: 0\r\n\r\n"));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away.
        }
    }
}
