using System.Security.Cryptography;
using CiCompliance.Server.Log.Search;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Tests.Log;

public sealed class EntryIndexTests
{
    private const int Tail = 16;

    private TestLog log = null!;

    private string Folder => log.File("search");

    [SetUp]
    public void Create() => log = new TestLog();

    [TearDown]
    public void Remove() => log.Dispose();

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
            case "fences":
                content[^40] ^= 1;
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

    private EntryIndex Open() => EntryIndex.Open(log.Store, Folder, CancellationToken.None, Tail);

    private string[] Runs() => [.. Directory.GetFiles(Folder, "*.run").Order(StringComparer.Ordinal)];

    private void Append(int count) =>
        log.Store.Append([.. Enumerable.Range(0, count).Select(_ => ProposedEntry.HashedRekord(RandomNumberGenerator.GetBytes(32), [1], log.Key.PublicKey).Body)], CancellationToken.None);

    private void FindsAll(EntryIndex index)
    {
        for (var entry = 0L; entry < log.Store.Checkpoint.Size; entry++)
        {
            index.FindLeaf(log.Store.LeafHash(entry)).ShouldBe(entry);
            index.Find(KeyKind.Artifact, EntryBody.Parse(EntryBody.HashedRekord, EntryBody.Version001, log.Store.Read(entry).Body).Digest, 10).ShouldBe([entry]);
        }
    }
}
