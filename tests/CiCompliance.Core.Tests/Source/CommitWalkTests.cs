using CiCompliance.Diagnostics;
using CiCompliance.Source;

namespace CiCompliance.Core.Tests.Source;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CommitWalkTests : IDisposable
{
    private readonly MemoryRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Test]
    public void Run_OverALine_GivesChildrenBeforeParents()
    {
        var line = Line(1, 10);
        Range(line[9], line[3]).ShouldBe(line[4..].Reverse());
        Range(line[9], null).ShouldBe(line.AsEnumerable().Reverse());
    }

    [Test]
    public void Run_CloseToTheHead_ReadsLittle()
    {
        var line = Line(1, 1000);
        Range(line[999], line[995]).Count.ShouldBe(4);
        repository.WasRead.Count.ShouldBeLessThan(10);
    }

    [Test]
    public void Run_OverAMergeOfAnOldBranch_TakesItIn()
    {
        var line = Line(1, 10);
        var branch = repository.Commit(3, line[1]);
        var merge = repository.Commit(20, line[9], branch);
        var walk = CommitWalk.Run(repository, merge, line[9]);
        walk.Commits().Select(commit => commit.Oid).ShouldBe([merge, branch]);
        walk.ReachesBase.ShouldBeTrue();
        walk.Ancestry(withBase: false).Select(commit => commit.Oid).ShouldBe(line[1..].Reverse());
    }

    [Test]
    public void Ancestry_OfTwoBoundaries_WritesSharedCommitsOnce()
    {
        var line = Line(1, 10);
        var first = repository.Commit(3, line[1]);
        var second = repository.Commit(6, line[4]);
        var merge = repository.Commit(20, line[9], first, second);
        var ancestry = CommitWalk.Run(repository, merge, line[9]).Ancestry(withBase: false).ToList();
        ancestry.Select(commit => commit.Oid).ShouldBeUnique();
        var reached = new HashSet<string> { line[9] };
        foreach (var commit in ancestry)
        {
            reached.ShouldContain(commit.Oid);
            reached.UnionWith(CommitObject.Parse(commit.Raw).Parents);
        }

        reached.ShouldContain(line[1]);
        reached.ShouldContain(line[4]);
    }

    [Test]
    public void Run_WhereTheBaseCameInByAMerge_ReachesIt()
    {
        var line = Line(1, 5);
        var side = repository.Commit(10, line[2]);
        var merge = repository.Commit(11, side, line[4]);
        var walk = CommitWalk.Run(repository, merge, line[4]);
        walk.ReachesBase.ShouldBeTrue();
        walk.Count.ShouldBe(2);
    }

    [Test]
    public void Run_FromAnotherBranch_DoesNotReachTheBase()
    {
        var line = Line(1, 5);
        var side = repository.Commit(10, line[2]);
        CommitWalk.Run(repository, side, line[4]).ReachesBase.ShouldBeFalse();
        CommitWalk.Run(repository, line[2], line[4]).ReachesBase.ShouldBeFalse();
    }

    [Test]
    public void Run_FromAnUnrelatedHistory_DoesNotReachTheBase()
    {
        var line = Line(1, 5);
        CommitWalk.Run(repository, repository.Commit(10), line[4]).ReachesBase.ShouldBeFalse();
    }

    /// <summary>Whoever writes a commit chooses its dates.</summary>
    [TestCase(0L)]
    [TestCase(1L)]
    [TestCase(1_000_000L)]
    public void Run_WhereDatesLie_LeavesNothingOut(long lie)
    {
        var line = Line(1, 10);
        var evil = repository.Commit(lie, line[9]);
        var covered = repository.Commit(30, evil);
        var branch = repository.Commit(lie, line[2]);
        var head = repository.Commit(40, covered, branch);
        var walk = CommitWalk.Run(repository, head, line[9]);
        walk.ReachesBase.ShouldBeTrue();
        walk.Commits().Select(commit => commit.Oid).ShouldBe([head, covered, evil, branch], ignoreOrder: true);
    }

    [Test]
    public void Run_WhereAnOldCommitPretendsToBeNew_StillFindsItBelowTheBase()
    {
        var root = repository.Commit(1);
        var future = repository.Commit(1000, root);
        var rest = new List<string> { future };
        for (var i = 0; i < 20; i++)
        {
            rest.Add(repository.Commit(2 + i, rest[^1]));
        }

        var head = repository.Commit(50, rest[^1], future);
        Range(head, rest[^1]).ShouldBe([head]);
    }

    [Test]
    public void Run_OverManyDiamonds_EndsQuickly()
    {
        var last = repository.Commit(1);
        var count = 1;
        for (var i = 0; i < 200; i++, count += 3)
        {
            var left = repository.Commit(2 + i, last);
            var right = repository.Commit(2 + i, last, last);
            last = repository.Commit(3 + i, left, right);
        }

        Range(last, null).Count.ShouldBe(count);
    }

    [Test]
    public void Run_WhereAParentsIdIsOfAnotherFormat_IsMalformed()
    {
        var oid = new string('a', 64);
        var raw = System.Text.Encoding.ASCII.GetBytes($"tree {oid}\nparent {oid}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\n");
        var head = repository.Add(raw);
        Should.Throw<CiComplianceException>(() => CommitWalk.Run(repository, head, null)).Diagnostic.ShouldBe(SourceDiagnostics.MalformedObject);
    }

    [Test]
    public void Run_WhereACommitIsMissing_IsUndecided()
    {
        var head = repository.Commit(1, new string('a', 40));
        Should.Throw<CiComplianceException>(() => CommitWalk.Run(repository, head, null)).Diagnostic.ShouldBe(SourceDiagnostics.MissingObject);
    }

    private string[] Line(long from, int count)
    {
        var line = new List<string>();
        for (var i = 0; i < count; i++)
        {
            line.Add(line.Count == 0 ? repository.Commit(from) : repository.Commit(from + i, line[^1]));
        }

        return [.. line];
    }

    private List<string> Range(string head, string? start)
    {
        var walk = CommitWalk.Run(repository, head, start);
        var commits = walk.Commits().Select(commit => commit.Oid).ToList();
        commits.Count.ShouldBe(walk.Count);
        return commits;
    }
}
