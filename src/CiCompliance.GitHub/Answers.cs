namespace CiCompliance.GitHub;

// Octokit's reader fills these. Narrower than its own models on purpose: those read 32-bit sizes (a release with one 3 GB file breaks them),
// lack an asset's digest, and pull in dozens of types that a trimmed program would have to keep.

internal sealed class CheckRunsAnswer
{
    public List<CheckRunAnswer>? CheckRuns { get; set; }
}

internal sealed class CheckRunAnswer
{
    public long Id { get; set; }

    public string? HtmlUrl { get; set; }

    public string? ExternalId { get; set; }

    public string? Status { get; set; }

    public CheckOutputAnswer? Output { get; set; }
}

internal sealed class CheckOutputAnswer
{
    public long AnnotationsCount { get; set; }
}

internal sealed class StatusAnswer
{
    public string? Context { get; set; }

    public string? State { get; set; }

    public string? Description { get; set; }

    public string? TargetUrl { get; set; }
}

internal sealed class ReleaseAnswer
{
    public long Id { get; set; }

    public string? HtmlUrl { get; set; }

    public string? UploadUrl { get; set; }
}

/// <summary>A reference, or an annotated tag: either leads to an object.</summary>
internal sealed class TagAnswer
{
    public TagTargetAnswer? Object { get; set; }
}

internal sealed class TagTargetAnswer
{
    public string? Type { get; set; }

    public string? Sha { get; set; }
}

internal sealed class AssetAnswer
{
    public long Id { get; set; }

    public string? Name { get; set; }

    public string? State { get; set; }

    public long Size { get; set; }

    public string? Digest { get; set; }
}
