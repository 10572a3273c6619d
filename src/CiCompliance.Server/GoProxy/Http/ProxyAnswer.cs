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

    /// <summary>In the words of the developer whose go command shows them.</summary>
    public static ProxyAnswer NoToken { get; } = Text(
        "This module is private, and the proxy got no token for it.\nWrite the proxy's host and your token into ~/.netrc (go help goauth).\n", StatusCodes.Status401Unauthorized);

    public static ProxyAnswer Text(string text, int status = StatusCodes.Status200OK) => new(status, PlainText, Encoding.UTF8.GetBytes(text));

    public static ProxyAnswer BadRequest(string what) => Text(what + "\n", StatusCodes.Status400BadRequest);
}
