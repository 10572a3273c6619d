using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.GoProxy.Checksums;

/// <summary>What is said in the database's name: an alarm where its key signed the contradiction, no answer where anybody could have said it.</summary>
public sealed class PublicDatabaseTests
{
    private const int Records = 600;

    // In the first full tile, whose neighbours a proof needs.
    private static readonly ModuleVersion Asked = Module(7);

    private TempDirectory directory = null!;
    private Ed25519Fixture key = null!;
    private FixtureSumdb sumdb = null!;
    private FixtureModuleProxy proxy = null!;
    private HttpMessageInvoker http = null!;
    private PublicDatabase database = null!;

    [SetUp]
    public void SetUp()
    {
        (directory, key, http) = (new(), Ed25519Fixture.Random(), ModuleHttp.Create());
        sumdb = Database(0);
        proxy = new(sumdb);
        database = Open();
    }

    [TearDown]
    public void TearDown()
    {
        database.Dispose();
        proxy.Dispose();
        http.Dispose();
        key.Dispose();
        directory.Dispose();
    }

    [Test]
    public async Task FindAsync_WhenTrue_IsTheRecord() => (await FindAsync(Asked)).Id.ShouldBe(7);

    [TestCase("<html>log in</html>")]
    [TestCase("")]
    [TestCase("7\nno record\n\nno note\n")]
    public async Task FindAsync_WhenTheAnswerIsNotSigned_IsUndecidedAndAnotherWayIsLookedFor(string body)
    {
        Lie("/lookup/", _ => (200, Encoding.UTF8.GetBytes(body)));
        await IsUndecidedAsync(Asked);
        proxy.Requests.Clear();
        proxy.Lie = _ => null;
        (await FindAsync(Asked)).Id.ShouldBe(7);
        proxy.Requests.ShouldContain(path => path.EndsWith("/supported", StringComparison.Ordinal));
    }

    [Test]
    public async Task FindAsync_WhenTheAnswerIsSignedByAnotherKey_IsUndecided()
    {
        using var other = Ed25519Fixture.Random();
        var forged = new FixtureSumdb(sumdb.Name, other);
        forged.Add(Asked, Hash(1), Hash(2));
        Lie("/lookup/", path => forged.Answer(path));
        await IsUndecidedAsync(Asked);
        Lie("/lookup/", path => (200, Replace(sumdb.Answer(path).Body, $"\n{Records}\n", $"\n{Records + 1}\n")));
        await IsUndecidedAsync(Asked);
    }

    [Test]
    public async Task FindAsync_WhenTheAnswerIsTooLarge_IsUndecided()
    {
        Lie("/lookup/", _ => (200, new byte[(1 << 20) + 1]));
        await IsUndecidedAsync(Asked);
    }

    [TestCase("https://login.example.com/")]
    [TestCase("http://[")]
    [TestCase("/the/same")]
    public async Task FindAsync_WhenTheAnswerLeadsElsewhere_IsUndecided(string location)
    {
        proxy.Raw = path => path.EndsWith("/supported", StringComparison.Ordinal) ? null
            : Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        await IsUndecidedAsync(Asked);
    }

    [Test]
    public async Task FindAsync_WhenTilesAreFalse_IsUndecidedAndTheyDoNotStay([Values(31, 32 * 256)] int length)
    {
        Lie("/tile/", _ => (200, new byte[length]));
        await IsUndecidedAsync(Asked);
        proxy.Lie = _ => null;
        (await FindAsync(Asked)).Id.ShouldBe(7);
    }

    [Test]
    public async Task FindAsync_WhenOneTileWasFalse_FetchesItOnceMore()
    {
        var lies = 0;
        Lie("/tile/8/0/000", _ => Interlocked.Increment(ref lies) == 1 ? (200, new byte[32 * 256]) : null);
        (await FindAsync(Asked)).Id.ShouldBe(7);
        lies.ShouldBe(2);
    }

    [Test]
    public async Task FindAsync_WhenTheRecordIsNotInTheSignedTree_IsFalse()
    {
        var changed = Database(9);
        Lie("/lookup/", path => (200, [.. Encoding.UTF8.GetBytes(Text(changed, path)), .. sumdb.Note(Records)]));
        await IsFalseAsync(Asked, "does not stand");
        Lie("/lookup/", _ => sumdb.Answer($"/lookup/{Module(8)}"));
        await IsFalseAsync(Asked, "is about");
        Lie("/lookup/", path => (200, Replace(sumdb.Answer(path).Body, "7\n", $"{Records}\n")));
        await IsFalseAsync(Asked, "beyond the tree");
    }

