using System.Text;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>A whole answer, small enough for memory.</summary>
internal sealed record ProxyAnswer(int Status, string Type, byte[] Content)
{
    public const string PlainText = "text/plain; charset=utf-8";

    /// <summary>Whether it will be the same for ever.</summary>
    public bool IsImmutable { get; init; }

    /// <summary>Quoted; null where there is none.</summary>
    public string? ETag { get; init; }

    public static ProxyAnswer NotFound { get; } = Text("not found\n", StatusCodes.Status404NotFound);

    public static ProxyAnswer Text(string text, int status = StatusCodes.Status200OK) => new(status, PlainText, Encoding.UTF8.GetBytes(text));

    public static ProxyAnswer BadRequest(string what) => Text(what + "\n", StatusCodes.Status400BadRequest);

    /// <summary>A cache in front asks each time, which costs a look at the entity tag: what was denied since is given to nobody.</summary>
    public static string Revalidated(bool isPrivate) => isPrivate ? "private, no-cache" : "no-cache";

    /// <summary>Sends it where nothing was sent yet. Of an answer that failed before, an error keeps nothing.</summary>
    public async Task WriteAsync(HttpContext context, bool isPrivate)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        if (Status >= StatusCodes.Status400BadRequest)
        {
            response.Clear();
        }

        response.StatusCode = Status;
        switch (Status)
        {
            case StatusCodes.Status401Unauthorized:
                response.Headers.WWWAuthenticate = "Basic realm=\"private modules\"";
                break;
            case StatusCodes.Status405MethodNotAllowed:
                response.Headers.Allow = "GET, HEAD";
                break;
        }

        response.ContentType = Type;
        response.Headers.CacheControl = CacheControl(isPrivate);
        if (ETag is { } tag)
        {
            response.Headers.ETag = tag;
            if (EntityTag.Matches(context.Request.Headers.IfNoneMatch, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.ContentLength = Content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(Content, context.RequestAborted);
        }
    }

    /// <summary>Only tiles are the same for ever and have no tag: they prove, and give nobody a module.</summary>
    private string CacheControl(bool isPrivate) => (IsImmutable, ETag) switch
    {
        (false, _) => "no-store",
        (true, null) => isPrivate ? "private, max-age=86400" : "public, max-age=86400",
        _ => Revalidated(isPrivate),
    };
}
