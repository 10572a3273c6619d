using System.Net;
using CiCompliance.TransparencyLog;

namespace CiCompliance.GoProxy.Publishers;

/// <summary>
/// Signature files below an address: <c>GET URL/MODULE/@v/VERSION.dsse.json</c>. 404 and 410 say that there is none; a redirect, like every other answer,
/// says nothing.
/// </summary>
public sealed class HttpSignatures : ISignatureSource, IDisposable
{
    /// <summary>Of one request.</summary>
    internal const int Attempts = 2;

    private static readonly RemoteService Service = new(
        "url", new("signature service", "签名服务"), GoProxyDiagnostics.SignatureServiceDown, GoProxyDiagnostics.SignatureServiceDown);

    private readonly ServiceHttp http;

    /// <param name="url">https, or http to a loopback address.</param>
    /// <param name="timeout">Of each of at most two tries.</param>
    /// <exception cref="CiComplianceException">The address is neither (CIC4104).</exception>
    public HttpSignatures(string url, TimeSpan timeout, TimeProvider clock)
    {
        http = new ServiceHttp(Service, url, timeout, clock, Attempts);
        Name = url;
    }

    public string Name { get; }

    /// <exception cref="OperationCanceledException">By the caller.</exception>
    public async Task<ModuleSignatures?> FindAsync(ModuleStatement statement, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(
            () => http.SendAsync(HttpMethod.Get, ModuleSignatures.PathOf(statement.Module), null, cancellationToken, ModuleSignatures.MaxBytes));
        return answer.Status switch
        {
            HttpStatusCode.OK => ModuleSignatures.Parse(answer.Content),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => null,
            _ => throw Refused(answer),
        };
    }

    public void Dispose() => http.Dispose();

    /// <exception cref="SignatureSourceException">No answer, or one that is too large.</exception>
    internal static async Task<ServiceAnswer> AskAsync(Func<Task<ServiceAnswer>> ask)
    {
        try
        {
            return await ask();
        }
        catch (CiComplianceException e)
        {
            throw new SignatureSourceException(e.Finding.What, e);
        }
    }

    internal static SignatureSourceException Refused(ServiceAnswer answer) =>
        new(new($"it answered {(int)answer.Status}{answer.Message}", $"返回 {(int)answer.Status}{answer.Message}"));
}
