using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The step of the composite action that runs stages, with the tool that is real.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class ActionTests
{
    private TempDirectory temporary = null!;
    private ProtectedRepository repository = null!;

    [SetUp]
    public void SetUp()
    {
        temporary = new TempDirectory();
        repository = new ProtectedRepository(temporary);
        Directory.CreateDirectory(temporary.Combine("job", "home"));
        Directory.CreateDirectory(temporary.Combine("job", "temp", "cicompliance"));
        Directory.CreateSymbolicLink(temporary.Combine("job", "temp", "cicompliance", "bin"), Path.GetDirectoryName(Scenario.Tool)!);
        ChildProcess.Capture("git", ["clone", "--quiet", repository.Origin, temporary.Combine("job", "workspace")], temporary.Path,
            new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = temporary.Path, ["GIT_CONFIG_NOSYSTEM"] = "1" });
    }

    [TearDown]
    public void TearDown() => temporary.Dispose();

    [TestCase("sign,record,assess,seal")]
    [TestCase("sign")]
    [TestCase("source,dependencies")]
    [TestCase("environments,sign")]
    [TestCase("")]
    public void DigestThatIsMissing_IsNotSkippedWhereAFolderIsContinued(string stages)
    {
        // The folder is whole and anybody's: without the digest nothing says that it is the one that was built.
        Run("environment,source").ExitCode.ShouldBe(0);
        var (exitCode, log) = Run(stages, ("sm2-key", File.ReadAllText(Scenario.KeyFile("sm2-key"))), ("p256-key", File.ReadAllText(Scenario.KeyFile("p256-key"))));
        exitCode.ShouldBe(2, log);
        log.ShouldContain("error CIC000");
        Directory.EnumerateFiles(temporary.Combine("evidence"), "*.sigstore.json", SearchOption.AllDirectories).ShouldBeEmpty();
        if (stages.StartsWith('s'))
        {
            log.ShouldContain("--expect-digest : error CIC0004");
        }
    }

    [Test]
    public void DigestThatIsRight_GoesOn()
    {
        Run("environment,source").ExitCode.ShouldBe(0);
        var digest = Digest;
        Run("dependencies", ("expect-digest", digest)).ExitCode.ShouldBe(0);
        var (exitCode, log) = Run("dependencies", ("expect-digest", digest));
        exitCode.ShouldBe(1, log);
        log.ShouldContain("error CIC2290");
    }

    [Test]
    public void Tag_IsJudgedUnderItsName([Values("", "HEAD", "the event's")] string commit)
    {
        FetchTag(repository.Head, TagKind.Signed);
        var (exitCode, log) = Run("environment,source", ("commit", commit == "the event's" ? repository.Head : commit));
        exitCode.ShouldBe(0, log);
        SourceRecord.Parse(File.ReadAllBytes(temporary.Combine("evidence", "source", "source.json"))).Tag.ShouldBe("v1.0.0");
    }

    [Test]
    public void Tag_OfARuledNameThatIsLightweight_IsRefused()
    {
        FetchTag(repository.Head, TagKind.Lightweight);
        var (exitCode, log) = Run("environment,source");
        exitCode.ShouldBe(1, log);
        log.ShouldContain("tag v1.0.0 : error CIC1001");
    }

    [Test]
    public void Tag_ThatLeadsElsewhere_Stops()
    {
        FetchTag(repository.Base, TagKind.Signed);
        var (exitCode, log) = Run("environment,source");
        exitCode.ShouldBe(3, log);
        Directory.Exists(temporary.Combine("evidence")).ShouldBeFalse();
    }

    private string Digest { get; set; } = "";

    private string Reference { get; set; } = "refs/heads/main";

    private void FetchTag(string commit, TagKind kind)
    {
        Reference = "refs/tags/v1.0.0";
        repository.Tag("v1.0.0", commit, kind);
        ChildProcess.Capture("git", ["fetch", "--quiet", "--tags"], temporary.Combine("job", "workspace"),
            new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = temporary.Path, ["GIT_CONFIG_NOSYSTEM"] = "1" });
    }

    private (int ExitCode, string Log) Run(string stages, params (string Name, string Value)[] given)
    {
        var action = WorkflowFile.Read(".github/actions/cicompliance/action.yml");
        var declared = WorkflowFile.Map(action.Root["inputs"]).ToDictionary(input => input.Key, input => WorkflowFile.Value(WorkflowFile.Map(input.Value), "default") ?? "");
        foreach (var (name, value) in new[] { ("stages", stages), ("base", repository.Base), ("commit", repository.Head), ("out", temporary.Combine("evidence")) }.Concat(given))
        {
            declared.ShouldContainKey(name);
            declared[name] = value;
        }

        var step = action.Steps.Single(step => WorkflowFile.Value(step, "id") == "run");
        var environment = WorkflowFile.Map(step["env"]).ToDictionary(pair => pair.Key, pair => Expression.Fill((string)pair.Value, name => declared[name["inputs.".Length..]]));
        var shell = new StepShell(temporary.Path, "job", environment,
            new() { ["event_name"] = "push", ["sha"] = repository.Head, ["ref"] = Reference, ["ref_protected"] = "true", ["run_attempt"] = "1", ["api_url"] = "" });
        var (exitCode, log, outputs) = shell.Run((string)step["run"]);
        Digest = outputs.GetValueOrDefault("digest", "");
        return (exitCode, log);
    }
}
