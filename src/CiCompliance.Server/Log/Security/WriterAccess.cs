using CiCompliance.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.Log.Security;

/// <summary>Who may write.</summary>
internal sealed class WriterAccess
{
    private readonly BearerTokens? tokens;
    private readonly bool needsCertificate;

    private WriterAccess(BearerTokens? tokens, bool needsCertificate)
    {
        this.tokens = tokens;
        this.needsCertificate = needsCertificate;
    }

    /// <exception cref="CiComplianceException">The tokens cannot be used (CIC7004).</exception>
    public static WriterAccess Of(ServerOptions options) =>
        new(options.Tokens is { } tokens ? BearerTokens.Read(tokens) : null, options.ClientCa is not null);

    /// <exception cref="RefusedException">401.</exception>
    public void Check(HttpContext context)
    {
        if (needsCertificate && context.Connection.ClientCertificate is null)
        {
            throw new RefusedException("no-certificate", "writing to this log needs a client certificate", StatusCodes.Status401Unauthorized);
        }

        if (tokens is not null && !tokens.IsKnown(context.Request.Headers.Authorization.ToString()))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            throw new RefusedException("no-token", "writing to this log needs a token", StatusCodes.Status401Unauthorized);
        }
    }
}
