using CiCompliance.Source;

namespace CiCompliance.Publishing;

/// <summary>
/// Check run, commit status and release assets. Check run, status, release and its tag are looked up before the first write, so that a token that
/// may not see one of them writes nothing; a permission to write shows with the first write only. Publishing again writes only what is missing.
/// </summary>
public sealed class GitHubPublisher(IGitHub gitHub, JobPlace place, TimeProvider clock, IProgress<LocalizedText> progress)
{
    public const string CheckName = "CiCompliance";

    private const int Attempts = 4;

    /// <param name="releaseTag">The release that the evidence goes to, or null.</param>
    /// <param name="annotations">Of every finding, failures first.</param>
    /// <exception cref="CiComplianceException">Not published, or not wholly (CIC5400-CIC5419).</exception>
    public async Task<IReadOnlyList<PublishedItem>> PublishAsync(
        Publication publication, IReadOnlyList<Annotation> annotations, string? releaseTag, Language language, CancellationToken cancellationToken)
    {
        DemandRepository(publication, place);
        DemandReleasable(publication, releaseTag);
        var assets = releaseTag is null ? [] : ReleaseAssets.Of(publication);
        var commit = publication.Run.Commit;

        // Reads first. They also say what kind of token this is.
        var found = await gitHub.FindCheckRunAsync(commit, CheckName, publication.ExternalId);
        RequireAppToken();
        var status = StatusOf(publication);
        var statusIsThere = await gitHub.FindStatusAsync(commit, status.Context) == status;
        var release = releaseTag is null ? null : await FindReleaseAsync(releaseTag, commit);
        cancellationToken.ThrowIfCancellationRequested();

        var items = new List<PublishedItem>();
        progress.Report(new("writing the check run", "正在写入检查结果"));
        items.Add(await WriteCheckRunAsync(publication, found, annotations, language, cancellationToken));
        if (!statusIsThere)
        {
            await RetryAsync(() => gitHub.CreateStatusAsync(commit, status), async () => await gitHub.FindStatusAsync(commit, status.Context) == status, cancellationToken);
        }

        items.Add(new PublishedItem("commit-status", status.Context, place.CommitUrl(commit), statusIsThere));
        if (release is not null)
        {
            progress.Report(new($"uploading {assets.Count} files to the release", $"正在向发行版上传 {assets.Count} 个文件"));
            items.AddRange(await new ReleaseUploader(gitHub, release, RetryAsync).UploadAsync(assets, cancellationToken));
        }

        return items;
    }

    /// <exception cref="CiComplianceException">The evidence is for another repository than the job's (CIC5403).</exception>
    public static void DemandRepository(Publication publication, JobPlace place)
    {
        if (!place.Is(publication.Run.Repository))
        {
            throw new CiComplianceException(PublishingDiagnostics.OtherRepository, publication.Run.Repository,
                new($"the job belongs to {place.ServerUrl}/{place.Repository}", $"该作业属于 {place.ServerUrl}/{place.Repository}"),
                new("Publish evidence in its own repository; the policy says which that is", "请在证据所属的仓库中发布;仓库由策略指定"));
        }
    }

    private static void DemandReleasable(Publication publication, string? releaseTag)
    {
        if (releaseTag is not null && publication.Seal is null)
        {
            throw new CiComplianceException(PublishingDiagnostics.NotSealed, releaseTag,
                new("the run did not come to its seal", "该运行未完成封存"), new("Publish without --release, and fix what stopped the run", "请去掉 --release 发布,并修复使运行中止的问题"));
        }

        if (releaseTag is not null && publication.Run.Mode != Attestations.RunMode.Production)
        {
            throw OtherRelease(releaseTag, new("the evidence is of a demonstration run", "该证据来自演示运行"));
        }

        // Evidence that was made for the commit alone says nothing of the tag: its signature was not looked at.
        if (releaseTag is not null && publication.Source?.Tag != releaseTag
            && publication.Input.Policy.Source.Rules.FirstOrDefault(rule => rule.Tags.Any(pattern => NamePattern.MatchesPath(pattern, releaseTag))) is { } rule)
        {
            var made = publication.Source?.Tag is { } other ? new LocalizedText($"the tag {other}", other) : new("no tag", "无");
            throw new CiComplianceException(PublishingDiagnostics.OtherRelease, releaseTag,
                new($"the policy's rule '{rule.Name}' is about this tag, and the evidence was made for {made.En}", $"策略规则“{rule.Name}”涉及该标签,而证据所针对的标签为:{made.Zh}"),
                new("Run again for the tag, with --commit refs/tags/NAME, and publish that evidence", "请用 --commit refs/tags/NAME 针对该标签重新运行,并发布所得证据"));
        }
    }