    [TestCase(256, Description = "a perfect tree, whose root is in no proof")]
    [TestCase(300)]
    [TestCase(Records)]
    public async Task FindAsync_WhenAnotherHistoryIsSigned_IsFalseAndBothAreKept(int size)
    {
        await FindAsync(Asked);
        var fork = Database(9);
        Lie("/lookup/", path => fork.Answer(path, size));
        await IsFalseAsync(Asked, "different histories");
        Forks().ShouldHaveSingleItem();
    }

    [TestCase(256)]
    [TestCase(300)]
    public async Task FindAsync_WhenTheForkIsLarger_IsFalseOnlyWithItsOwnTiles(int seen)
    {
        Lie("/lookup/", path => sumdb.Answer(path, seen));
        await FindAsync(Asked);
        var fork = Database(9);
        Lie("/lookup/", path => fork.Answer(path));
        await IsUndecidedAsync(Asked);
        Forks().ShouldBeEmpty("the tiles are of the honest tree, and show nothing of the other");

        Lie("/", path => path.StartsWith("/lookup/", StringComparison.Ordinal) || path.StartsWith("/tile/", StringComparison.Ordinal) ? fork.Answer(path) : null);
        await IsFalseAsync(Asked, "different histories");
        Forks().ShouldHaveSingleItem();
    }

    [Test]
    public async Task FindAsync_WhenTilesOfAConsistencyProofAreFalse_ClaimsNoFork([Values(256, 300)] int seen)
    {
        Lie("/lookup/", path => sumdb.Answer(path, seen));
        await FindAsync(Asked);
        Lie("/tile/", _ => (200, new byte[32 * 256]));
        await IsUndecidedAsync(Asked);
        Forks().ShouldBeEmpty();
        proxy.Lie = _ => null;
        (await FindAsync(Asked)).Id.ShouldBe(7);
    }

