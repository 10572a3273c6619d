using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace CiCompliance.GitHub;

/// <summary>
/// Who the runner says the job is: chosen claims of its OIDC token. The token itself is not kept, and its signature is not checked: that
/// needs the issuer's keys of the day. What is recorded is attested, like everything about the host.
/// </summary>
public static class JobIdentity
{
    private const string Audience = "cicompliance";
    private const int MaxBytes = 64 << 10;
    private const int MaxClaim = 512;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    // repository_id, not the text of sub, tells repositories apart: its form depends on when a repository was made.
    private static readonly string[] Claims =
    [
        "iss", "sub", "repository", "repository_id", "repository_owner_id", "ref", "sha", "workflow_ref", "job_workflow_ref", "job_workflow_sha",
        "run_id", "run_attempt", "actor", "actor_id", "event_name", "runner_environment", "environment",
    ];

    /// <param name="url">ACTIONS_ID_TOKEN_REQUEST_URL.</param>
    /// <param name="requestToken">ACTIONS_ID_TOKEN_REQUEST_TOKEN.</param>
    /// <exception cref="CiComplianceException">Offered and not given (CIC5415).</exception>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(string url, string requestToken, CancellationToken cancellationToken)
    {
        var address = ServerAddress.Parse(url, "ACTIONS_ID_TOKEN_REQUEST_URL");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !address.IsLoopback };
            using var client = new HttpClient(handler);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{address.AbsoluteUri}{(address.Query.Length == 0 ? "?" : "&")}audience={Audience}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", requestToken);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var content = await BoundedAnswer.ReadAsync(answer.Content, MaxBytes, address.Host, limit.Token);
            return answer.IsSuccessStatusCode ? Parse(content) : throw NotGiven($"it answered {(int)answer.StatusCode}", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or FormatException or InvalidOperationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw NotGiven(e is OperationCanceledException ? $"no answer within {Timeout.TotalSeconds} s" : BoundedAnswer.Line(e.Message), e);
        }
    }

    internal static IReadOnlyDictionary<string, string> Parse(byte[] answer)
    {
        using var document = JsonDocument.Parse(answer);
        var parts = document.RootElement.TryGetProperty("value", out var value) ? (value.GetString() ?? "").Split('.') : [];
        if (parts.Length != 3)
        {
            throw new FormatException("its value is no JSON web token");
        }

        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        return Claims.Where(name => payload.RootElement.TryGetProperty(name, out var claim) && (claim.ValueKind is JsonValueKind.String or JsonValueKind.Number))
            .ToDictionary(name => name, name => Text(payload.RootElement.GetProperty(name)));
    }

    private static string Text(JsonElement claim)
    {
        var text = claim.ValueKind == JsonValueKind.String ? claim.GetString()! : claim.GetRawText();
        return new StringBuilder().Append([.. text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(MaxClaim)]).ToString();
    }

    private static CiComplianceException NotGiven(string why, Exception? cause) => new(PublishingDiagnostics.NoIdentity, "ACTIONS_ID_TOKEN_REQUEST_URL",
        new($"the job may ask for an identity token, and does not get one ({why})", $"作业有权请求身份令牌,但未能取得({why})"),
        new("Run the job again, or take id-token: write from it", "请重新运行作业,或去掉其 id-token: write 权限"), cause);
}