    private void RequireAppToken()
    {
        if (gitHub.Scopes is { } scopes)
        {
            throw new CiComplianceException(PublishingDiagnostics.TokenKind, "--token",
                new($"it is a classic token (scopes: {(scopes.Count == 0 ? "none" : string.Join(", ", scopes))}), and GitHub takes check runs from apps and jobs only",
                    $"这是经典令牌(权限范围:{(scopes.Count == 0 ? "无" : string.Join("、", scopes))}),GitHub 只接受应用或作业写入检查结果"),
                new("Give the job's own token, with checks: write and statuses: write, and contents: write for a release",
                    "请使用作业自身的令牌,权限为 checks: write 与 statuses: write,发行版另需 contents: write"));
        }
    }

    private async Task<Release> FindReleaseAsync(string tag, string commit)
    {
        var release = await gitHub.FindReleaseAsync(tag)
            ?? throw new CiComplianceException(PublishingDiagnostics.NoRelease, tag,
                new("no published release has this tag, or the token may not see it", "没有使用该标签的已发布发行版,或令牌无权查看"),
                new("Create the release first, or check the tag", "请先创建发行版,或检查标签"));
        var tagged = await gitHub.FindTagCommitAsync(tag);
        return tagged == commit
            ? release
            : throw OtherRelease(tag, tagged is null
                ? new("the tag leads to no commit", "该标签不指向任何提交")
                : new($"the tag leads to commit {tagged}, the evidence is of {commit}", $"该标签指向提交 {tagged},而证据属于 {commit}"));
    }

    private static CiComplianceException OtherRelease(string tag, LocalizedText what) => new(PublishingDiagnostics.OtherRelease, tag, what,
        new("Publish the evidence of the production run of the tagged commit", "请发布该标签所指提交的生产运行的证据"));

    private async Task<PublishedItem> WriteCheckRunAsync(
        Publication publication, CheckRun? run, IReadOnlyList<Annotation> annotations, Language language, CancellationToken cancellationToken)
    {
        var (title, summary) = (SummaryText.Title(publication).In(language), SummaryText.ForCheck(publication, place, language));
        var wasThere = run is { IsCompleted: true } && run.Annotations >= annotations.Count;
        var attempt = 1;
        while (run is not { IsCompleted: true } || run.Annotations < annotations.Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rest = annotations.Skip(run?.Annotations ?? 0).ToList();
            // Completed by the last request only: until then no rule about merging takes it for an answer.
            var part = new CheckRunPart(title, summary, place.RunUrl, rest.Count <= CheckRunPart.MaxAnnotations ? ConclusionOf(publication) : null,
                [.. rest.Take(CheckRunPart.MaxAnnotations)]);
            try
            {
                var written = run is null
                    ? await gitHub.CreateCheckRunAsync(publication.Run.Commit, CheckName, publication.ExternalId, part)
                    : await gitHub.UpdateCheckRunAsync(run.Id, part);
                // What was sent is there; the server counts annotations when it comes to it.
                run = written with { Annotations = (run?.Annotations ?? 0) + part.Annotations.Count, IsCompleted = part.Conclusion is not null };
            }
            catch (UncertainWriteException e)
            {
                await PauseAsync(e, attempt++, cancellationToken);
                run = await gitHub.FindCheckRunAsync(publication.Run.Commit, CheckName, publication.ExternalId) ?? run;
            }
        }

        return new PublishedItem("check-run", CheckName, run.Url, wasThere);
    }

    /// <summary>Writes; where that is uncertain, looks whether it happened, and writes again if not.</summary>
    private async Task RetryAsync(Func<Task> write, Func<Task<bool>> isThere, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await write();
                return;
            }
            catch (UncertainWriteException e)
            {
                await PauseAsync(e, attempt, cancellationToken);
                if (await isThere())
                {
                    return;
                }
            }
        }
    }

    private async Task PauseAsync(UncertainWriteException failure, int attempt, CancellationToken cancellationToken)
    {
        if (attempt == Attempts)
        {
            throw failure.Reason;
        }

        await Task.Delay(TimeSpan.FromSeconds(1 << attempt), clock, cancellationToken);
    }

    // A check that is neutral lets a merge through, so a demonstration is not that.
    private static string ConclusionOf(Publication publication) =>
        publication.IsDeployable ? "success" : publication.Verdict == Verdict.Fail ? "failure" : "action_required";

    private CommitStatus StatusOf(Publication publication)
    {
        var log = publication.Log is { } entry ? "; " + entry.Line.En : "";
        var doubt = publication.Verdict != Verdict.Fail && publication.Doubt is { } why ? $" ({why.En})" : "";
        return new CommitStatus(StatusContext.Of(publication.Source?.Branch), publication.IsDeployable ? "success" : publication.Verdict == Verdict.Undecided ? "error" : "failure",
            $"{publication.Verdict.ToWord()}{doubt}{log}", place.RunUrl);
    }
}

/// <summary>One thing that now stands on the host.</summary>
/// <param name="WasThere">It was found as it should be, and nothing was written.</param>
public sealed record PublishedItem(string Kind, string Name, string? Url, bool WasThere);
