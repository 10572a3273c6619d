using CiCompliance.Attestations;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;

namespace CiCompliance.Source;

/// <summary>
/// The <c>source</c> stage: every commit from the base to what is built is signed by a committer that the trust store names, and that
/// commit's tree is what the later stages get. The working folder plays no part: only objects of the repository are read.
/// </summary>
public sealed class SourceStage(IGitRepositoryFactory repositories, IObjectSignatureVerifier signatures) : IStage
{
    /// <summary>Findings listed one by one; the evidence has a row for every commit.</summary>
    public const int MaxFindings = 200;

    private const int ProgressStep = 200;
    private const long MaxModuleFileBytes = 16 << 20;

    public string Name => "source";

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken) =>
        Task.Run(() => Run(context, cancellationToken), cancellationToken);

    private StageResult Run(StageContext context, CancellationToken cancellationToken)
    {
        using var repository = repositories.Open(context.Options.ProjectDirectory, cancellationToken);
        RefuseShallow(repository, context.Options);
        var committers = context.Trust.With(KeyRole.Committer, context.Policy.Repository).ToList();
        RefuseNoKeys(committers, context.Policy.Repository);
        var head = SourceRevision.Resolve(repository, context.Options.Commit);
        RefuseMoved(head, context.Run.Identity);
        var baseCommit = context.Options.Base is { } start ? SourceRevision.Resolve(repository, start).Commit.Oid : null;
        var walk = Walk(repository, head.Commit.Oid, baseCommit);
        var tree = GitTreeReader.Read(repository, head.Parsed.Tree);
        WriteTree(context.Evidence, repository, tree);

        var findings = new List<Finding>();
        if (repository.HasRewrites)
        {
            findings.Add(new Finding(SourceDiagnostics.RewritesIgnored, context.Options.ProjectDirectory,
                new("replace refs or grafts show other objects to git commands; they had no effect here", "replace 引用或 grafts 会使 git 命令看到不同对象;此处未采用"),
                new("Remove them: git replace -d, and delete info/grafts", "请删除:git replace -d,并删除 info/grafts")));
        }

        var judge = new ObjectJudge(signatures, committers, context.Policy.Source, context.Options.Branch);
        if (head.LightweightTag is { } name && judge.Policy.RulesTag(name))
        {
            findings.Add(SourceFailures.LightweightTag(name));
        }

        var changes = judge.Policy.NeedsChanges ? new RangeChanges(repository, judge.Policy) : null;
        var refused = new List<Finding>();
        var checks = VerifyAll(context, new CommitVerifier(judge), walk, changes, head, refused, cancellationToken);
        findings.AddRange(refused);
        context.Evidence.WriteLines(EvidencePaths.Ancestry, walk.Ancestry(withBase: changes is not null).Select(commit => new AncestryRow(commit.Oid, commit.Raw).ToJson()));
        WriteTrees(context.Evidence, repository, changes);
        context.Evidence.Write(EvidencePaths.Source, new SourceRecord(context.Policy.Repository, repository.Format.Name, head.Commit.Oid,
            head.Parsed.Tree, baseCommit, head.TagName, context.Options.Branch, repository.Prefix, walk.Count, repository.Engine).ToJson());
        return new StageResult(Name, checks, findings);
    }

    private static List<Check> VerifyAll(
        StageContext context, CommitVerifier verifier, CommitWalk walk, RangeChanges? changes, SourceRevision head, List<Finding> findings, CancellationToken cancellationToken)
    {
        var tags = new Tally(findings);
        context.Evidence.WriteLines(EvidencePaths.Tags, head.Tags.Select(tag => verifier.Verify(new(tag, null))).Select(tags.Count));
        var commits = new Tally(findings);
        context.Evidence.WriteLines(EvidencePaths.Commits, verifier.VerifyInOrder(walk.Commits().Select(commit => new JudgedObject(commit, changes?.RulesTouched(commit))), cancellationToken).Select(verified =>
        {
            var line = commits.Count(verified);
            if (commits.Seen % ProgressStep == 0)
            {
                context.Progress.Report(new($"commit {commits.Seen} of {walk.Count}", $"提交 {commits.Seen}/{walk.Count}"));
            }

            return line;
        }));

        var checks = new List<Check>
        {
            new("source.head", commits.First, new($"{head.Commit.Oid}, tree {head.Parsed.Tree}", $"{head.Commit.Oid},树 {head.Parsed.Tree}")),
            new("source.commits", commits.Worst, new($"{commits.Passed} of {walk.Count} signed by trusted keys", $"{walk.Count} 个提交中 {commits.Passed} 个由受信任密钥签名")),
        };
        if (head.TagName is { } name)
        {
            checks.Add(new("source.tag", tags.Worst, new($"{name}: {tags.Passed} of {head.Tags.Count} signed by trusted keys", $"{name}:{head.Tags.Count} 个标签对象中 {tags.Passed} 个由受信任密钥签名")));
        }

        var hidden = commits.Hidden + tags.Hidden;
        if (hidden > 0)
        {
            findings.Add(new Finding(SourceDiagnostics.MoreRefused, EvidencePaths.Commits,
                new($"{hidden} more were refused", $"另有 {hidden} 个被拒绝"),
                new("See the rows of this file", "请查看此文件中的各行")));
        }

        return checks;
    }

    private static CommitWalk Walk(IGitRepository repository, string head, string? baseCommit)
    {
        if (head == baseCommit)
        {
            throw new CiComplianceException(SourceDiagnostics.EmptyRange, $"commit {head}",
                new("the base is the commit to build, so that nothing would be verified", "基线即为待构建提交,没有可验证的提交"),
                new("Give an earlier --base, or none to verify all history", "请指定更早的 --base,或不指定以验证全部历史"));
        }

        var walk = CommitWalk.Run(repository, head, baseCommit);
        return walk.ReachesBase
            ? walk
            : throw new CiComplianceException(SourceDiagnostics.BaseNotAncestor, $"commit {head}",
                new($"the base {baseCommit} is not in its history: it was force-pushed, or branched off elsewhere", $"基线 {baseCommit} 不在其历史中:可能被强制推送,或从别处分出"),
                new("Rebase onto the base; if the history was rewritten on purpose, verify all of it without --base", "请变基到该基线;若确系有意改写历史,请不带 --base 验证全部历史"));
    }

    private static void WriteTree(EvidenceFolder evidence, IGitRepository repository, IReadOnlyList<GitTreeEntry> tree)
    {
        var folder = repository.Prefix.Length == 0 ? "" : repository.Prefix + "/";
        var goMod = FindFile(tree, folder + "go.mod")
            ?? throw new CiComplianceException(SourceDiagnostics.NoGoMod, folder + "go.mod",
                new("the commit to build does not have it", "待构建提交中没有该文件"),
                new("Commit it, or give the module's folder with --project", "请提交该文件,或用 --project 指定模块目录"));
        evidence.Write(EvidencePaths.Tree, GitTree.ToListing(tree));
        evidence.Write(EvidencePaths.GoMod, ReadBlob(repository, goMod));
        if (FindFile(tree, folder + "go.sum") is { } goSum)
        {
            evidence.Write(EvidencePaths.GoSum, ReadBlob(repository, goSum));
        }
        else if (evidence.Exists(EvidencePaths.GoSum))
        {
            evidence.Delete(EvidencePaths.GoSum);
        }
    }

    private static void WriteTrees(EvidenceFolder evidence, IGitRepository repository, RangeChanges? changes)
    {
        if (changes is not null)
        {
            evidence.WriteLines(EvidencePaths.Trees, changes.TreesRead.Select(oid => new TreeRow(oid, repository.Read(oid, GitTreeReader.MaxTreeBytes).Raw).ToJson()));
        }
        else if (evidence.Exists(EvidencePaths.Trees))
        {
            evidence.Delete(EvidencePaths.Trees);
        }
    }

    private static GitTreeEntry? FindFile(IReadOnlyList<GitTreeEntry> tree, string path)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(path);
        var entry = tree.FirstOrDefault(entry => entry.Path.Span.SequenceEqual(bytes));
        return entry is null or { Mode: GitTreeEntry.File or GitTreeEntry.Executable }
            ? entry
            : throw SourceFailures.UnsafeTree(path, new("it is not a regular file", "它不是普通文件"));
    }

    private static byte[] ReadBlob(IGitRepository repository, GitTreeEntry entry)
    {
        using var content = new MemoryStream();
        repository.CopyBlob(entry.Oid, content, MaxModuleFileBytes);
        return content.ToArray();
    }

    private static void RefuseShallow(IGitRepository repository, RunOptions options)
    {
        if (repository.IsShallow)
        {
            throw new CiComplianceException(SourceDiagnostics.ShallowClone, options.ProjectDirectory,
                new("the clone is shallow, so that its history cannot be followed", "该克隆为浅克隆,无法追溯历史"),
                new("Run: git fetch --unshallow --tags origin (in GitHub Actions: actions/checkout with fetch-depth: 0)",
                    "请运行:git fetch --unshallow --tags origin(GitHub Actions 中:actions/checkout 设置 fetch-depth: 0)"));
        }
    }

    /// <summary>Every statement of the run names the commit that it began with.</summary>
    private static void RefuseMoved(SourceRevision head, RunIdentity run)
    {
        if (head.Commit.Oid != run.Commit || head.Parsed.Tree != run.Tree)
        {
            throw new CiComplianceException(SourceDiagnostics.RevisionMoved, $"commit {head.Commit.Oid}",
                new($"the run began with commit {run.Commit}", $"本次运行开始时的提交为 {run.Commit}"),
                new("Start a new run; in a pipeline of several jobs give the full commit id", "请重新运行;多作业流水线请给出完整提交号"));
        }
    }

    private static void RefuseNoKeys(List<TrustedKey> committers, string repository)
    {
        if (committers.Count == 0)
        {
            throw new CiComplianceException(SourceDiagnostics.NoCommitterKeys, repository,
                new("the trust store has no committer key that covers it", "信任库中没有适用于该仓库的提交者密钥"),
                new("Add one: cicompliance trust import KEYRING --role committer", "请导入:cicompliance trust import KEYRING --role committer"));
        }
    }

    /// <summary>Counts the answers while they stream into the evidence.</summary>
    private sealed class Tally(List<Finding> findings)
    {
        private bool failed;

        public int Seen { get; private set; }

        public int Passed { get; private set; }

        public int Hidden { get; private set; }

        public Verdict First { get; private set; }

        public Verdict Worst => failed ? Verdict.Fail : Seen > 0 && Passed == Seen ? Verdict.Pass : Verdict.Undecided;

        public byte[] Count(VerifiedObject verified)
        {
            First = Seen == 0 ? verified.Row.Verdict : First;
            Seen++;
            Passed += verified.Row.Verdict == Verdict.Pass ? 1 : 0;
            failed |= verified.Row.Verdict == Verdict.Fail;
            if (verified.Finding is { } finding)
            {
                if (findings.Count < MaxFindings)
                {
                    findings.Add(finding);
                }
                else
                {
                    Hidden++;
                }
            }

            return verified.Line;
        }
    }
}
