using System.Net;
using CiCompliance.Attestations;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Timestamping;

/// <summary>Has the policy's time-stamping authority stamp the signatures of bundles (RFC 3161 §3.4), and takes only what an auditor will take.</summary>
internal sealed class TimestampRound(ITimestampTokens tokens)
{
    private const int AtOnce = 4;
    private const int MaxResponse = 64 << 10;
    private const string QueryType = "application/timestamp-query";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly RemoteService Service = new(
        "log.timestamp-authority", new("time-stamping authority", "时间戳机构"), TimestampDiagnostics.Unreachable, TimestampDiagnostics.Refused);

    /// <summary>The bundles with a time stamp each, in their order; as they are where the policy names no authority.</summary>
    /// <exception cref="CiComplianceException">No answer (CIC4301), or none that a trusted key made for this request (CIC4302).</exception>
    public async Task<IReadOnlyList<SigstoreBundle>> StampAsync(StageContext context, IReadOnlyList<SigstoreBundle> bundles, CancellationToken cancellationToken)
    {
        if (context.Policy.Log.TimestampAuthority is not { } url)
        {
            return bundles;
        }

        context.Progress.Report(new($"time stamps for {bundles.Count} signatures", $"正在为 {bundles.Count} 个签名加盖时间戳"));
        var authorities = context.Trust.With(KeyRole.Tsa, context.Policy.Repository).ToList();
        using var http = new ServiceHttp(Service, url, Timeout, context.Clock);
        var stamped = new SigstoreBundle[bundles.Count];
        await Parallel.ForAsync(0, bundles.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) => stamped[i] = await StampAsync(http, url, bundles[i], authorities, context.Clock.GetUtcNow(), token));
        return stamped;
    }

    private async Task<SigstoreBundle> StampAsync(
        ServiceHttp http, string url, SigstoreBundle bundle, IReadOnlyList<TrustedKey> authorities, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var request = tokens.Request(bundle.Content.Signature);
        var answer = await http.SendAsync(HttpMethod.Post, "", request.Encoded, cancellationToken, MaxResponse, QueryType);
        var problem = answer.Status != HttpStatusCode.OK ? new LocalizedText($"it answered {(int)answer.Status}{answer.Message}", $"返回 {(int)answer.Status}{answer.Message}")
            : !request.IsAnsweredBy(answer.Content) ? new("its answer grants no time stamp for the request", "其应答未给出该请求的时间戳")
            : TrustedTimestamp.Read(answer.Content, bundle.Content.Signature, authorities, tokens) switch
            {
                null => new("its time stamp does not verify, or carries no certificate", "其时间戳验证失败,或不含证书"),
                { Authority: null } => new("its time stamp is by a key that is not trusted for time stamps", "时间戳由不受信任的密钥签发"),
                { Authority: { } key, Time: var time } when key.Revocation is not null || !key.IsValidAt(time) =>
                    new($"the key '{key.Name}' that stamped at {time:u} was not valid then", $"于 {time:u} 盖章的密钥“{key.Name}”当时无效"),
                { Time: var time } when (time - now).Duration() > ClockTolerance.Value =>
                    new($"it says {time:u}, and it is {now:u} here", $"其时间为 {time:u},本机为 {now:u}"),
                _ => (LocalizedText?)null,
            };
        return problem is { } what
            ? throw new CiComplianceException(TimestampDiagnostics.Refused, url, what,
                new("Check log.timestamp-authority, this machine's clock, and that the authority's certificate is in the trust store (cicompliance trust import --role tsa)",
                    "请检查 log.timestamp-authority、本机时钟,以及信任库中是否有该机构的证书(cicompliance trust import --role tsa)"))
            : bundle with { Timestamps = [answer.Content] };
    }
}