    [Test]
    public async Task FindAsync_WhenATileOfANewHeadDoesNotCome_HoldsUpNoOtherHead()
    {
        Lie("/lookup/", path => sumdb.Answer(path, 300));
        await FindAsync(Asked);
        Lie("/", path => path.StartsWith("/lookup/", StringComparison.Ordinal) ? sumdb.Answer(path, path.Contains(Asked.Path, StringComparison.Ordinal) ? 401 : 402)
            : path.EndsWith(".p/145", StringComparison.Ordinal) ? (0, []) : null);
        using var stop = new CancellationTokenSource();
        var slow = database.FindAsync(Asked, stop.Token);
        while (!proxy.Requests.Any(path => path.EndsWith(".p/145", StringComparison.Ordinal)))
        {
            await Task.Delay(10);
        }

        (await FindAsync(Module(8))).Id.ShouldBe(8);

        slow.IsCompleted.ShouldBeFalse("with a lock around the tiles the other one waits until it has failed");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => slow);
    }

    [Test]
    public async Task FindAsync_OfManyHeadsAtOnce_KeepsTheNewest()
    {
        Lie("/lookup/", path => sumdb.Answer(path, 100 + int.Parse(path[(path.LastIndexOf('m') + 1)..path.IndexOf('@', StringComparison.Ordinal)], null)));
        await Task.WhenAll(Enumerable.Range(1, 40).Select(i => FindAsync(Module(i))));
        database.History.ReadNewest(VerifierKey.Parse(sumdb.VerifierKey), new Ed25519FixtureVerifier())!.Size.ShouldBe(140);
        Forks().ShouldBeEmpty();
    }

    [TestCase(0, 0, Records)]
    [TestCase(0, 1, Records)]
    [TestCase(0, 0, 256)]
    [TestCase(0, 255, 66_000)]
    [TestCase(0, 256, 66_000)]
    [TestCase(1, 0, 66_000)]
    public async Task RelayTileAsync_WhenProved_AsksOnce_WhateverComesAfter(int level, long index, int size)
    {
        for (var i = Records; i < size; i++)
        {
            sumdb.Add(Module(i), Hash(0), Hash(0));
        }

        var tile = new Tile(level, index, Tile.FullWidth);
        Lie("/lookup/", path => sumdb.Answer(path, size));
        await FindAsync(Asked);
        database.FindTile(tile).ShouldBeNull("nobody asked for it");
        (await RelayAsync(tile)).ShouldBe(sumdb.Answer("/" + tile.Path).Body);

        Lie("/", _ => (500, []));
        await IsUndecidedAsync(Module(8));
        database.FindTile(tile).ShouldBe(sumdb.Answer("/" + tile.Path).Body);
    }

    [Test]
    public async Task RelayTileAsync_WhenNoTreeHoldsIt_IsNotKept()
    {
        await RelayAsync(First);
        database.FindTile(First).ShouldBeNull("no tree was seen yet");
        Lie("/lookup/", path => sumdb.Answer(path, 300));
        await FindAsync(Asked);
        await RelayAsync(First with { Index = 1 });
        database.FindTile(First with { Index = 1 }).ShouldBeNull("it was not full in the tree that was seen");
        (await RelayAsync(First with { Index = 2 })).ShouldBeNull();
        Lie("/tile/", _ => (200, new byte[32 * Tile.FullWidth]));
        foreach (var level in new[] { 1, 6, 7 })
        {
            (await RelayAsync(First with { Level = level })).ShouldNotBeNull();
            database.FindTile(First with { Level = level }).ShouldBeNull("no tree is that large");
        }
    }

    [Test]
    public async Task RelayTileAsync_WhenFalse_IsNotKept([Values(0, 1, 31, 4096, 8191)] int at)
    {
        await FindAsync(Asked);
        var truth = sumdb.Answer("/" + First.Path).Body;
        var changed = truth.ToArray();
        changed[at] ^= 1;
        foreach (var lie in new[] { changed, truth[..^32], [.. truth, .. truth], [], sumdb.Answer("/" + (First with { Index = 1 }).Path).Body, Database(9).Answer("/" + First.Path).Body })
        {
            Lie("/" + First.Path, _ => (200, lie));
            (await RelayAsync(First)).ShouldBe(lie, "the client verifies it");
            database.FindTile(First).ShouldBeNull();
        }

        proxy.Lie = _ => null;
        (await RelayAsync(First)).ShouldBe(truth);
        database.FindTile(First).ShouldBe(truth);
    }

    [TestCase(200, 32 * 256)]
    [TestCase(200, 31)]
    [TestCase(404, 0)]
    public async Task RelayTileAsync_WhenTheOtherTilesAreNone_IsNotKept_UntilTheyAre(int status, int length)
    {
        await database.ObserveAsync(CancellationToken.None);
        Lie("/tile/", path => path == "/" + First.Path ? null : (status, new byte[length]));
        (await RelayAsync(First)).ShouldBe(sumdb.Answer("/" + First.Path).Body);
        database.FindTile(First).ShouldBeNull();
        proxy.Lie = _ => null;
        await RelayAsync(First);
        database.FindTile(First).ShouldNotBeNull();
    }

    private static Tile First => new(0, 0, Tile.FullWidth);

    private Task<byte[]?> RelayAsync(Tile tile) => database.RelayTileAsync(tile, CancellationToken.None);

    private Task<PublicRecord> FindAsync(ModuleVersion module) => database.FindAsync(module, CancellationToken.None);

    private async Task IsUndecidedAsync(ModuleVersion module) => (await Should.ThrowAsync<CiComplianceException>(() => FindAsync(module))).Diagnostic.Code.ShouldBe("CIC7109");

    private async Task IsFalseAsync(ModuleVersion module, string what)
    {
        var refusal = await Should.ThrowAsync<CiComplianceException>(() => FindAsync(module));
        refusal.Diagnostic.Code.ShouldBe("CIC7110");
        refusal.Message.ShouldContain(what);
    }

    private void Lie(string begin, Func<string, (int, byte[])?> answer)
    {
        var root = $"/sumdb/{sumdb.Name}";
        proxy.Lie = path => path.StartsWith(root + begin, StringComparison.Ordinal) ? answer(path[root.Length..]) : null;
    }

    private string[] Forks() => Directory.Exists(directory.Combine("public")) ? Directory.GetFiles(directory.Combine("public"), "fork-*") : [];

    private PublicDatabase Open() => new(SumdbSetting.Parse(sumdb.VerifierKey), [proxy.Url],
        new TreeHeadHistory(directory.Combine("public"), TimeSpan.FromDays(7), TimeProvider.System), new Ed25519FixtureVerifier(), http, TimeProvider.System);

    private FixtureSumdb Database(byte fill)
    {
        var made = new FixtureSumdb("sum.test", key);
        for (var i = 0; i < Records; i++)
        {
            made.Add(Module(i), Hash(fill), Hash(fill));
        }

        return made;
    }

    private static string Text(FixtureSumdb database, string path)
    {
        var reply = Encoding.UTF8.GetString(database.Answer(path).Body);
        return reply[..(reply.IndexOf("\n\n", StringComparison.Ordinal) + 2)];
    }

    private static byte[] Replace(byte[] text, string old, string with)
    {
        var before = Encoding.UTF8.GetString(text);
        var at = before.IndexOf(old, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(before[..at] + with + before[(at + old.Length)..]);
    }

    private static ModuleVersion Module(int i) => new($"example.com/m{i}", "v1.0.0");

    private static string Hash(byte fill) => "h1:" + Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray());
}
