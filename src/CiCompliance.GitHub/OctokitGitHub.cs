using System.Diagnostics.CodeAnalysis;
using Octokit;
using Octokit.Internal;
using static System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes;
using CheckRun = CiCompliance.Publishing.CheckRun;
using CommitStatus = CiCompliance.Publishing.CommitStatus;
using Release = CiCompliance.Publishing.Release;
using ReleaseAsset = CiCompliance.Publishing.ReleaseAsset;

namespace CiCompliance.GitHub;

/// <summary>One repository over Octokit's connection. Its serializer works by reflection: what it meets is named below, so that trimming keeps it.</summary>
public sealed class OctokitGitHub : IGitHub
{
    private const int PageSize = 30;
    private const int MaxTagDepth = 8;
    private const int MaxPages = 34; // 1000 check runs of one name, GitHub's own limit

    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    private readonly GitHubHandler handler;
    private readonly HttpClientAdapter http;
    private readonly Connection connection;
    private readonly Uri api;
    private readonly string repository;

    /// <param name="apiUrl">GITHUB_API_URL.</param>
    /// <param name="repository"><c>owner/name</c>.</param>
    /// <exception cref="CiComplianceException">Not such an address or name (CIC5414).</exception>
    public OctokitGitHub(string apiUrl, string repository, string token, string version, TimeProvider clock, IProgress<LocalizedText> progress, CancellationToken cancellationToken)
        : this(apiUrl, repository, token, version, GitHubBounds.Default, clock, progress, cancellationToken)
    {
    }

