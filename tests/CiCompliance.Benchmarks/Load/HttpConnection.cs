using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CiCompliance.Benchmarks.Load;

/// <summary>One keep-alive connection that sends whole requests and reads whole answers with as little work as it can.</summary>
internal sealed class HttpConnection : IDisposable
{
    private const int MaxAnswer = 64 << 10;

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
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            length += read > 0 ? read : throw new IOException("the connection or the place for the answer ended");
            if (IsWhole(buffer.AsSpan(0, length)))
            {
                return int.Parse(Encoding.ASCII.GetString(buffer, "HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        var at = answer[..head].IndexOf("Content-Length: "u8);
        if (at < 0)
        {
            // Chunked: the last chunk is empty.
            return answer.EndsWith("\r\n0\r\n\r\n"u8);
        }

        var length = 0;
        for (at += "Content-Length: ".Length; answer[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            length = (length * 10) + answer[at] - '0';
        }

        return answer.Length >= head + 4 + length;
    }
}
