using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Search;
using CiCompliance.Server.Search;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Tests.Log;

public sealed class EntryIndexTests
{
    private const int Tail = 16;

    private TestLog log = null!;
    private EventText events = null!;

    private string Folder => log.File("search");

    [SetUp]
    public void Create()
    {
        log = new TestLog();
        events = new EventText();
    }

    [TearDown]
    public void Remove()
    {
        log.Dispose();
        events.Dispose();
    }

    [Test]
    public void EveryEntry_IsFoundByLeafAndKey_WhereverItLies()
    {
        Append(1000);
        using var index = Open();
        index.To.ShouldBe(1001);
        FindsAll(index);
        index.FindLeaf(SHA256.HashData("nothing"u8)).ShouldBeNull();
        index.FindLeaf(log.Store.LeafHash(3), from: 900).ShouldBeNull("an entry before is not looked for");
        index.Find(KeyKind.Verifier, SHA256.HashData(log.Key.PublicKey), 10).ShouldBe(Enumerable.Range(0, 10).Select(i => 1000L - i), "the youngest first");
        index.Find(KeyKind.Verifier, SHA256.HashData(log.Key.PublicKey), 10_000).Count.ShouldBe(1001);
    }

    [Test]
    public void Reopened_ReadsOnlyTheYoungestEntriesAgain()
    {
        Append(1000);
        Open().Dispose();
        Runs().Length.ShouldBeLessThan(16, "runs of one size become one");
        using var index = Open();
        index.Reread.ShouldBeLessThan(Tail);
        FindsAll(index);
    }

    [Test]
    public void WhatACrashLeaves_IsMadeGood()
    {
        Append(1000);
        Open().Dispose();
        var longest = Runs()[0];
        // Half a run, a part that was merged already, and a file of something else.
        File.WriteAllBytes(longest + ".new", File.ReadAllBytes(longest)[..500]);
        IndexRun.Write(Folder, 16, 32, log.Store.Root(32), []).Dispose();
        File.WriteAllText(Path.Combine(Folder, "stray"), "x");
        using var index = Open();
        index.Reread.ShouldBeLessThan(Tail);
        FindsAll(index);
        Directory.GetFiles(Folder).ShouldBe(Runs(), ignoreOrder: true);
    }