    [DynamicDependency(All, typeof(NewCheckRun))]
    [DynamicDependency(All, typeof(CheckRunUpdate))]
    [DynamicDependency(All, typeof(NewCheckRunOutput))]
    [DynamicDependency(All, typeof(NewCheckRunAnnotation))]
    [DynamicDependency(All, typeof(NewCommitStatus))]
    [DynamicDependency(PublicFields, typeof(CheckStatus))]
    [DynamicDependency(PublicFields, typeof(CheckConclusion))]
    [DynamicDependency(PublicFields, typeof(CheckAnnotationLevel))]
    [DynamicDependency(PublicFields, typeof(CommitState))]
    [DynamicDependency(All, typeof(StringEnum<CheckStatus>))]
    [DynamicDependency(All, typeof(StringEnum<CheckConclusion>))]
    [DynamicDependency(All, typeof(StringEnum<CheckAnnotationLevel>))]
    [DynamicDependency(All, typeof(StringEnum<CommitState>))]
    [DynamicDependency(All, typeof(StringEnum<CheckStatus>?))]
    [DynamicDependency(All, typeof(StringEnum<CheckConclusion>?))]
    [DynamicDependency(All, typeof(StringEnum<CheckAnnotationLevel>?))]
    [DynamicDependency(All, typeof(ApiError))]
    [DynamicDependency(All, typeof(ApiErrorDetail))]
    [DynamicDependency(All, typeof(List<ApiErrorDetail>))]
    [DynamicDependency(All, typeof(CheckRunsAnswer))]
    [DynamicDependency(All, typeof(CheckRunAnswer))]
    [DynamicDependency(All, typeof(List<CheckRunAnswer>))]
    [DynamicDependency(All, typeof(CheckOutputAnswer))]
    [DynamicDependency(All, typeof(StatusAnswer))]
    [DynamicDependency(All, typeof(List<StatusAnswer>))]
    [DynamicDependency(All, typeof(ReleaseAnswer))]
    [DynamicDependency(All, typeof(TagAnswer))]
    [DynamicDependency(All, typeof(TagTargetAnswer))]
    [DynamicDependency(All, typeof(AssetAnswer))]
    [DynamicDependency(All, typeof(List<AssetAnswer>))]
    internal OctokitGitHub(
        string apiUrl, string repository, string token, string version, GitHubBounds bounds, TimeProvider clock, IProgress<LocalizedText> progress, CancellationToken cancellationToken)
    {
        api = ServerAddress.Parse(apiUrl.TrimEnd('/') + "/", "GITHUB_API_URL");
        this.repository = "repos/" + repository;
        var sockets = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !api.IsLoopback, ConnectTimeout = TimeSpan.FromSeconds(15) };
        handler = new GitHubHandler(sockets, api, token, bounds, clock, progress, cancellationToken);
        http = new HttpClientAdapter(() => handler);
        // Without credentials: the handler alone knows the token. Without a limit of its own: pauses that GitHub asks for are longer.
        connection = new Connection(new ProductHeaderValue("cicompliance", version), api, new InMemoryCredentialStore(Credentials.Anonymous), http, new SimpleJsonSerializer());
        connection.SetRequestTimeout(Never);
    }

    public IReadOnlyList<string>? Scopes => handler.Scopes;

    public async Task<CheckRun?> FindCheckRunAsync(string commit, string name, string externalId)
    {
        for (var page = 1; page <= MaxPages; page++)
        {
            var answer = await GetAsync<CheckRunsAnswer>($"commits/{commit}/check-runs", new() { ["check_name"] = name, ["filter"] = "all", ["per_page"] = $"{PageSize}", ["page"] = $"{page}" });
            var runs = Items(answer.CheckRuns);
            if (runs.Find(run => run.ExternalId == externalId) is { } found)
            {
                return ToCheckRun(found);
            }

            if (runs.Count < PageSize)
            {
                break;
            }
        }

        return null;
    }

    public async Task<CheckRun> CreateCheckRunAsync(string commit, string name, string externalId, CheckRunPart part) => ToCheckRun(await ReadAsync(
        () => connection.Post<CheckRunAnswer>(Path("check-runs"), new NewCheckRun(name, commit)
        {
            ExternalId = externalId,
            DetailsUrl = part.DetailsUrl,
            Status = StatusOf(part),
            Conclusion = Requests.Conclusion(part.Conclusion),
            Output = Requests.Output(part),
        }, null, null)));

    public async Task<CheckRun> UpdateCheckRunAsync(long id, CheckRunPart part) => ToCheckRun(await ReadAsync(
        () => connection.Patch<CheckRunAnswer>(Path($"check-runs/{id}"), new CheckRunUpdate
        {
            Status = StatusOf(part),
            Conclusion = Requests.Conclusion(part.Conclusion),
            Output = Requests.Output(part),
        })));

    public async Task<CommitStatus?> FindStatusAsync(string commit, string context)
    {
        // Newest first.
        var answer = Items(await GetAsync<List<StatusAnswer>>($"commits/{commit}/statuses", new() { ["per_page"] = "100" }));
        return answer.Find(status => string.Equals(status.Context, context, StringComparison.OrdinalIgnoreCase)) is { } found
            ? new CommitStatus(context, found.State ?? "", found.Description ?? "", found.TargetUrl)
            : null;
    }

    public Task CreateStatusAsync(string commit, CommitStatus status) => ReadAsync(
        () => connection.Post<StatusAnswer>(Path($"statuses/{commit}"), Requests.Status(status), null, null));

    public async Task<Release?> FindReleaseAsync(string tag)
    {
        try
        {
            var answer = await ReadAsync(() => connection.Get<ReleaseAnswer>(Path($"releases/tags/{Uri.EscapeDataString(tag)}"), null, null));
            var upload = ServerAddress.Parse((answer.UploadUrl ?? "").Split('{')[0], "upload_url");
            handler.Allow(upload);
            return new Release(answer.Id, answer.HtmlUrl ?? "", upload.AbsoluteUri);
        }
        catch (CiComplianceException e) when (e.InnerException is NotFoundException)
        {
            return null;
        }
    }

    public async Task<string?> FindTagCommitAsync(string tag)
    {
        try
        {
            var target = await FindTargetAsync($"git/ref/tags/{Uri.EscapeDataString(tag)}");
            for (var depth = 0; target.Type == "tag" && depth < MaxTagDepth; depth++)
            {
                target = await FindTargetAsync($"git/tags/{target.Sha}");
            }

            return target.Type == "commit" ? target.Sha : null;
        }
        catch (CiComplianceException e) when (e.InnerException is NotFoundException)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<ReleaseAsset>> ListAssetsAsync(Release release)
    {
        var all = new List<ReleaseAsset>();
        for (var page = 1; page <= MaxPages; page++)
        {
            var answer = Items(await GetAsync<List<AssetAnswer>>($"releases/{release.Id}/assets", new() { ["per_page"] = "100", ["page"] = $"{page}" }));
            all.AddRange(answer.Select(ToAsset));
            if (answer.Count < 100)
            {
                break;
            }
        }

        return all;
    }

    public async Task DeleteAssetAsync(long id)
    {
        try
        {
            _ = await AskAsync(() => connection.Delete(Path($"releases/assets/{id}")));
        }
        catch (CiComplianceException e) when (e.InnerException is NotFoundException)
        {
            // Gone is gone.
        }
    }

    public async Task<ReleaseAsset> UploadAssetAsync(Release release, string name, string label, string contentType, byte[] content)
    {
        var address = new Uri($"{release.UploadUrl}?name={Uri.EscapeDataString(name)}&label={Uri.EscapeDataString(label)}");
        using var body = new MemoryStream(content, writable: false);
        return ToAsset(await ReadAsync(() => connection.Post<AssetAnswer>(address, body, null, contentType, Never)));
    }

    public void Dispose()
    {
        http.Dispose();
        handler.Dispose();
    }

    /// <summary>The id becomes part of the next address, so it must be one.</summary>
    private async Task<(string Type, string Sha)> FindTargetAsync(string path) =>
        (await ReadAsync(() => connection.Get<TagAnswer>(Path(path), null, null))).Object is { Type: { } type, Sha: { Length: 40 or 64 } sha } && sha.All(char.IsAsciiHexDigitLower)
            ? (type, sha)
            : throw BoundedAnswer.Malformed(api.Host, new("its answer names no object where GitHub's names one", "返回内容缺少应有的对象标识"));

    private static StringEnum<CheckStatus> StatusOf(CheckRunPart part) => part.Conclusion is null ? CheckStatus.InProgress : CheckStatus.Completed;

    private CheckRun ToCheckRun(CheckRunAnswer answer) => answer.Id <= 0
        ? throw BoundedAnswer.Malformed(api.Host, new("it answers with a check run that has no id", "返回的检查结果没有标识"))
        : new(answer.Id, answer.HtmlUrl ?? "", answer.Status == "completed", (int)Math.Clamp(answer.Output?.AnnotationsCount ?? 0, 0, int.MaxValue));

    private static ReleaseAsset ToAsset(AssetAnswer answer) => new(answer.Id, answer.Name ?? "", answer.Size, answer.State == "uploaded",
        answer.Digest is { } digest && digest.StartsWith("sha256:", StringComparison.Ordinal) ? digest["sha256:".Length..] : null);

    /// <summary>Octokit's reader puts null where a list, or an item of one, is something else.</summary>
    private List<T> Items<T>(List<T>? list)
        where T : class => list?.TrueForAll(item => item is not null) == true
        ? list
        : throw BoundedAnswer.Malformed(api.Host, new("its answer has no list where GitHub's has one", "返回内容缺少应有的列表"));

    private Uri Path(string rest) => new($"{repository}/{rest}", UriKind.Relative);

    private Task<T> GetAsync<T>(string path, Dictionary<string, string> parameters) => ReadAsync(() => connection.Get<T>(Path(path), parameters, null));

    private async Task<T> ReadAsync<T>(Func<Task<IApiResponse<T>>> ask) =>
        (await AskAsync(ask)).Body ?? throw BoundedAnswer.Malformed(api.Host, new("its answer is empty", "返回内容为空"));

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ApiValidationException e) when (e.ApiError?.Errors?.Any(error => error?.Code == "already_exists") == true)
        {
            throw new UncertainWriteException(Refused(e));
        }
        catch (ApiException e)
        {
            throw Refused(e);
        }
#pragma warning disable CA1031 // Octokit's reader fails in many ways over a document that is not GitHub's.
        catch (Exception e) when (e is not (CiComplianceException or UncertainWriteException or OperationCanceledException))
#pragma warning restore CA1031
        {
            throw BoundedAnswer.Malformed(api.Host, new($"its answer cannot be read ({BoundedAnswer.Line(e.Message)})", $"返回内容无法解析({BoundedAnswer.Line(e.Message)})"), e);
        }
    }

    private CiComplianceException Refused(ApiException e)
    {
        var details = e.ApiError?.Errors is { Count: > 0 } errors ? ": " + BoundedAnswer.Line(string.Join(", ", errors.Select(error => $"{error?.Field} {error?.Code} {error?.Message}"))) : "";
        var said = $"{(int)e.StatusCode}: {BoundedAnswer.Line(e.Message)}{details}";
        return new CiComplianceException(PublishingDiagnostics.Refused, api.Host, new($"it answered {said}", $"返回 {said}"),
            new("Check the repository, and that the commit was pushed to it", "请检查仓库,并确认提交已推送"), e);
    }
}
