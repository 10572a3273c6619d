using System.Security.Cryptography;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Storage;

public sealed class FileModuleStoreTests
{
    private static readonly ModuleVersion Greet = new("github.com/Acme/greet", "v1.0.0");
    private static readonly Finding Why = new(GoProxyDiagnostics.InvalidHash, Greet.ToString(), new("no", "否"), new("don't", "勿用"));
    private readonly SetClock clock = new();
    private TempDirectory directory = null!;
    private FileModuleStore store = null!;

    [SetUp]
    public void SetUp()
    {
        directory = new();
        store = new(directory.Combine("cache"), 100, clock);
        store.Prepare();
    }

    [TearDown]
    public void TearDown() => directory.Dispose();

    [Test]
    public void Keep_OfAFile_IsFoundByItsDigestAndSize()
    {
        var kept = Keep("content");
        using (var stream = store.OpenFile(kept).ShouldNotBeNull())
        using (var reader = new StreamReader(stream))
        {
            reader.ReadToEnd().ShouldBe("content");
        }

        store.OpenFile(kept with { Size = 8 }).ShouldBeNull("not what it was");
        store.OpenFile(kept with { Sha256 = new('0', 64) }).ShouldBeNull();
        Directory.GetFiles(directory.Combine("cache", "unverified")).ShouldBeEmpty();
    }

    [Test]
    public void Change_OfAModule_KeepsWhatWasThere()
    {
        store.Find(Greet).ShouldBeNull();
        store.Change(Greet, stored => stored with { HasInfo = true, Time = clock.Now });
        store.Change(Greet, stored => stored with { Zip = Keep("zip"), Signer = "key" });

        var found = store.Find(Greet).ShouldNotBeNull();
        (found.HasInfo, found.Time, found.Signer).ShouldBe((true, clock.Now, "key"));
        store.Find(Greet with { Path = "github.com/acme/greet" }).ShouldBeNull("another module");
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("not json")]
    [TestCase("[]")]
    public void Find_OfADamagedDescription_IsNothing(string content)
    {
        store.Change(Greet, stored => stored with { HasInfo = true });
        File.WriteAllText(store.DescriptionOf(Greet), content);
        store.Find(Greet).ShouldBeNull();
        store.Change(Greet, stored => stored with { HasInfo = true });
        store.Find(Greet).ShouldNotBeNull("and is made again");
    }

    [Test]
    public void Find_OfADescriptionOfAnotherModule_IsNothing()
    {
        store.Change(Greet, stored => stored with { HasInfo = true });
        var other = Greet with { Version = "v1.0.1" };
        File.Copy(store.DescriptionOf(Greet), store.DescriptionOf(other));
        store.Find(other).ShouldBeNull();
    }

    [Test]
    public void Find_OfADescriptionWithAPathForADigest_IsNothing()
    {
        store.Change(Greet, stored => stored with { Zip = Keep("zip") });
        var file = store.DescriptionOf(Greet);
        var digest = Convert.ToHexStringLower(SHA256.HashData("zip"u8));
        File.WriteAllText(file, File.ReadAllText(file).Replace(digest, "../../" + digest[6..], StringComparison.Ordinal));
        store.Find(Greet).ShouldBeNull();
    }

    [Test]
    public void Prepare_AfterACrash_RemovesWhatWasHalfDoneOnly()
    {
        var kept = Keep("content");
        File.WriteAllText(directory.Combine("cache", "unverified", "torn"), "half");
        store.Prepare();
        Directory.GetFiles(directory.Combine("cache", "unverified")).ShouldBeEmpty();
        using var stream = store.OpenFile(kept).ShouldNotBeNull();
    }

    [Test]
    public void Prepare_WhereNothingCanBeWritten_IsUndecided() =>
        Should.Throw<CiComplianceException>(() => new FileModuleStore(directory.Write("file", ""), 1, clock).Prepare()).Diagnostic.Code.ShouldBe("CIC7113");

    [Test]
    public void Change_ThatFails_LeavesNothingBehind()
    {
        Directory.CreateDirectory(store.DescriptionOf(Greet));
        Should.Throw<Exception>(() => store.Change(Greet, stored => stored));
        Directory.GetFiles(directory.Combine("cache", "unverified")).ShouldBeEmpty();
    }

    [Test]
    public void TryQuarantine_OfAFile_KeepsItWithTheReason()
    {
        Quarantine("hostile").ShouldBeTrue();
        var name = Convert.ToHexStringLower(SHA256.HashData("hostile"u8));
        File.ReadAllText(directory.Combine("cache", "quarantine", name)).ShouldBe("hostile");
        File.ReadAllText(directory.Combine("cache", "quarantine", name + ".txt")).ShouldContain("CIC7106");
        store.OpenFile(new(name, 7, "")).ShouldBeNull("out of everybody's reach");
    }

