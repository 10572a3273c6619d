using CiCompliance.Build.Testing;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.Testing;

/// <summary>Over the real test runner: the samples below are tests of this assembly, which are explicit everywhere else.</summary>
public sealed class TestRunTests
{
    [Test]
    public async Task ExecuteAsync_OverPassingFailingAndSkippedTests_CountsEach()
    {
        using var results = new TempDirectory();
        var outcome = await new TestRun([typeof(TestRunTests).Assembly.Location], $"FullyQualifiedName~.{nameof(SampleTests)}.")
            .ExecuteAsync(results.Path, TextWriter.Null);
        outcome.Line.ShouldBe("1 passed, 1 failed, 1 skipped", string.Concat(Directory.EnumerateFiles(results.Path, "*.log").Select(File.ReadAllText)));
        outcome.Skipped.Single().ShouldBe(new TestNote($"{typeof(SampleTests).FullName}.Skipped", "needs nothing that exists"));
        outcome.Failed.Single().Test.ShouldBe($"{typeof(SampleTests).FullName}.Failing");
        outcome.Failed.Single().Reason.ShouldContain("this one fails");
    }

    [Test]
    public async Task ExecuteAsync_WhenTheHostCrashes_CountsAFailure()
    {
        using var results = new TempDirectory();
        var outcome = await new TestRun([typeof(TestRunTests).Assembly.Location], $"FullyQualifiedName~.{nameof(CrashingSampleTests)}.")
            .ExecuteAsync(results.Path, TextWriter.Null);
        outcome.IsGood.ShouldBeFalse();
        outcome.Failed.Count.ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task ExecuteAsync_WhenAProjectRunsNoTest_CountsAFailure()
    {
        using var results = new TempDirectory();
        var outcome = await new TestRun([typeof(TempDirectory).Assembly.Location], null).ExecuteAsync(results.Path, TextWriter.Null);
        outcome.Line.ShouldBe("0 passed, 1 failed, 0 skipped");
    }

    [Test]
    public async Task ExecuteAsync_WhenAProjectWasNotBuilt_CountsAFailure()
    {
        using var results = new TempDirectory();
        var outcome = await new TestRun([results.Combine("absent.Tests.dll")], null).ExecuteAsync(results.Combine("results"), TextWriter.Null);
        outcome.Line.ShouldBe("0 passed, 1 failed, 0 skipped");
    }
}
