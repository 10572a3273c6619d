using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.TransparencyLog;

internal sealed record ServiceAnswer(HttpStatusCode Status, string? Location, byte[] Content)
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

/// <summary>
/// Requests to one server (a log, a witness, a time-stamping authority), bounded in time and size, without redirects or cookies. What fails on the way, 429 and 5xx are tried again after a
/// growing pause, or the one that the server asks for (Retry-After). All requests here may come twice: a log answers a duplicate 409 or logs it again.
/// </summary>
internal sealed class ServiceHttp : IDisposable
{
    /// <summary>Tries of one request, unless the caller says otherwise.</summary>
    public const int Attempts = 4;

    /// <summary>Bytes of an answer, unless the caller says otherwise.</summary>
    public const int MaxAnswer = 4 << 20;

    private const string Json = "application/json";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly SocketsHttpHandler handler;
    private readonly HttpClient client;
    private readonly RemoteService service;
    private readonly Uri server;
    private readonly Uri address;
    private readonly TimeSpan timeout;
    private readonly TimeProvider clock;
    private readonly int attempts;

    /// <param name="timeout">For each try.</param>
    /// <exception cref="CiComplianceException">The address is neither https nor loopback (CIC4104).</exception>
    public ServiceHttp(RemoteService service, string url, TimeSpan timeout, TimeProvider clock, int attempts = Attempts)
    {
        this.service = service;
        this.clock = clock;
        this.timeout = timeout;
        this.attempts = attempts;
        server = ServerOf(service, url);
        address = new Uri(url);
        handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !server.IsLoopback,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        client = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(Json));
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*", 0.5));
    }

    /// <exception cref="CiComplianceException">No answer after all tries, or one that is too large: the service's two diagnostics.</exception>
    public async Task<ServiceAnswer> SendAsync(
        HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken, int maxAnswer = MaxAnswer, string contentType = Json)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            try
            {
                var (answer, retryAfter) = await SendOnceAsync(method, path, (body, contentType), maxAnswer, cancellationToken);
                if (answer.Status is HttpStatusCode.NotImplemented or (not HttpStatusCode.TooManyRequests and < HttpStatusCode.InternalServerError))
                {
                    return answer;
                }

                asked = retryAfter;
                if (attempt == attempts || asked > LongestPause)
                {
                    throw Unreachable($"{(int)answer.Status}{answer.Message}", null);
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (attempt == attempts)
                {
                    throw Unreachable(e is OperationCanceledException ? string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds} s") : e.Message, e);
                }
            }

            await Task.Delay(asked ?? PauseAfter(attempt), clock, cancellationToken);
        }
    }

    public void Dispose()
    {
        client.Dispose();
        handler.Dispose();
    }

    /// <summary>Doubled each time, and up to a quarter more, so that runs that failed together do not come back together.</summary>
    private static TimeSpan PauseAfter(int attempt)
    {
        var pause = FirstPause * (1 << (attempt - 1));
        return pause + (pause * (RandomNumberGenerator.GetInt32(256) / 1024.0));
    }

    private static Uri ServerOf(RemoteService service, string url) =>
        Uri.TryCreate(url.EndsWith('/') ? url : url + "/", UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0
            ? uri
            : throw new CiComplianceException(RekorDiagnostics.BadUrl, service.Setting,
                new("it is not an https address", "不是 https 地址"),
                new("Give https://HOST; http is taken for this machine only", "请使用 https://主机;http 仅限本机"));

    private async Task<(ServiceAnswer Answer, TimeSpan? RetryAfter)> SendOnceAsync(
        HttpMethod method, string path, (byte[]? Content, string Type) body, int maxAnswer, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(timeout, clock, cancellationToken);
        using var request = new HttpRequestMessage(method, path.Length == 0 ? address : new Uri(server, path));
        if (body.Content is not null)
        {
            request.Content = new ByteArrayContent(body.Content) { Headers = { ContentType = new MediaTypeHeaderValue(body.Type) } };
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
        using var content = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await stream.ReadAsync(buffer, limit.Token)) > 0;)
        {
            if (content.Length + read > maxAnswer)
            {
                throw new CiComplianceException(service.Malformed, server.Host,
                    new($"the answer of the {service.Name.En} is larger than {maxAnswer} bytes", $"{service.Name.Zh}的返回内容超过 {maxAnswer} 字节"),
                    new($"Check that {service.Setting} is the address of such a service", $"请检查 {service.Setting} 是否为此类服务的地址"));
            }

            await content.WriteAsync(buffer.AsMemory(0, read), limit.Token);
        }

        return (new(response.StatusCode, response.Headers.Location?.OriginalString, content.ToArray()), RetryAfterOf(response.Headers.RetryAfter));
    }

    /// <summary>What the server asks to wait (RFC 9110 §10.2.3), in seconds or until a date; never less than nothing.</summary>
    private TimeSpan? RetryAfterOf(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date - clock.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private CiComplianceException Unreachable(string message, Exception? cause) =>
        new(service.Unreachable, server.Host,
            new($"the {service.Name.En} does not answer ({message})", $"{service.Name.Zh}无响应({message})"),
            service.Again, cause);
}
