using CiCompliance.Diagnostics;
using CiCompliance.Processes;

namespace CiCompliance.Core.Tests.Processes;

public sealed class ProcessRunnerTests
{
    private static readonly Dictionary<string, string> Environment = new() { ["ONLY"] = "this" };

    [Test]
    public async Task RunAsync_WhenItRuns_GivesOutputErrorAndExitCode()
    {
        var result = await RunAsync("cat; echo no >&2; exit 7", "in"u8.ToArray());
        (result.ExitCode, result.Output, result.Error).ShouldBe((7, "in", "no\n"));
    }

    [Test]
    public async Task RunAsync_WhenItRuns_HasExactlyTheGivenEnvironment() =>
        (await RunAsync("exec /usr/bin/env")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("PWD=", StringComparison.Ordinal) && !line.StartsWith("_=", StringComparison.Ordinal))
            .ShouldBe(["ONLY=this"]);

    [Test]
    public async Task RunAsync_WhenOutputHasADestination_KeepsNone()
    {
        using var destination = new MemoryStream();
        var result = await new ProcessRunner().RunAsync(Shell("echo out; echo no >&2") with { OutputDestination = destination }, CancellationToken.None);
        (result.Output, result.Error).ShouldBe(("", "no\n"));
        destination.ToArray().ShouldBe("out\n"u8.ToArray());
        Should.Throw<CiComplianceException>(() => new ProcessRunner().RunAsync(
            Shell("while :; do echo x; done") with { OutputDestination = destination, MaxOutputBytes = 1000 }, CancellationToken.None)).Diagnostic.Code.ShouldBe("CIC0013");
        destination.Length.ShouldBeLessThanOrEqualTo(1004);
    }

    [Test]
    public void RunAsync_WhenTheDestinationIsFull_EndsTheChild() => Should.Throw<IOException>(() => new ProcessRunner().RunAsync(
        Shell("while :; do echo x; done") with { OutputDestination = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0) }, CancellationToken.None));

    private static ProcessRequest Shell(string script) => new("/bin/sh", ["-c", script], "/", Environment);

    [Test]
    public void RunAsync_WhenItPrintsWithoutEnd_IsEndedAndUndecided() =>
        Should.Throw<CiComplianceException>(() => RunAsync("while :; do echo xxxxxxxxxxxxxxxx; done")).Diagnostic.Code.ShouldBe("CIC0013");

    [Test]
    public void RunAsync_WhenItRunsTooLong_IsEndedAndUndecided() =>
        Should.Throw<CiComplianceException>(() => RunAsync("exec sleep 60", timeout: TimeSpan.FromMilliseconds(100))).Diagnostic.Code.ShouldBe("CIC0012");

    [Test]
    public void RunAsync_WhenCancelled_EndsTheChildrenToo()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var marker = $"cicompliance-{Guid.NewGuid():N}";
        Should.Throw<OperationCanceledException>(() => RunAsync($"exec -a {marker} sleep 61 & wait", cancellationToken: cancel.Token, shell: "/bin/bash"));
        Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _))
            .Any(path => TryRead(path + "/cmdline").Contains(marker, StringComparison.Ordinal)).ShouldBeFalse();
    }

    [TestCase("/nonexistent/program")]
    [TestCase("sh")]
    public void RunAsync_WhenItCannotBeStarted_SaysSo(string program) =>
        Should.Throw<CiComplianceException>(() => new ProcessRunner().RunAsync(new ProcessRequest(program, [], "/", Environment), default))
            .Diagnostic.Code.ShouldBe("CIC0011");

    private static Task<ProcessResult> RunAsync(
        string script, byte[]? input = null, TimeSpan? timeout = null, string shell = "/bin/sh", CancellationToken cancellationToken = default) =>
        new ProcessRunner().RunAsync(
            new ProcessRequest(shell, ["-c", script], "/", Environment)
            {
                StandardInput = input,
                MaxOutputBytes = 1 << 20,
                Timeout = timeout ?? TimeSpan.FromMinutes(1),
            },
            cancellationToken);

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }
}
