using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>A forge on 127.0.0.1: <c>git http-backend</c> behind basic authentication, which can be made to misbehave.</summary>
internal sealed class GitHttpServer : IDisposable
{
    private readonly HttpListener listener;
    private readonly string git;
    private readonly string projects;

    /// <param name="repository">Served as <c>/repository</c>.</param>
    public GitHttpServer(GitRepositoryFixture repository)
    {
        git = repository.Git;
        projects = Path.GetDirectoryName(repository.Path)!;
        (listener, Root) = LoopbackHttp.Listen();
        _ = AcceptAsync();
    }

    public string Root { get; }

    /// <summary><c>user:password</c>, or null for everybody.</summary>
    public string? Login { get; set; }

    /// <summary>Answered to all, in place of the truth.</summary>
    public HttpStatusCode? Status { get; set; }

    /// <summary>Packs are cut off after so many bytes.</summary>
    public int? CutAfter { get; set; }

    public void Dispose() => listener.Close();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.GetContextAsync());
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Ended.
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        try
        {
            if (Status is { } status)
            {
                response.StatusCode = (int)status;
                response.Headers["Location"] = "/elsewhere";
            }
            else if (Login is { } login && request.Headers["Authorization"] != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(login)))
            {
                response.StatusCode = 401;
                response.Headers["WWW-Authenticate"] = "Basic realm=forge";
            }
            else
            {
                await RunAsync(request, response);
            }

            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            response.Abort();
        }
    }

    private async Task RunAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        var info = new ProcessStartInfo(git, ["http-backend"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["GIT_PROJECT_ROOT"] = projects;
        info.Environment["GIT_HTTP_EXPORT_ALL"] = "1";
        info.Environment["REQUEST_METHOD"] = request.HttpMethod;
        info.Environment["PATH_INFO"] = request.Url!.AbsolutePath;
        info.Environment["QUERY_STRING"] = request.Url.Query.TrimStart('?');
        info.Environment["CONTENT_TYPE"] = request.ContentType;
        info.Environment["CONTENT_LENGTH"] = body.Length.ToString(CultureInfo.InvariantCulture);
        info.Environment["HTTP_CONTENT_ENCODING"] = request.Headers["Content-Encoding"];
        info.Environment["HTTP_GIT_PROTOCOL"] = request.Headers["Git-Protocol"];
        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(body.ToArray());
        process.StandardInput.Close();
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        _ = await error;
        var answer = output.ToArray();
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(answer[..end]).Split("\r\n"))
        {
            var (name, value) = (line.Split(": ", 2)[0], line.Split(": ", 2)[1]);
            if (name == "Status")
            {
                response.StatusCode = int.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture);
            }
            else
            {
                response.Headers[name] = value;
            }
        }

        var content = answer.AsMemory(end + 4);
        response.ContentLength64 = content.Length;
        var isCut = CutAfter is { } limit && content.Length > limit && request.HttpMethod == "POST" && content.Span.IndexOf("PACK"u8) >= 0;
        await response.OutputStream.WriteAsync(isCut ? content[..CutAfter!.Value] : content);
        if (isCut)
        {
            throw new IOException("cut off");
        }
    }
}
