using CiCompliance.Diagnostics;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Checksums;

/// <summary>How old a record is for certain: from the tree heads that were seen, by a clock that the test sets.</summary>
public sealed class TreeHeadHistoryTests
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private readonly SetClock clock = new();
    private TempDirectory directory = null!;
    private Ed25519Fixture key = null!;

    [SetUp]
    public void SetUp() => (directory, key) = (new(), Ed25519Fixture.Random());

    [TearDown]
    public void TearDown()
    {
        directory.Dispose();
        key.Dispose();
    }

    [Test]
    public void AgeOf_ARecord_CountsFromTheFirstHeadThatHeldIt()
    {
        var history = Open();
        history.AgeOf(0).ShouldBe(TimeSpan.Zero, "nothing was seen");
        Add(history, 10);
        history.AgeOf(9).ShouldBeNull("it was there before anybody looked");
        history.AgeOf(10).ShouldBe(TimeSpan.Zero);

        clock.Now += TimeSpan.FromDays(1);
        Add(history, 20);
        history.AgeOf(10).ShouldBe(TimeSpan.Zero);
        clock.Now += TimeSpan.FromDays(2);
        Add(history, 30);
        history.AgeOf(19).ShouldBe(TimeSpan.FromDays(2));
        history.AgeOf(20).ShouldBe(TimeSpan.Zero);
        history.AgeOf(30).ShouldBe(TimeSpan.Zero);
        history.AgeOf(9).ShouldBeNull();
    }

    /// <summary>The disk refuses one of the two files for a while, at the very first look, and the proxy is started again after that.</summary>
    [TestCase("seen")]
    [TestCase("newest")]
    public void Add_OfTheFirstHead_ThatFailsForAWhile_IsABeginningAfterwards(string refused)
    {
        // A folder where the file is written first: as if it could not be.
        var obstacle = directory.Combine("public", refused + ".new");
        Directory.CreateDirectory(obstacle);
        var history = Open();
        for (var size = 10; size <= 30; size += 10)
        {
            Should.Throw<CiComplianceException>(() => Add(history, size)).Diagnostic.Code.ShouldBe("CIC7113");
            clock.Now += TimeSpan.FromMinutes(11);
        }

        Should.Throw<CiComplianceException>(() => Add(history, 35));
        Directory.Delete(obstacle);
        Add(history, 40);
        foreach (var opened in new[] { history, Open() })
        {
            opened.ReadNewest(Key, new Ed25519FixtureVerifier())!.Size.ShouldBe(40);
            opened.AgeOf(39).ShouldBeNull();
        }

        clock.Now += TimeSpan.FromDays(1);
        Add(Open(), 50);
        Open().AgeOf(45).ShouldBe(TimeSpan.Zero);
    }

    [Test]
    public void AgeOf_AfterARestart_IsTheSame()
    {
        var history = Open();
        Add(history, 10);
        clock.Now += TimeSpan.FromDays(1);
        Add(history, 20);
        clock.Now += TimeSpan.FromDays(3);

        var again = Open();
        again.AgeOf(15).ShouldBe(TimeSpan.FromDays(3));
        again.AgeOf(5).ShouldBeNull();
        again.ReadNewest(Key, new Ed25519FixtureVerifier())!.Size.ShouldBe(20);
    }

    [Test]
    public void AgeOf_ARecordWhoseHeadCameSoonAfterAnother_CountsFromWhenItWasSeenAgain()
    {
        var history = Open();
        Add(history, 10);
        clock.Now += TimeSpan.FromMinutes(1);
        Add(history, 11);
        history.AgeOf(10).ShouldBe(TimeSpan.Zero);

        // The database grows no more: without this its last record would be new for ever.
        clock.Now += TimeSpan.FromMinutes(14);
        history.SeenAgain(11);
        clock.Now += Week;
        history.SeenAgain(11);
        history.AgeOf(10).ShouldBe(Week);
        Open().AgeOf(10).ShouldBe(Week);
    }

    [Test]
    public void Add_ForYears_KeepsOnlyWhatAgesAreAskedOf()
    {
        var history = Open();
        for (var i = 0; i < 1000; i++)
        {
            Add(history, 10 + i);
            clock.Now += TimeSpan.FromHours(1);
        }

        File.ReadAllLines(directory.Combine("public", "seen")).Length.ShouldBeLessThan(7 * 24 + 5);
        history.AgeOf(9).ShouldBeNull();
        history.AgeOf(500).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(Week);
        history.AgeOf(1008).ShouldBe(TimeSpan.FromHours(1));
    }

    [Test]
    public void Add_WithALongMinimumAge_KeepsOneHeadADayOfWhatIsOlderThanAWeek()
    {
        const int days = 300;
        const int aDay = 24 * 6;
        var start = clock.Now;
        directory.Write("public/seen", string.Concat(Enumerable.Range(0, days * aDay).Select(i => $"{(start + TimeSpan.FromMinutes(10 * i)).ToUnixTimeSeconds()} {100 + i}\n")));
        clock.Now += TimeSpan.FromDays(days);
        var history = new TreeHeadHistory(directory.Combine("public"), TimeSpan.FromDays(2 * days), clock);
        Add(history, 100 + (days * aDay));

        File.ReadAllLines(directory.Combine("public", "seen")).Length.ShouldBeInRange(days, days + (7 * aDay) + 3);
        history.AgeOf(99).ShouldBeNull();
        for (var i = 1; i < days * aDay; i += 77)
        {
            var age = clock.Now - start - TimeSpan.FromMinutes(10 * i);
            history.AgeOf(99 + i).ShouldNotBeNull().ShouldBeInRange(age - TimeSpan.FromDays(age > Week ? 1 : 0), age, $"record {i}");
        }
    }

    [Test]
    public void FolderOf_IsOfOneKeyAndBelowItsRoot()
    {
        var root = directory.Combine("public");
        TreeHeadHistory.FolderOf(root, Key).ShouldBe(Path.Combine(root, $"sum.test+{Key.Hash:x8}"));
        using var other = Ed25519Fixture.Random();
        string[] names = ["sum.test", "..", "../x", "/x", "a\\b", new('/', 256)];
        var folders = names.Select(name => TreeHeadHistory.FolderOf(root, VerifierKey.Create(name, other.PublicKey.AsSpan(^32..)))).ToList();
        folders.ShouldAllBe(folder => Path.GetDirectoryName(Path.GetFullPath(folder)) == root && Path.GetFileName(folder).Length < 255);
        folders.Append(TreeHeadHistory.FolderOf(root, Key)).ShouldBeUnique();
    }

    [Test]
    public void AgeOf_WhenTheClockWasSetBack_IsYoungerAndNeverOlder()
    {
        var history = Open();
        Add(history, 10);
        clock.Now += TimeSpan.FromDays(30);
        Add(history, 20);
        clock.Now -= TimeSpan.FromDays(20);
        history.AgeOf(15).ShouldNotBeNull().ShouldBeLessThan(TimeSpan.Zero);
    }

    [TestCase("x")]
    [TestCase("1")]
    [TestCase("1 2 3")]
    [TestCase("99999999999999999999 1")]
    [TestCase("999999999999999 1")]
    [TestCase("1 99999999999999999999")]
    [TestCase("-1 1")]
    public void AgeOf_WhenTheFileIsDamaged_IsUndecided(string line)
    {
        directory.Write("public/seen", $"1 1\n{line}\n");
        Should.Throw<CiComplianceException>(() => Open().AgeOf(0)).Diagnostic.Code.ShouldBe("CIC7113");
        Should.Throw<CiComplianceException>(() => Add(Open(), 2)).Diagnostic.Code.ShouldBe("CIC7113");
    }

    [Test]
    public void AgeOf_WhenTheFileIsTooLarge_IsUndecided()
    {
        directory.Write("public/seen", new string('\n', (1 << 20) + 1));
        Should.Throw<CiComplianceException>(() => Open().AgeOf(0)).Diagnostic.Code.ShouldBe("CIC7113");
        Should.Throw<CiComplianceException>(() => Open().SeenAgain(1)).Diagnostic.Code.ShouldBe("CIC7113");
    }

    [Test]
    public void ReadNewest_WhenItIsNotThatKeys_IsUndecidedAndNotTakenForNone()
    {
        var history = Open();
        history.ReadNewest(Key, new Ed25519FixtureVerifier()).ShouldBeNull();
        Add(history, 10);
        using var other = Ed25519Fixture.Random();
        Should.Throw<CiComplianceException>(() => history.ReadNewest(VerifierKey.Create("sum.test", other.PublicKey.AsSpan(^32..)), new Ed25519FixtureVerifier())).Diagnostic.Code.ShouldBe("CIC7113");
        directory.Write("public/newest", "");
        Should.Throw<CiComplianceException>(() => history.ReadNewest(Key, new Ed25519FixtureVerifier())).Diagnostic.Code.ShouldBe("CIC7113");
    }

    [Test]
    public void AgeOf_WhenWhatWasSeenIsGone_IsUndecidedAndNotTakenForABeginning()
    {
        Add(Open(), 10);
        var seen = directory.Combine("public/seen");
        File.WriteAllText(seen, "");
        Should.Throw<CiComplianceException>(() => Open().AgeOf(5)).Diagnostic.Code.ShouldBe("CIC7113");
        File.Delete(seen);
        Should.Throw<CiComplianceException>(() => Open().AgeOf(5)).Diagnostic.Code.ShouldBe("CIC7113");
        Should.Throw<CiComplianceException>(() => Add(Open(), 20)).Diagnostic.Code.ShouldBe("CIC7113");
        File.Exists(seen).ShouldBeFalse();
    }

    [Test]
    public void ReadNewest_WhenItIsGone_IsUndecidedUnlessOnlyAFirstHeadWasBegun()
    {
        var history = Open();
        Add(history, 10);
        var newest = directory.Combine("public/newest");
        File.Delete(newest);
        Open().ReadNewest(Key, new Ed25519FixtureVerifier()).ShouldBeNull("a process that ended between the first head's two files has begun nothing");
        Add(Open(), 20);
        clock.Now += TimeSpan.FromDays(1);
        Add(Open(), 30);
        File.Delete(newest);
        Should.Throw<CiComplianceException>(() => Open().ReadNewest(Key, new Ed25519FixtureVerifier())).Diagnostic.Code.ShouldBe("CIC7113");
    }

    [Test]
    public void Add_WhenTheFolderCannotBeWritten_IsUndecided()
    {
        directory.Write("public", "a file");
        Should.Throw<CiComplianceException>(() => Add(Open(), 1)).Diagnostic.Code.ShouldBe("CIC7113");
        Should.Throw<CiComplianceException>(() => Open().KeepFork(Head(1), Head(2))).Diagnostic.Code.ShouldBe("CIC7113");
    }

    [Test]
    public void KeepFork_OfTwoHeads_KeepsBothNotes()
    {
        var (older, newer) = (Head(10), Head(20));
        Open().KeepFork(older, newer);
        var file = Directory.GetFiles(directory.Combine("public"), "fork-10-20-*").ShouldHaveSingleItem();
        File.ReadAllBytes(file).ShouldBe([.. older.Note, (byte)'\n', .. newer.Note]);
    }

    private VerifierKey Key => VerifierKey.Create("sum.test", key.PublicKey.AsSpan(^32..));

    private TreeHeadHistory Open() => new(directory.Combine("public"), Week, clock);

    private void Add(TreeHeadHistory history, long size) => history.Add(Head(size));

    private TreeHead Head(long size) => TreeHead.Sign(size, new byte[32], "sum.test", key);

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
