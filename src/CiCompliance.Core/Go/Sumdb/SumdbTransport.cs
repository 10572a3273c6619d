using System.Net;
using System.Net.Http.Headers;

namespace CiCompliance.Go.Sumdb;

/// <summary>An answer of the checksum database, or why there is none.</summary>
/// <param name="Body">Null unless the status is 200.</param>
internal sealed record SumdbAnswer(HttpStatusCode Status, byte[]? Body);

/// <summary>
/// Bounded GET requests: size, time, few retries (5xx and transport failures only), redirects within one host, https except on loopback. Once a request has failed
/// for good the others fail at once, so that a dead database costs one timeout and not one a module.
/// </summary>
internal sealed class SumdbTransport(HttpMessageInvoker http, TimeProvider clock)
{
    private const int MaxBytes = 1 << 20;
    private const int MaxRedirects = 4;
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)];
    private volatile string? failure;

    /// <summary>For each try of a request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>https, or http on this machine.</summary>
    public static bool IsAllowed(Uri uri) =>
        uri.UserInfo.Length == 0 && uri.Host.Length > 0 && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    /// <exception cref="HttpRequestException">No answer, or a server error, after the retries.</exception>
    /// <exception cref="InvalidDataException">The answer is larger than allowed, or leads to another host.</exception>
    public async Task<SumdbAnswer> GetAsync(Uri uri, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (failure is { } earlier)
            {
                throw new HttpRequestException(earlier);
            }

            string what;
            try
            {
                var answer = await OnceAsync(uri, cancellationToken);
                if ((int)answer.Status < 500)
                {
                    return answer;
                }

                what = $"{uri.Host} answered {(int)answer.Status}";
                if (attempt >= Pauses.Length)
                {
                    return answer;
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                what = e is OperationCanceledException ? $"{uri.Host} did not answer within {Timeout.TotalSeconds:0} s" : $"{uri.Host}: {e.Message}";
                if (attempt >= Pauses.Length)
                {
                    failure = what;
                    throw new HttpRequestException(what, e);
                }
            }

            await Task.Delay(Pauses[attempt], clock, cancellationToken);
        }
    }

    private async Task<SumdbAnswer> OnceAsync(Uri uri, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(Timeout, clock, cancellationToken);
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("cicompliance", "1"));
            using var response = await http.SendAsync(request, limit.Token);
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location)
            {
                var next = new Uri(uri, location);
                uri = IsAllowed(next) && next.Authority == uri.Authority && next.Scheme == uri.Scheme
                    ? next
                    : throw new InvalidDataException($"{uri.Host} redirects to another host");
                continue;
            }

            return new(response.StatusCode, response.StatusCode == HttpStatusCode.OK ? await ReadAsync(response, limit.Token) : null);
        }

        throw new InvalidDataException($"{uri.Host} redirects without end");
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (body.Length > MaxBytes)
            {
                throw new InvalidDataException($"the answer has more than {MaxBytes} bytes");
            }
        }

        return body.ToArray();
    }
}
