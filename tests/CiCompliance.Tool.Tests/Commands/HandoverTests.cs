using System.Text.Json;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>A folder that an earlier job handed over: the digest is compared before any stage, and before anything in the folder is read.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Platform("Linux")]
public sealed class HandoverTests : IDisposable
{
    private static readonly string[] Signing = ["--stages", "sign,record,assess,seal"];

    private readonly TempDirectory temporary = new();
    private readonly FakeComposition parts = new();
    private readonly string project;
    private readonly string[] options;

    public HandoverTests() => (project, options) = ToolRun.Project(temporary);

    public void Dispose() => temporary.Dispose();

    private string Out => temporary.Combine("out");

    [TestCase(false)]
    [TestCase(true)]
    public async Task Run_WhenTheDigestIsTheFolders_GoesOn(bool byVariable)
    {
        var digest = await HandOverAsync();
        digest.ShouldBe(FolderDigest.Compute(Out, parts.Digests, default));

        var run = byVariable
            ? await RunAsync(["run", .. Signing], new() { ["CICOMPLIANCE_EXPECT_DIGEST"] = digest })
            : await RunAsync(["run", .. Signing, "--expect-digest", digest]);

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Answer.ShouldContain($"\nfolder digest: {FolderDigest.Compute(Out, parts.Digests, default)}\n");
    }

    [Test]
    public async Task EachStage_PrintsTheDigestThatTheNextOneExpects()
    {
        var digest = await HandOverAsync();
        foreach (var verb in new[] { "sign", "record", "assess" })
        {
            var run = await RunAsync([verb, "--expect-digest", digest, "--format", "json"]);
            run.ExitCode.ShouldBe(0, verb + run.Messages);
            digest = DigestOf(run);
        }
    }

    [TestCase("evidence.json", "not even a document")]
    [TestCase("bin/app", "another program")]
    [TestCase("extra", "")]
    public async Task Run_WhenTheFolderWasTouched_IsRefusedBeforeAnyStage(string file, string content)
    {
        var digest = await HandOverAsync();
        temporary.Write("out/" + file, content);
        NoStageMayRun();

        var run = await RunAsync(["run", .. Signing, "--expect-digest", digest]);

        run.ExitCode.ShouldBe(1);
        run.Messages.ShouldContain("error CIC2290");
        File.ReadAllText(temporary.Combine("out", file)).ShouldBe(content, "what was refused is left as it is");
    }

    [Test]
    public async Task Run_WhenALinkWasPutIn_IsRefused()
    {
        var digest = await HandOverAsync();
        File.CreateSymbolicLink(temporary.Combine("out", "bin", "link"), "/etc/passwd");
        NoStageMayRun();

        var run = await RunAsync(["run", .. Signing, "--expect-digest", digest]);

        run.ExitCode.ShouldBe(1);
        run.Messages.ShouldContain("error CIC2213");
    }

    [Test]
    public async Task Run_WhenTheFolderIsNotThere_IsUndecided()
    {
        NoStageMayRun();
        var run = await RunAsync(["run", .. Signing, "--expect-digest", "sha256:" + new string('0', 64)]);

        run.ExitCode.ShouldBe(3);
        run.Messages.ShouldContain("error CIC2212");
        Directory.Exists(Out).ShouldBeFalse();
    }

    [Test]
    public async Task Run_WhenTheFolderCannotBeRead_IsUndecided()
    {
        await HandOverAsync();
        parts.Stages.Clear();
        NoStageMayRun();
        parts.Digests = new FailingDigests();

        var run = await RunAsync(["run", .. Signing, "--expect-digest", "sha256:" + new string('0', 64)]);

        run.ExitCode.ShouldBe(3);
        run.Messages.ShouldContain("error CIC2212");
    }

    [TestCase("none")]
    [TestCase("sha256:ABC")]
    public async Task Run_WhenTheDigestIsMalformed_IsUsage(string digest)
    {
        await HandOverAsync();
        NoStageMayRun();
        var run = await RunAsync(["run", .. Signing, "--expect-digest", digest]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("--expect-digest : error CIC0004");
    }

    [Test]
    public async Task Run_WhenItWouldBeginARunOfItsOwn_IsUsageAndKeepsTheFolder()
    {
        var digest = await HandOverAsync();
        var run = await RunAsync(["run", "--expect-digest", digest]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("error CIC0003");
        FolderDigest.Compute(Out, parts.Digests, default).ShouldBe(digest);
    }

    [Test]
    public async Task Source_WhenTheFolderIsOfAnotherRun_BeginsNone()
    {
        var digest = await HandOverAsync();
        var run = await RunAsync(["verify", "commits", "--expect-digest", digest, "--demonstration"]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("error CIC2207");
        FolderDigest.Compute(Out, parts.Digests, default).ShouldBe(digest);
    }

    private async Task<string> HandOverAsync()
    {
        parts.Stages["build"] = (context, _) =>
        {
            context.Evidence.Write("bin/app", "program"u8);
            return Task.FromResult(FakeComposition.Passed("build"));
        };
        var run = await RunAsync(["run", "--stages", "environment,source,dependencies,build,binary,sbom,assess", "--format", "json"]);
        run.ExitCode.ShouldBe(0, run.Messages);
        return DigestOf(run);
    }

    private void NoStageMayRun()
    {
        foreach (var stage in new[] { "sign", "record", "assess", "seal" })
        {
            parts.Stages[stage] = (_, _) => throw new InvalidOperationException("a stage ran");
        }
    }

    private static string DigestOf(ToolRun run) => JsonDocument.Parse(run.Answer).RootElement.GetProperty("folderDigest").GetString()!;

    private Task<ToolRun> RunAsync(string[] args, Dictionary<string, string>? environment = null) =>
        ToolRun.InProcessAsync(parts, project, [.. args, .. options], environment);

    /// <summary>The policy can still be digested; nothing after it.</summary>
    private sealed class FailingDigests : IDigestCalculator
    {
        private int calls;

        public DigestSet Compute(ReadOnlySpan<byte> content) =>
            calls++ == 0 ? new TestDigests().Compute(content) : throw new IOException("input/output error");

        public DigestSet Compute(Stream content, CancellationToken cancellationToken) => throw new IOException("input/output error");
    }
}
