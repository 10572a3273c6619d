using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CiCompliance.Benchmarks.Load;

/// <summary>One keep-alive connection that sends whole requests and reads whole answers with as little work as it can.</summary>
internal sealed class HttpConnection : IDisposable
{
    // Of an answer that is read whole, and a piece of one that is not.
    private const int MaxAnswer = 256 << 10;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[MaxAnswer];

    public static async Task<HttpConnection> OpenAsync(Uri server)
    {
        var connection = new HttpConnection();
        await connection.socket.ConnectAsync(IPAddress.Loopback, server.Port);
        return connection;
    }

    /// <returns>The status.</returns>
    /// <exception cref="IOException">The connection ended, or the answer is too large.</exception>
    /// <exception cref="SocketException">The connection was lost.</exception>
    public async ValueTask<int> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await socket.SendAsync(request, cancellationToken);
        for (var length = 0; ;)
        {
            length += await ReceiveAsync(length, cancellationToken);
            if (IsWhole(buffer.AsSpan(0, length)))
            {
                return StatusOf(buffer);
            }
        }
    }

    /// <exception cref="InvalidOperationException">The answer is not 200.</exception>
    public void Require(string path)
    {
        if (AskAsync(SignedRequests.Get(path), CancellationToken.None).AsTask().GetAwaiter().GetResult() is var status and not 200)
        {
            throw new InvalidOperationException($"{path} was answered with {status}");
        }
    }

    /// <summary>Reads an answer of any length and keeps none of it.</summary>
    /// <returns>The status, and the bytes of the body.</returns>
    /// <exception cref="IOException">The connection ended, or the answer does not say how long it is.</exception>
    /// <exception cref="SocketException">The connection was lost.</exception>
    public async ValueTask<(int Status, long Length)> DrainAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await socket.SendAsync(request, cancellationToken);
        var (length, body) = (0, -1);
        while (body < 0)
        {
            length += await ReceiveAsync(length, cancellationToken);
            body = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) + 4 is var at and > 3 ? at : -1;
        }

        var (status, whole) = (StatusOf(buffer), LengthOf(buffer.AsSpan(0, body)) ?? throw new IOException("the answer has no length"));
        for (var rest = whole - (length - body); rest > 0;)
        {
            rest -= await ReceiveAsync(0, cancellationToken);
        }

        return (status, whole);
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask<int> ReceiveAsync(int at, CancellationToken cancellationToken) =>
        await socket.ReceiveAsync(buffer.AsMemory(at), cancellationToken) is var read and > 0 ? read : throw new IOException("the connection or the place for the answer ended");

    private static int StatusOf(byte[] answer) => int.Parse(Encoding.ASCII.GetString(answer, "HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        // Chunked: the last chunk is empty.
        return LengthOf(answer[..(head + 4)]) is { } length ? answer.Length >= head + 4 + length : answer.EndsWith("\r\n0\r\n\r\n"u8);
    }

    private static long? LengthOf(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0)
        {
            return null;
        }

        var length = 0L;
        for (at += "Content-Length: ".Length; head[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            length = (length * 10) + head[at] - '0';
        }

        return length;
    }
}
