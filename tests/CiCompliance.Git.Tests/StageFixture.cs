using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Git.Tests;

/// <summary>Runs the <c>source</c> stage of one repository into an evidence folder of its own.</summary>
public abstract class StageFixture(GitEngine engine) : EngineFixture(engine)
{
    protected TrustStore Trust { get; set; } = null!;

    protected List<string> Progress { get; } = [];

    /// <summary>The commit that the run began with, where it isn't the one given.</summary>
    protected string? MovedFrom { get; set; }

    protected SourceRecord Record => SourceRecord.Parse(Evidence(EvidencePaths.Source));

    private string Out => Repository.Scratch("out");

    [SetUp]
    public void SetUpStage()
    {
        Repository.SignWithStandIn();
        Trust = new(TrustStore.CurrentVersion, [StandInSignatures.Key("alice"), StandInSignatures.Key("bob", "example.com/app")]);
        Progress.Clear();
        MovedFrom = null;
        Rules = SourcePolicy.Default;
        Branch = null;
    }

    /// <summary>A commit whose tree has a go.mod.</summary>
    protected string Module(string message, bool sign = true)
    {
        Repository.Write("go.mod", "module example.com/app\n");
        return Repository.Commit(message, sign);
    }

    protected SourcePolicy Rules { get; set; } = SourcePolicy.Default;

    protected string? Branch { get; set; }

    protected async Task<StageResult> Run(string? start, string commit = "HEAD", string? project = null)
    {
        using var evidence = EvidenceFolder.Open(Out);
        var policy = new CompliancePolicy(1, "example.com/app", Rules, new("goproxy.cn", null, null, false), new(VendorPolicy.Verified),
            new(["./..."], ["linux/amd64"], false, BuildCachePolicy.Fresh), new(StaticPolicy.Refused, []), new(LogKind.Ephemeral, null, null, false), []);
        var options = new RunOptions(project ?? Repository.Path, start, commit, null, null, RunMode.Production, null, null, null, null, Branch: Branch);
        var context = new StageContext(options, policy, Trust, evidence, RunOf(commit), Out + ".work", TimeProvider.System, new ProgressLines(Progress));
        return await new SourceStage(Factory, new StandInSignatures()).RunAsync(context, CancellationToken.None);
    }

    protected async Task<Diagnostic> Refused(string? start, string commit = "HEAD") =>
        (await Should.ThrowAsync<CiComplianceException>(() => Run(start, commit))).Diagnostic;

    protected bool Exists(string name) => File.Exists(Path.Combine(Out, name));

    protected byte[] Evidence(string name) => File.ReadAllBytes(Path.Combine(Out, name));

    protected IReadOnlyList<byte[]> Lines(string name) =>
        [.. File.ReadAllLines(Path.Combine(Out, name)).Select(System.Text.Encoding.UTF8.GetBytes)];

    protected IReadOnlyList<SignedObjectRow> Rows(string name) => [.. Lines(name).Select(line => SignedObjectRow.Parse(line))];

    private StubRun RunOf(string commit)
    {
        var (oid, tree) = ("", "");
        try
        {
            (oid, tree) = (Repository.Id(commit + "^{commit}"), Repository.Id(commit + "^{tree}"));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Not a commit: the stage refuses it before it looks.
        }

        return new(new RunIdentity("run", "example.com/app", MovedFrom ?? oid, tree, new("", ""), RunMode.Production, "0"));
    }

    private sealed class StubRun(RunIdentity identity) : IRunRecord
    {
        public RunIdentity Identity => identity;

        public DateTimeOffset StartedAt => DateTimeOffset.UnixEpoch;

        public HostRecord Host => throw new NotSupportedException("the source stage does not ask where it runs");

        public Verdict VerdictOf(string stage) => Verdict.Undecided;
    }

    private sealed class ProgressLines(List<string> lines) : IProgress<LocalizedText>
    {
        public void Report(LocalizedText value) => lines.Add(value.En);
    }
}
