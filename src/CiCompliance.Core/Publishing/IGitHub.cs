namespace CiCompliance.Publishing;

/// <summary>
/// One repository on a GitHub server, as far as publishing speaks to it. Requests are retried where that does no harm; a write whose
/// fate is not known throws <see cref="UncertainWriteException"/>, and the caller looks before it writes again.
/// </summary>
public interface IGitHub : IDisposable
{
    /// <summary>Scopes of a classic token by the last answer; null for every other kind of token, which GitHub does not describe.</summary>
    IReadOnlyList<string>? Scopes { get; }

    /// <summary>Null where there is none with this external id.</summary>
    Task<CheckRun?> FindCheckRunAsync(string commit, string name, string externalId);

    Task<CheckRun> CreateCheckRunAsync(string commit, string name, string externalId, CheckRunPart part);

    /// <summary>Appends the part's annotations.</summary>
    Task<CheckRun> UpdateCheckRunAsync(long id, CheckRunPart part);

    /// <summary>The newest status of that context, or null.</summary>
    Task<CommitStatus?> FindStatusAsync(string commit, string context);

    Task CreateStatusAsync(string commit, CommitStatus status);

    /// <summary>Null where no published release has this tag.</summary>
    Task<Release?> FindReleaseAsync(string tag);

    /// <summary>The commit that the tag leads to, through annotated tags; null where there is no such tag, or it leads to no commit.</summary>
    Task<string?> FindTagCommitAsync(string tag);

    Task<IReadOnlyList<ReleaseAsset>> ListAssetsAsync(Release release);

    Task DeleteAssetAsync(long id);

    Task<ReleaseAsset> UploadAssetAsync(Release release, string name, string label, string contentType, byte[] content);
}

/// <summary>The connection broke, or the server failed, after a write was sent: it may have happened.</summary>
public sealed class UncertainWriteException(CiComplianceException cause) : Exception(cause.Message, cause)
{
    public CiComplianceException Reason { get; } = cause;
}

/// <param name="Annotations">How many it has already.</param>
public sealed record CheckRun(long Id, string Url, bool IsCompleted, int Annotations);

/// <summary>What one request says of a check run; a conclusion completes it.</summary>
public sealed record CheckRunPart(string Title, string Summary, string? DetailsUrl, string? Conclusion, IReadOnlyList<Annotation> Annotations)
{
    /// <summary>GitHub takes this many annotations in a request.</summary>
    public const int MaxAnnotations = 50;
}

/// <param name="State"><c>success</c>, <c>failure</c> or <c>error</c>.</param>
public sealed record CommitStatus(string Context, string State, string Description, string? TargetUrl);

public sealed record Release(long Id, string Url, string UploadUrl);

/// <param name="IsComplete">False for what a failed upload leaves behind (state <c>starter</c>).</param>
/// <param name="Sha256">Where the server says so.</param>
public sealed record ReleaseAsset(long Id, string Name, long Size, bool IsComplete, string? Sha256);