    [TestCase("head")]
    [TestCase("format")]
    [TestCase("checksums")]
    [TestCase("fences")]
    [TestCase("short")]
    [TestCase("missing")]
    public void DamagedRun_IsMadeAgainFromTheEntries(string damage)
    {
        Append(100);
        Open().Dispose();
        var run = Runs()[^1];
        var content = File.ReadAllBytes(run);
        switch (damage)
        {
            case "head":
                content[20] ^= 1;
                break;
            case "format":
                content[7] = (byte)'1';
                break;
            case "fences":
                content[^44] ^= 1;
                break;
            case "checksums":
                content[^33] ^= 1;
                break;
            case "short":
                content = content[..^1];
                break;
            default:
                break;
        }

        File.Delete(run);
        if (damage != "missing")
        {
            File.WriteAllBytes(run, content);
        }

        using var index = Open();
        FindsAll(index);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void DamagedRecord_IsNeverTakenForAnEntryThatIsNotThere(bool whileOpen)
    {
        // Runs of 256, 64 and so on: whole blocks and part of one.
        Append(1000);
        Open().Dispose();
        var opened = whileOpen ? Open() : null;
        foreach (var run in Runs())
        {
            Damage(run, 24, 4096 + 24, 8192 + 33);
        }

        using var index = opened ?? Open();
        FindsAll(index);
        events.ToString().Split("\"event\":\"index-damaged\"").Length.ShouldBe(Runs().Length + 1);
        Runs().ShouldAllBe(run => IsWhole(run));
    }

    [Test]
    public void DamagedRun_ThatCannotBeMadeAgain_StaysInDoubt()
    {
        Append(100);
        Open().Dispose();
        using var index = Open();
        Damage(Runs()[0], 24);
        Directory.Delete(Folder, recursive: true);
        for (var i = 0; i < 2; i++)
        {
            Should.Throw<UnavailableException>(() => index.FindLeaf(log.Store.LeafHash(3))).Reason.ShouldBe("index-damaged");
            SpinWait.SpinUntil(() => events.ToString().Contains("\"event\":\"error\"", StringComparison.Ordinal), TimeSpan.FromSeconds(60)).ShouldBeTrue();
        }
    }

    [Test]
    public void DamagedRun_IsNotMergedBeforeItIsMadeAgain()
    {
        Append((3 * Tail) - 1);
        Open().Dispose();
        Runs().Length.ShouldBe(3);
        Damage(Runs()[1], 24);
        Append(Tail);
        Open().Dispose();
        using var index = Open();
        FindsAll(index);
        SpinWait.SpinUntil(() => Runs().Length == 1, TimeSpan.FromSeconds(60)).ShouldBeTrue("merged as soon as all are whole");
        IsWhole(Runs()[0]).ShouldBeTrue();
    }

    [Test]
    public void RunsOfAnotherLog_AreNotTaken()
    {
        Append(100);
        Open().Dispose();
        var other = new TestLog();
        Directory.Move(Folder, other.File("search"));
        log.Dispose();
        log = other;
        Append(100);
        using var index = Open();
        index.Reread.ShouldBe(101);
        FindsAll(index);
    }

    [Test]
    public void RunsThatCannotBeWritten_StopNewEntriesBeforeMemoryGrows()
    {
        using var index = Open();
        Append(1000);
        Directory.Delete(Folder, recursive: true);
        Should.Throw<IOException>(() =>
        {
            for (var entry = index.To; entry < 1000; entry++)
            {
                index.MakeRoom();
                index.Add(entry, [(ulong)entry << 2]);
            }
        });
        index.To.ShouldBeLessThan(6 * Tail);
    }

    private EntryIndex Open() => EntryIndex.Open(log.Store, Folder, new ServerEvents(events, TimeProvider.System), CancellationToken.None, Tail);

    /// <summary>Flips a bit of each of these bytes of the records, as far as there are so many.</summary>
    private static void Damage(string run, params int[] at)
    {
        const int Head = 64;
        var content = File.ReadAllBytes(run);
        var size = BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(24)) * IndexRecord.Size;
        using var file = File.OpenHandle(run, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        foreach (var offset in at.Where(offset => offset < size).Select(offset => Head + offset))
        {
            RandomAccess.Write(file, [(byte)(content[offset] ^ 1)], offset);
        }
    }

    private static bool IsWhole(string path)
    {
        using var run = IndexRun.TryOpen(path);
        return run?.ReadAll().Count() > 0;
    }

    private string[] Runs() => [.. Directory.GetFiles(Folder, "*.run").Order(StringComparer.Ordinal)];

    private void Append(int count) =>
        log.Store.Append([.. Enumerable.Range(0, count).Select(_ => ProposedEntry.HashedRekord(RandomNumberGenerator.GetBytes(32), [1], log.Key.PublicKey).Body)], CancellationToken.None);

    private void FindsAll(EntryIndex index)
    {
        for (var entry = 0L; entry < log.Store.Checkpoint.Size; entry++)
        {
            var digest = EntryBody.Parse(EntryBody.HashedRekord, EntryBody.Version001, log.Store.Read(entry).Body).Digest;
            OnceWhole(() => index.FindLeaf(log.Store.LeafHash(entry))).ShouldBe(entry);
            OnceWhole(() => index.Find(KeyKind.Artifact, digest, 10)).ShouldBe([entry]);
        }
    }

    /// <summary>What is damaged is refused until it has been made again.</summary>
    private static T OnceWhole<T>(Func<T> find)
    {
        for (var clock = Stopwatch.StartNew(); ; Thread.Sleep(1))
        {
            try
            {
                return find();
            }
            catch (UnavailableException e) when (e.Reason == "index-damaged" && clock.Elapsed < TimeSpan.FromSeconds(60))
            {
                // Again.
            }
        }
    }
}