    [Test]
    public void TryQuarantine_WhenItIsFull_LetsTheOldestGo()
    {
        Quarantine(new string('a', 60));
        foreach (var file in Directory.GetFiles(directory.Combine("cache", "quarantine")))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-1));
        }

        Quarantine(new string('b', 60)).ShouldBeTrue();
        Directory.GetFiles(directory.Combine("cache", "quarantine"), "*").Select(file => new FileInfo(file).Length).ShouldContain(60);
        Directory.Exists(directory.Combine("cache", "quarantine")).ShouldBeTrue();
        File.Exists(directory.Combine("cache", "quarantine", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(new string('a', 60)))))).ShouldBeFalse();

        Quarantine(new string('c', 101)).ShouldBeFalse("larger than all of it, and nothing goes for it");
        File.Exists(directory.Combine("cache", "quarantine", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(new string('b', 60)))))).ShouldBeTrue();
    }

    [Test]
    public void TryQuarantine_WhenItHoldsAsManyAsItMay_LetsTheOldestGoWithItsReason()
    {
        store = new(directory.Combine("cache"), 1 << 20, clock, maxQuarantined: 3);
        var folder = directory.Combine("cache", "quarantine");
        for (var i = 0; i < 5; i++)
        {
            Quarantine($"hostile {i}").ShouldBeTrue();
            var name = NameOf($"hostile {i}");

            // The reason, which is written after it, is older by a whole day: they are one all the same.
            File.SetLastWriteTimeUtc(Path.Combine(folder, name), DateTime.UtcNow.AddDays(i - 10));
            File.SetLastWriteTimeUtc(Path.Combine(folder, name + ".txt"), DateTime.UtcNow.AddDays(i - 11));
        }

        Directory.GetFiles(folder).Select(Path.GetFileName).Order().ShouldBe(
            new[] { 2, 3, 4 }.Select(i => NameOf($"hostile {i}")).SelectMany(name => new[] { name, name + ".txt" }).Order());
    }

    [Test]
    public void TryQuarantine_WhereItCannotBeKept_SaysSo()
    {
        Directory.Delete(directory.Combine("cache", "quarantine"));
        directory.Write("cache/quarantine", "a file");
        Quarantine("hostile").ShouldBeFalse();
    }

    [Test]
    public void Eviction_OverTheSize_LetsGoWhatNobodyAskedForLongest()
    {
        var (first, second, third) = (Keep("first"), Keep("second"), Keep("third"));
        Touch(first, -3);
        Touch(second, -2);
        Touch(third, -1);
        using (store.OpenFile(first))
        {
            // Asked for now: it is the youngest.
        }

        Evict(11, TimeSpan.FromDays(90)).ShouldBe(1);
        store.OpenFile(second).ShouldBeNull();
        foreach (var kept in new[] { first, third })
        {
            using var stream = store.OpenFile(kept).ShouldNotBeNull();
        }
    }

    [Test]
    public void Eviction_OverTheAge_LetsGoWhatIsOlder()
    {
        var (old, young) = (Keep("old"), Keep("young"));
        Touch(old, -91 * 24);
        Touch(young, -89 * 24);
        Evict(1 << 20, TimeSpan.FromDays(90)).ShouldBe(1);
        store.OpenFile(old).ShouldBeNull();
        using var stream = store.OpenFile(young).ShouldNotBeNull();
    }

    [Test]
    public void Eviction_WhileAFileIsRead_LetsItBeReadToItsEnd()
    {
        var kept = Keep("content");
        using var stream = store.OpenFile(kept).ShouldNotBeNull();
        Evict(0, TimeSpan.FromDays(90)).ShouldBe(1);
        using var reader = new StreamReader(stream);
        reader.ReadToEnd().ShouldBe("content");
    }

    private int Evict(long bytes, TimeSpan age) => CacheEviction.Run([store], bytes, age, clock, CancellationToken.None);

    private void Touch(StoredFile file, int hours) => File.SetLastWriteTimeUtc(store.PathOf(file.Sha256), clock.Now.UtcDateTime.AddHours(hours));

    private static string NameOf(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private bool Quarantine(string content)
    {
        using var file = store.CreateUnverified();
        File.WriteAllText(file.Path, content);
        return store.TryQuarantine(file, Greet, Why);
    }

    private StoredFile Keep(string content)
    {
        using var file = store.CreateUnverified();
        File.WriteAllText(file.Path, content);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        store.Keep(file, sha256);
        return new(sha256, content.Length, "h1:");
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; } = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
