using System.Diagnostics;
using CiCompliance.Build.Quickstart;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.Quickstart;

/// <summary>The quickstart through the published tool, then a sweep: whatever is changed in the evidence, the verifier refuses it.</summary>
[TestFixture(null)]
[TestFixture("go1.19")]
[NonParallelizable]
public sealed class QuickstartTests(string? go)
{
    private readonly string root = Invocation.From([]).Root;
    private TempDirectory folder = null!;
    private string tool = null!;
    private QuickstartRun run = null!;
    private Result result = null!;

    [OneTimeSetUp]
    public void RunOnce()
    {
        tool = Environment.GetEnvironmentVariable("CICOMPLIANCE_TOOL") ?? Path.Combine(root, "artifacts", "tool", "cicompliance");
        if (!File.Exists(tool))
        {
            Assert.Ignore("needs the published tool: ./build.sh --target=Publish");
        }

        folder = new TempDirectory();
        run = new QuickstartRun(root, folder.Combine("quickstart"))
        {
            GoCache = Path.Combine(root, "artifacts", "cache", "go-build"),
            Go = go is null ? null : Peers.Require(go),
        };
        run.Execute((arguments, variables) => result = Run(arguments, variables));
    }

    [OneTimeTearDown]
    public void Remove() => folder?.Dispose();

    [Test]
    [Order(0)]
    public void Run_OnTheQuickstart_IsCompliant()
    {
        result.ExitCode.ShouldBe(0, result.Answer);
        result.Answer.ShouldContain("DEMONSTRATION");
        File.Exists(Path.Combine(run.Evidence, "report.html")).ShouldBeTrue();
    }

    [Test]
    [Order(1)]
    public void PrintedCommand_TypedIntoAShell_Accepts()
    {
        var printed = result.Answer.TrimEnd().Split('\n').Last();
        printed.ShouldContain("cicompliance verify evidence ");
        var command = tool + printed[(printed.IndexOf("cicompliance", StringComparison.Ordinal) + "cicompliance".Length)..];
        var environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = folder.Path };
        Should.NotThrow(() => ChildProcess.Capture("/bin/bash", ["-c", command], "/", environment));
    }

    [Test]
    public void Verify_WithoutAllowDemonstration_Refuses() => Verify("--repository", QuickstartRun.Repository, "--commit", run.Commit).ShouldBe(1);

    [Test]
    public void Verify_WhenAnotherCommitIsExpected_Refuses() =>
        Verify("--allow-demonstration", "--repository", QuickstartRun.Repository, "--commit", new string('0', 40)).ShouldBe(1);

    [Test]
    public void Verify_WhenAnotherRepositoryIsExpected_Refuses() =>
        Verify("--allow-demonstration", "--repository", "modules.example/other", "--commit", run.Commit).ShouldNotBe(0);

    [Test]
    public void Verify_WhenNothingIsExpected_IsUsage() => Verify("--allow-demonstration").ShouldBe(2);

    [Test]
    public void Verify_WhenOneByteOfAFileIsChanged_RefusesEach() => Sweep((path, content) =>
    {
        var changed = content.ToArray();
        changed[changed.Length / 2] ^= 1;
        File.WriteAllBytes(path, changed);
    });

    [Test]
    public void Verify_WhenAFileIsExtended_RefusesEach() => Sweep((path, content) => File.WriteAllBytes(path, [.. content, (byte)'\n']));

    [Test]
    public void Verify_WhenAFileIsTruncated_RefusesEach() => Sweep((path, content) => File.WriteAllBytes(path, content[..(content.Length / 2)]));

    [Test]
    public void Verify_WhenAFileIsMissing_RefusesEach() => Sweep((path, _) => File.Delete(path));

    [Test]
    public void Verify_WhenAFileIsALink_RefusesEach() => Sweep((path, content) =>
    {
        var elsewhere = folder.Combine("elsewhere");
        File.WriteAllBytes(elsewhere, content);
        File.Delete(path);
        File.CreateSymbolicLink(path, elsewhere);
    });

    [Test]
    public void Verify_WhenAFileIsTooMany_Refuses()
    {
        AssertAccepted();
        var extra = Path.Combine(run.Evidence, "bin", "extra");
        File.WriteAllText(extra, "x");
        var exitCode = VerifyAsExpected();
        File.Delete(extra);
        exitCode.ShouldBeOneOf(1, 3);
    }

    private void Sweep(Action<string, byte[]> tamper)
    {
        AssertAccepted();
        var files = Directory.EnumerateFiles(run.Evidence, "*", SearchOption.AllDirectories).Where(path => new FileInfo(path).Length > 0).Order(StringComparer.Ordinal).ToList();
        files.Count.ShouldBeGreaterThan(20);
        var accepted = new List<string>();
        foreach (var path in files)
        {
            var content = File.ReadAllBytes(path);
            tamper(path, content);
            if (VerifyAsExpected() is not (1 or 3))
            {
                accepted.Add(Path.GetRelativePath(run.Evidence, path));
            }

            File.Delete(path);
            File.WriteAllBytes(path, content);
        }

        accepted.ShouldBeEmpty();
        AssertAccepted();
    }

    private void AssertAccepted() => VerifyAsExpected().ShouldBe(0, "the evidence as it was written has to be accepted");

    private int VerifyAsExpected() => Verify("--allow-demonstration", "--repository", QuickstartRun.Repository, "--commit", run.Commit);

    private int Verify(params string[] options)
    {
        var info = new ProcessStartInfo(tool, ["verify", "evidence", run.Evidence, "--trust", run.Trust, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        using var process = Process.Start(info)!;
        Task.WaitAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return process.ExitCode;
    }

    private Result Run(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        var info = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in variables)
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Result(process.ExitCode, answer);
    }

    private sealed record Result(int ExitCode, string Answer);
}
