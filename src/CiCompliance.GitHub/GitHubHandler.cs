using System.Net;
using System.Net.Http.Headers;

namespace CiCompliance.GitHub;

/// <summary>
/// Below Octokit: the token and its places, bounded answers, GitHub's limits, and retries where they do no harm. Reads are repeated; a write
/// whose fate is unknown never is, because a repeated POST or PATCH would be a second check run or the same annotations twice.
/// </summary>
internal sealed class GitHubHandler(
    HttpMessageHandler inner, Uri api, string token, GitHubBounds bounds, TimeProvider clock, IProgress<LocalizedText> progress, CancellationToken publishing) : DelegatingHandler(inner)
{
    private const string ApiVersion = "2022-11-28";

    private readonly WritePace pace = new(clock);
    private readonly HashSet<string> places = [api.GetLeftPart(UriPartial.Authority)];
    private TimeSpan waited;

    /// <summary>X-OAuth-Scopes of the last answer: only classic tokens have it, an empty one too.</summary>
    public IReadOnlyList<string>? Scopes { get; private set; }

    /// <summary>Uploads go where the server says, which is another host on github.com.</summary>
    public void Allow(Uri address) => places.Add(address.GetLeftPart(UriPartial.Authority));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, publishing);
        await PrepareAsync(request, either.Token);
        var isWrite = request.Method != HttpMethod.Get;
        var limited = 0;
        for (var attempt = 1; ; attempt++)
        {
            if (isWrite)
            {
                await WaitAsync(pace.Next(), "its limits for writes", "写入限额", either.Token);
                pace.Count();
            }

            var (answer, content, failure) = await SendOnceAsync(request, either.Token);
            if (failure is not null)
            {
                answer?.Dispose();
                // DELETE can be repeated: what is gone stays gone.
                if (isWrite && request.Method != HttpMethod.Delete)
                {
                    throw new UncertainWriteException(failure);
                }

                if (attempt == GitHubBounds.Attempts)
                {
                    throw failure;
                }

                await Task.Delay(TimeSpan.FromSeconds(1 << attempt), clock, either.Token);
                continue;
            }

            if (RateLimit.WaitFor(answer!, content, limited + 1, clock.GetUtcNow()) is not { } wait)
            {
                return Judge(answer!, content);
            }

            answer!.Dispose();
            if (++limited == GitHubBounds.Attempts)
            {
                throw Limited(wait);
            }

            await WaitAsync(wait, "it limits the requests", "请求受到限制", either.Token);
        }
    }

    private async Task PrepareAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!places.Contains(request.RequestUri!.GetLeftPart(UriPartial.Authority)))
        {
            throw Refused(request.RequestUri.Host, new("the token is not for this host", "令牌不得发送至该主机"));
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.Clear();
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.github+json"));
        request.Headers.TryAddWithoutValidation("X-GitHub-Api-Version", ApiVersion);
        if (request.Content is { } body)
        {
            // Octokit names JSON after HTML forms; and a body must be there again for a second try.
            body.Headers.ContentType = body.Headers.ContentType?.MediaType == "application/x-www-form-urlencoded"
                ? new MediaTypeHeaderValue("application/json") : body.Headers.ContentType;
            await body.LoadIntoBufferAsync(cancellationToken);
        }
    }

    private async Task<(HttpResponseMessage? Answer, byte[] Content, CiComplianceException? Failure)> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Real time, not the clock's: a hung server is hung whatever the clock says.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(bounds.Request);
        try
        {
            var answer = await base.SendAsync(request, limit.Token);
            var content = await BoundedAnswer.ReadAsync(answer.Content, bounds.MaxAnswerBytes, api.Host, limit.Token);
            Scopes = RateLimit.Header(answer, "X-OAuth-Scopes")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return (answer, content, (int)answer.StatusCode < 500 ? null : Unreachable($"it answered {(int)answer.StatusCode}", $"返回 {(int)answer.StatusCode}", null));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return e is OperationCanceledException
                ? (null, [], Unreachable($"no answer within {bounds.Request.TotalSeconds:0} s", $"{bounds.Request.TotalSeconds:0} 秒内无响应", e))
                : (null, [], Unreachable(e.Message, e.Message, e));
        }
    }

    /// <summary>404 and 422 mean something to whoever asked; other refusals end here.</summary>
    private HttpResponseMessage Judge(HttpResponseMessage answer, byte[] content)
    {
        var status = (int)answer.StatusCode;
        if (answer.IsSuccessStatusCode || answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity)
        {
            var type = answer.Content.Headers.ContentType;
            answer.Content = new ByteArrayContent(content) { Headers = { ContentType = type } };
            return answer;
        }

        var said = BoundedAnswer.Message(content);
        var needs = RateLimit.Header(answer, "X-Accepted-GitHub-Permissions") is { } permissions ? BoundedAnswer.Line(permissions) : null;
        answer.Dispose();
        throw answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new CiComplianceException(PublishingDiagnostics.Forbidden, api.Host,
                new($"it answered {status}{said}{(needs is null ? "" : $"; it asks for {needs}")}", $"返回 {status}{said}{(needs is null ? "" : $";需要 {needs}")}"),
                new("Give the job checks: write and statuses: write (a release needs contents: write), and a token that has not expired",
                    "请为作业授予 checks: write 与 statuses: write(发行版需 contents: write),并使用未过期的令牌")),
            HttpStatusCode.TooManyRequests => Limited(null),
            _ => Refused(api.Host, new($"it answered {status}{said}", $"返回 {status}{said}")),
        };
    }

    private async Task WaitAsync(TimeSpan wait, string en, string zh, CancellationToken cancellationToken)
    {
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        waited += wait;
        if (waited > bounds.Waiting)
        {
            throw Limited(wait);
        }

        progress.Report(new($"waiting {Math.Ceiling(wait.TotalSeconds)} s for GitHub: {en}", $"等待 GitHub {Math.Ceiling(wait.TotalSeconds)} 秒:{zh}"));
        await Task.Delay(wait, clock, cancellationToken);
    }

    private CiComplianceException Limited(TimeSpan? wait) => new(PublishingDiagnostics.Limited, api.Host,
        wait is { } asked ? new($"it asks for a pause of {Math.Ceiling(asked.TotalSeconds)} s more", $"其要求再等待 {Math.Ceiling(asked.TotalSeconds)} 秒") : new("it answered 429", "返回 429"),
        new("Publish again later: what is there already is not written twice", "请稍后重新发布:已写入的内容不会重复写入"));

    private CiComplianceException Unreachable(string en, string zh, Exception? cause) => new(PublishingDiagnostics.Unreachable, api.Host, new(en, zh),
        new("Publish again: what is there already is not written twice", "请重新发布:已写入的内容不会重复写入"), cause);

    private static CiComplianceException Refused(string host, LocalizedText what) => new(PublishingDiagnostics.Refused, host, what,
        new("Check GITHUB_API_URL, the repository and the commit", "请检查 GITHUB_API_URL、仓库与提交"));
}
