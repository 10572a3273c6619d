namespace CiCompliance.Publishing;

/// <summary>The job that publishes, by what the runner says.</summary>
/// <param name="ServerUrl">https, without a slash at the end; null outside GitHub.</param>
/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="RunUrl">The run's page.</param>
public sealed record JobPlace(string? ServerUrl, string? Repository, string? RunUrl)
{
    public static readonly JobPlace Elsewhere = new(null, null, null);

    /// <param name="id">A commit's or tag's object id; anything else has no page.</param>
    internal string? CommitUrl(string id) =>
        ServerUrl is not null && Repository is not null && id.Length is 40 or 64 && id.All(char.IsAsciiHexDigitLower) ? $"{ServerUrl}/{Repository}/commit/{id}" : null;

    /// <summary>GitHub's names are not case-sensitive.</summary>
    internal bool Is(string repository) =>
        ServerUrl is not null && string.Equals($"{new Uri(ServerUrl).Authority}/{Repository}", repository, StringComparison.OrdinalIgnoreCase);
}
