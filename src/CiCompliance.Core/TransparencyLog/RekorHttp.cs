using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace CiCompliance.TransparencyLog;

internal sealed record RekorAnswer(HttpStatusCode Status, string? Location, byte[] Content)
{
    private const int MaxMessage = 200;

    /// <summary>The server's own words for people, bounded and on one line.</summary>
    public string Message
    {
        get
        {
            var text = SafeText.Line(Encoding.UTF8.GetString(Content).Trim(), MaxMessage);
            return text.Length == 0 ? "" : $": {text}";
        }
    }
}

/// <summary>Requests to one server, bounded in time and size, without redirects or cookies. Retried where it can't harm: a duplicate is answered 409.</summary>
internal sealed class RekorHttp : IDisposable
{
    private const int Attempts = 3;
    private const int MaxAnswer = 4 << 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly SocketsHttpHandler handler;
    private readonly HttpClient client;
    private readonly Uri server;
    private readonly TimeProvider clock;

    public RekorHttp(string url, TimeProvider clock)
    {
        this.clock = clock;
        server = ServerOf(url);
        handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !server.IsLoopback,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        client = new HttpClient(handler, disposeHandler: false) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public async Task<RekorAnswer> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await SendOnceAsync(method, path, body, cancellationToken);
                if (answer.Status is not HttpStatusCode.TooManyRequests and < HttpStatusCode.InternalServerError)
                {
                    return answer;
                }

                if (attempt == Attempts)
                {
                    throw Unreachable($"{(int)answer.Status}{answer.Message}", null);
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (attempt == Attempts)
                {
                    throw Unreachable(e is OperationCanceledException ? $"no answer within {Timeout.TotalSeconds} s" : e.Message, e);
                }
            }

            await Task.Delay(Pause * attempt, clock, cancellationToken);
        }
    }

    public void Dispose()
    {
        client.Dispose();
        handler.Dispose();
    }

    private static Uri ServerOf(string url) =>
        Uri.TryCreate(url.EndsWith('/') ? url : url + "/", UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0
            ? uri
            : throw new CiComplianceException(RekorDiagnostics.BadUrl, "log.url",
                new("it is not an https address", "不是 https 地址"),
                new("Give https://HOST; http is taken for this machine only", "请使用 https://主机;http 仅限本机"));

    private async Task<RekorAnswer> SendOnceAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, new Uri(server, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
        using var content = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await stream.ReadAsync(buffer, either.Token)) > 0;)
        {
            if (content.Length + read > MaxAnswer)
            {
                throw new CiComplianceException(RekorDiagnostics.Malformed, server.Host,
                    new("its answer is larger than any of Rekor v1's", "返回内容过大,不符合 Rekor v1"),
                    new("Check that log.url is a Rekor v1 server", "请检查 log.url 是否为 Rekor v1 服务器"));
            }

            await content.WriteAsync(buffer.AsMemory(0, read), either.Token);
        }

        return new(response.StatusCode, response.Headers.Location?.OriginalString, content.ToArray());
    }

    private CiComplianceException Unreachable(string message, Exception? cause) =>
        new(RekorDiagnostics.Unreachable, server.Host,
            new($"the Rekor server does not answer ({message})", $"Rekor 服务器无响应({message})"),
            new("Run cicompliance record again once it is up: nothing has to be signed again", "恢复后请重新运行 cicompliance record,无需重新签名"), cause);
}
