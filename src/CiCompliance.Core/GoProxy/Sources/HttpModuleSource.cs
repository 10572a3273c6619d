using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;

namespace CiCompliance.GoProxy.Sources;

/// <summary>Another module proxy (Go module reference, "GOPROXY protocol"). Every answer is bounded in size and time, and redirects stay where they are allowed to lead.</summary>
/// <param name="url">Its GOPROXY address: https, or http on this machine.</param>
/// <param name="redirectHosts">Other hosts that it may redirect to, always over https.</param>
public sealed class HttpModuleSource(Uri url, IReadOnlyList<string> redirectHosts, HttpMessageInvoker http, TimeProvider clock) : IModuleSource
{
    private const int MaxRedirects = 4;
    private const int Tries = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly string root = url.AbsoluteUri.TrimEnd('/');

    public string Name => root;

    /// <summary>For an answer to begin, and for each piece of it to follow.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For a whole answer, however steadily it comes.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellationToken)
    {
        var body = await ReadAsync($"{ModulePath.Escape(path)}/@v/list", ModuleLimits.MaxList, refuseHtml: true, cancellationToken);
        return [.. Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(SemanticVersion.IsCanonical)];
    }

    public async Task<ModuleInfo> ResolveAsync(string path, string query, CancellationToken cancellationToken)
    {
        var info = await InfoAsync($"{ModulePath.Escape(path)}/@v/{ModulePath.Escape(query)}.info", cancellationToken);
        return !SemanticVersion.IsCanonical(query) || info.Version == query
            ? info
            : throw new ModuleSourceException($"{Name} says that {path}@{query} is {SafeText.Line(info.Version, 100)}");
    }

    public Task<ModuleInfo> ResolveLatestAsync(string path, CancellationToken cancellationToken) =>
        InfoAsync($"{ModulePath.Escape(path)}/@latest", cancellationToken);

    public Task<byte[]> ReadGoModAsync(ModuleVersion module, CancellationToken cancellationToken) =>
        ReadAsync(FileOf(module, ".mod"), ModuleLimits.MaxGoMod, refuseHtml: false, cancellationToken);

    public Task DownloadZipAsync(ModuleVersion module, Stream destination, CancellationToken cancellationToken) =>
        GetAsync(FileOf(module, ".zip"), ModuleZip.MaxBytes, refuseHtml: false, destination, cancellationToken);

    private static string FileOf(ModuleVersion module, string extension) =>
        $"{ModulePath.Escape(module.Path)}/@v/{ModulePath.Escape(module.Version)}{extension}";

    private async Task<ModuleInfo> InfoAsync(string file, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(file, ModuleLimits.MaxInfo, refuseHtml: true, cancellationToken);
        return ModuleInfoJson.TryParse(body) ?? throw new ModuleSourceException($"{Name}/{file} is no description of a version");
    }

    private async Task<byte[]> ReadAsync(string file, int maxBytes, bool refuseHtml, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await GetAsync(file, maxBytes, refuseHtml, body, cancellationToken);
        return body.ToArray();
    }

    private async Task GetAsync(string file, long maxBytes, bool refuseHtml, Stream destination, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(MaxTime, clock, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var response = await SendAsync(new Uri($"{root}/{file}"), limit.Token);
                if ((int)response.StatusCode >= 500 && attempt < Tries)
                {
                    await Task.Delay(Pause, clock, cancellationToken);
                    continue;
                }

                CheckStatus(response, file, refuseHtml, maxBytes);
                await CopyAsync(response, file, maxBytes, destination, limit.Token);
                return;
            }
            catch (HttpRequestException e) when (attempt < Tries && e.StatusCode is null && e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded)
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
            catch (HttpRequestException e)
            {
                throw new ModuleSourceException($"{Name}: {SafeText.Line(e.Message, 200)}", e);
            }
            catch (OperationCanceledException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new ModuleSourceException($"{Name} kept silent for {Patience.TotalSeconds:0} s, or took longer than {MaxTime.TotalMinutes:0} min", e);
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri uri, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("cicompliance", "1"));
            using var patience = new TimeLimit(Patience, clock, cancellationToken);
            var response = await http.SendAsync(request, patience.Token);
            if ((int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            uri = Uri.TryCreate(uri, location, out var next) && IsAllowed(next) ? next
                : throw new ModuleSourceException($"{Name} redirects to {SafeText.Line(next?.Host ?? "what is no address", 100)}, which is not among its redirect-hosts");
        }

        throw new ModuleSourceException($"{Name} redirects without end");
    }

    private bool IsAllowed(Uri next) =>
        next.UserInfo.Length == 0
        && ((next.Scheme == url.Scheme && next.Authority == url.Authority)
            || (next.Scheme == Uri.UriSchemeHttps && redirectHosts.Contains(next.Host, StringComparer.OrdinalIgnoreCase)));

    private void CheckStatus(HttpResponseMessage response, string file, bool refuseHtml, long maxBytes)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                break;
            case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                throw new ModuleNotFoundException($"{Name} has no {file}");
            default:
                throw new ModuleSourceException(string.Create(CultureInfo.InvariantCulture, $"{Name} answered {(int)response.StatusCode}"));
        }

        // A page of a portal that stands before the network.
        if (refuseHtml && response.Content.Headers.ContentType?.MediaType is "text/html")
        {
            throw new ModuleSourceException($"{Name} answered with a web page");
        }

        if (response.Content.Headers.ContentLength > maxBytes)
        {
            throw TooLarge(file, maxBytes);
        }
    }

    private async Task CopyAsync(HttpResponseMessage response, string file, long maxBytes, Stream destination, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 << 10];
        var total = 0L;
        using var patience = new TimeLimit(Patience, clock, cancellationToken);
        while (true)
        {
            patience.Restart(Patience);
            int read;
            try
            {
                read = await stream.ReadAsync(buffer, patience.Token);
            }
            catch (IOException e)
            {
                throw new ModuleSourceException($"{Name} broke off {file}: {SafeText.Line(e.Message, 200)}", e);
            }

            if (read == 0)
            {
                return;
            }

            total += read;
            if (total > maxBytes)
            {
                throw TooLarge(file, maxBytes);
            }

            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    private ModuleSourceException TooLarge(string file, long maxBytes) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{Name}/{file} has more than {maxBytes} bytes"));
}
