using System.Security.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

public sealed class LogStoreTests
{
    private TestLog log = null!;

    [SetUp]
    public void SetUp() => log = new TestLog();

    [TearDown]
    public void TearDown() => log.Dispose();

    [Test]
    public async Task AppendAsync_GivesEntriesThatVerify()
    {
        var entries = await log.Store.AppendAsync([TestLog.SomeEntry(), TestLog.SomeEntry(), TestLog.SomeEntry()], CancellationToken.None);

        entries.Select(entry => entry.Index).ShouldBe([1, 2, 3]);
        log.Store.Checkpoint.Size.ShouldBe(4);
        log.Store.Checkpoint.IsOf(log.Trusted, log.Verifier).ShouldBeTrue();
        foreach (var entry in entries)
        {
            entry.Proof!.Checkpoint.ShouldBe(log.Store.Checkpoint.ToString());
            MerkleProof.ProvesInclusion(entry.Index, 4, MerkleProof.LeafHash(entry.Body), entry.Proof.Hashes, log.Store.Checkpoint.Root).ShouldBeTrue();
            SignedEntryTimestamp.Verify(entry.Body, entry.IntegratedTime!.Value, entry.Index, entry.SignedEntryTimestamp!, log.Trusted, log.Verifier)
                .ShouldBe(Verdict.Pass);
        }
    }

    [Test]
    public async Task Open_WhenItWasClosed_GoesOnFromItsCheckpoint()
    {
        var entry = await log.AppendAsync(TestLog.SomeEntry());
        var before = log.Store.Checkpoint;

        var store = log.Reopen();
        await log.AppendAsync(TestLog.SomeEntry());

        store.Read(1).Body.ShouldBe(entry.Body);
        store.Checkpoint.Size.ShouldBe(3);
        MerkleProof.ProvesConsistency(2, 3, before.Root, store.Checkpoint.Root, store.ConsistencyProof(2, 3)).ShouldBeTrue();
        store.VerifyAll(CancellationToken.None);
    }

    [Test]
    public async Task Open_WithoutTheKey_ReadsAndWillNotAppend()
    {
        var entry = await log.AppendAsync(TestLog.SomeEntry());
        using var reader = LogStore.Open(log.Path, null, log.Verifier, TimeProvider.System);

        await log.AppendAsync(TestLog.SomeEntry());

        reader.Read(1).Body.ShouldBe(entry.Body);
        reader.InclusionProof(1, 2).Root.ShouldBe(reader.Checkpoint.Root);
        (await Should.ThrowAsync<CiComplianceException>(() => reader.AppendAsync([TestLog.SomeEntry()], CancellationToken.None)))
            .Diagnostic.ShouldBe(LogDiagnostics.WrongKey);
    }

    [Test]
    public void Open_WhenAnotherWriterHasIt_Refuses() => Refusal().ShouldBe(LogDiagnostics.InUse);

    [Test]
    public void Open_WhenTheKeyIsAnother_Refuses()
    {
        log.Store.Dispose();

        Should.Throw<CiComplianceException>(() => LogStore.Open(log.Path, new EcdsaTestSigner(), log.Verifier, TimeProvider.System))
            .Diagnostic.ShouldBe(LogDiagnostics.WrongKey);
    }

    [Test]
    public void Open_WhenTheFolderHoldsNoLog_Refuses()
    {
        using var directory = new TempDirectory();

        Should.Throw<CiComplianceException>(() => LogStore.Open(directory.Path, log.Key, log.Verifier, TimeProvider.System))
            .Diagnostic.ShouldBe(LogDiagnostics.NotALog);
    }

    [Test]
    public void Create_WhenTheFolderIsNotEmpty_Refuses()
    {
        log.Store.Dispose();
        File.Delete(log.File("log.json"));

        Creation(log.Path, TestLog.Name, log.Key).ShouldBe(LogDiagnostics.NotEmpty);
    }

    [Test]
    public void Create_WhenTheKeySignsEvidence_Refuses() =>
        Creation(log.Path + "2", TestLog.Name, log.Key, log.Key.KeyId).ShouldBe(LogDiagnostics.SigningKey);

    [TestCase("")]
    [TestCase("Log.example")]
    [TestCase("two words")]
    [TestCase("log.example - 1")]
    [TestCase("log/..")]
    public void Create_WhenTheNameIsNoHostName_Refuses(string name) =>
        Creation(log.Path + "2", name, log.Key).ShouldBe(LogDiagnostics.BadName);

    [Test]
    public async Task AppendAsync_WhenABodyIsTooLarge_Refuses()
    {
        var large = TestLog.SomeEntry() with { Body = new byte[1 << 16] };

        (await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(large))).Diagnostic.ShouldBe(LogDiagnostics.EntryTooLarge);
        log.Store.Checkpoint.Size.ShouldBe(1);
        await log.AppendAsync(large with { Body = new byte[(1 << 16) - 1] });
        log.Store.Read(1).Body.Length.ShouldBe(65_535);
    }

    [Test]
    public async Task AppendAsync_WhenTheCheckpointCannotBeWritten_RefusesUntilReopenedAndLosesNothing()
    {
        Directory.CreateDirectory(log.File("checkpoint.new"));

        (await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(TestLog.SomeEntry()))).Diagnostic.ShouldBe(LogDiagnostics.NotWritable);
        Directory.Delete(log.File("checkpoint.new"));
        (await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(TestLog.SomeEntry()))).Diagnostic.ShouldBe(LogDiagnostics.NotWritable);

        log.Reopen().Checkpoint.Size.ShouldBe(2);
        (await log.AppendAsync(TestLog.SomeEntry())).Index.ShouldBe(2);
    }

    [Test]
    public async Task TryRecover_WhenTheEntryCouldNotBeForcedToTheDisk_CutsItOff()
    {
        var toDisk = log.Store.Entries.ToDisk;
        log.Store.Entries.ToDisk = _ => throw new IOException("no");
        await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(TestLog.SomeEntry()));
        log.Store.TryRecover().ShouldBeFalse("the cut cannot be forced to the disk either");
        log.Store.Entries.ToDisk = toDisk;

        log.Store.TryRecover().ShouldBeTrue();

        log.Store.Checkpoint.Size.ShouldBe(1, "a flush that works after one that failed says nothing of what came before");
        (await log.AppendAsync(TestLog.SomeEntry())).Index.ShouldBe(1);
        log.Reopen().VerifyAll(CancellationToken.None);
        log.Store.Checkpoint.Size.ShouldBe(2);
    }

    [Test]
    public async Task TryRecover_WhenWholeEntriesAreTakenIn_ForcesThemToTheDiskBeforeItSigns()
    {
        Directory.CreateDirectory(log.File("checkpoint.new"));
        await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(TestLog.SomeEntry()));
        Directory.Delete(log.File("checkpoint.new"));
        var toDisk = log.Store.Entries.ToDisk;
        log.Store.Entries.ToDisk = _ => throw new IOException("no");

        log.Store.TryRecover().ShouldBeFalse();
        log.Store.Checkpoint.Size.ShouldBe(1);
        log.Store.Entries.ToDisk = toDisk;
        log.Store.TryRecover().ShouldBeTrue();

        log.Store.Checkpoint.Size.ShouldBe(1, "it was cut off after the flush that failed");
        log.Reopen().VerifyAll(CancellationToken.None);
    }

    [Test]
    public async Task TryRecover_WhenOnlyTheCheckpointCouldNotBeWritten_TakesTheEntryIn()
    {
        Directory.CreateDirectory(log.File("checkpoint.new"));
        await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(TestLog.SomeEntry()));
        Directory.Delete(log.File("checkpoint.new"));
        var (toDisk, flushedAt) = (log.Store.Entries.ToDisk, 0L);
        log.Store.Entries.ToDisk = file =>
        {
            toDisk(file);
            flushedAt = log.Store.Checkpoint.Size;
        };

        log.Store.TryRecover().ShouldBeTrue();

        flushedAt.ShouldBe(1, "before the checkpoint");
        log.Store.Checkpoint.Size.ShouldBe(2);
        log.Reopen().VerifyAll(CancellationToken.None);
    }

    [TestCase(1)]
    [TestCase(11)]
    [TestCase(19)]
    [TestCase(100)]
    public async Task Open_WhenTheTailIsTorn_CutsItAndGoesOn(int length)
    {
        await log.AppendAsync(TestLog.SomeEntry());
        var checkpoint = log.Store.Checkpoint;
        log.Store.Dispose();
        await using (var entries = new FileStream(log.File("entries"), FileMode.Append))
        {
            entries.Write(RandomNumberGenerator.GetBytes(length));
        }

        var store = log.Reopen();

        store.Checkpoint.ToString().ShouldBe(checkpoint.ToString());
        (await log.AppendAsync(TestLog.SomeEntry())).Index.ShouldBe(2);
        log.Reopen().VerifyAll(CancellationToken.None);
    }

    [Test]
    public async Task Open_WhenAnOlderCheckpointCameBack_TakesTheWholeEntriesInAgain()
    {
        var old = await File.ReadAllBytesAsync(log.File("checkpoint"));
        var entry = await log.AppendAsync(TestLog.SomeEntry());
        log.Store.Dispose();
        await File.WriteAllBytesAsync(log.File("checkpoint"), old);

        log.Reopen().Checkpoint.Size.ShouldBe(2);
        log.Store.Read(1).Body.ShouldBe(entry.Body);
    }

    [TestCase("index")]
    [TestCase("hashes")]
    public async Task Open_WhenADerivedFileIsWrong_MakesItAgain(string name)
    {
        await log.AppendAsync(TestLog.SomeEntry(), TestLog.SomeEntry());
        var root = log.Store.Checkpoint.Root;
        log.Store.Dispose();
        await File.WriteAllBytesAsync(log.File(name), new byte[(int)new FileInfo(log.File(name)).Length]);

        log.Reopen().Checkpoint.Root.ShouldBe(root);
        log.Store.VerifyAll(CancellationToken.None);
    }

    [TestCase("index")]
    [TestCase("hashes")]
    public async Task Open_WhereverADerivedFileWasCut_MakesItAgain(string name)
    {
        await log.AppendAsync(TestLog.SomeEntry(), TestLog.SomeEntry(), TestLog.SomeEntry(), TestLog.SomeEntry(), TestLog.SomeEntry());
        var root = log.Store.Checkpoint.Root;
        log.Store.Dispose();
        var whole = await File.ReadAllBytesAsync(log.File(name));
        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(log.File(name), whole[..length]);

            log.Reopen().Checkpoint.Root.ShouldBe(root);
            log.Store.VerifyAll(CancellationToken.None);
            log.Store.Dispose();
            (await File.ReadAllBytesAsync(log.File(name))).ShouldBe(whole);
        }
    }

    [Test]
    public async Task Open_WhenEntriesAreMissing_Refuses()
    {
        await log.AppendAsync(TestLog.SomeEntry(), TestLog.SomeEntry());
        log.Store.Dispose();
        var length = new FileInfo(log.File("entries")).Length;
        await using (var entries = new FileStream(log.File("entries"), FileMode.Open))
        {
            entries.SetLength(length - 1);
        }

        Refusal().ShouldBe(LogDiagnostics.Damaged);
        new FileInfo(log.File("entries")).Length.ShouldBe(length - 1);
    }

    [Test]
    public async Task Open_WhenAnEntryWasChangedWithAllThatFollowsFromIt_Refuses()
    {
        await log.AppendAsync(TestLog.SomeEntry());
        using var other = new TestLog();
        await other.AppendAsync(TestLog.SomeEntry());
        other.Store.Dispose();
        log.Store.Dispose();
        foreach (var name in new[] { "entries", "index", "hashes" })
        {
            File.Copy(other.File(name), log.File(name), overwrite: true);
        }

        Refusal().ShouldBe(LogDiagnostics.Damaged);
    }

    [TestCase("checkpoint")]
    [TestCase("log.json")]
    public async Task Open_WhenTheHeadIsAnotherLogs_Refuses(string name)
    {
        using var other = new TestLog();
        other.Store.Dispose();
        log.Store.Dispose();
        await File.WriteAllBytesAsync(log.File(name), await File.ReadAllBytesAsync(other.File(name)));

        Refusal().ShouldBe(LogDiagnostics.Damaged);
    }

    [TestCase("checkpoint")]
    [TestCase("entries")]
    public async Task Open_WhenAFileIsMissing_Refuses(string name)
    {
        await log.AppendAsync(TestLog.SomeEntry());
        log.Store.Dispose();
        File.Delete(log.File(name));

        Refusal().ShouldBe(LogDiagnostics.Damaged);
    }

    [Test]
    public async Task Read_WhenAnOldEntryWasChanged_Refuses()
    {
        await log.Store.AppendAsync([.. Enumerable.Range(0, 30).Select(_ => TestLog.SomeEntry())], CancellationToken.None);
        log.Store.Dispose();
        var entries = await File.ReadAllBytesAsync(log.File("entries"));
        entries[1000] ^= 1;
        await File.WriteAllBytesAsync(log.File("entries"), entries);

        Should.Throw<CiComplianceException>(() => log.Reopen().VerifyAll(CancellationToken.None)).Diagnostic.ShouldBe(LogDiagnostics.Damaged);
    }

    [Test]
    public async Task AppendAsync_WhenAFileWasCutShort_SignsNothingMore([Values("entries", "hashes")] string name, [Range(1, 6)] int entries)
    {
        for (var i = 0; i < entries; i++)
        {
            await log.AppendAsync(TestLog.SomeEntry());
        }

        var checkpoint = await File.ReadAllTextAsync(log.File("checkpoint"));
        using (var file = File.OpenHandle(log.File(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            RandomAccess.SetLength(file, 0);
        }

        (await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(TestLog.SomeEntry()))).Diagnostic.ShouldBe(LogDiagnostics.Damaged);
        log.Store.IsDamaged.ShouldBeTrue();
        (await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(TestLog.SomeEntry()))).Diagnostic.ShouldBe(LogDiagnostics.Damaged);
        Should.Throw<CiComplianceException>(() => log.Store.TryRecover()).Diagnostic.ShouldBe(LogDiagnostics.Damaged);
        (await File.ReadAllTextAsync(log.File("checkpoint"))).ShouldBe(checkpoint, "a hole in the hashes would make another history of it");
    }

    [TestCase("index")]
    [TestCase("hashes")]
    public async Task Read_WhenAFileWasCutShort_IsDamageAndEndsAppending(string name)
    {
        await log.AppendAsync(TestLog.SomeEntry());
        using (var file = File.OpenHandle(log.File(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            RandomAccess.SetLength(file, 0);
        }

        Should.Throw<CiComplianceException>(() => log.Store.Read(1)).Diagnostic.ShouldBe(LogDiagnostics.Damaged);
        (await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(TestLog.SomeEntry()))).Diagnostic.ShouldBe(LogDiagnostics.Damaged);

        log.Reopen().VerifyAll(CancellationToken.None);
        await log.AppendAsync(TestLog.SomeEntry());
    }

    [Test]
    public async Task AppendAsync_WhenAnotherLogTookItsPlace_LeavesThatOneAlone()
    {
        var away = log.Path + "-away";
        Directory.Move(log.Path, away);
        using (LogStore.Create(log.Path, TestLog.Name, log.Key, [], log.Verifier, TimeProvider.System))
        {
        }

        var files = Directory.GetFiles(log.Path).ToDictionary(file => file, File.ReadAllBytes);

        (await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(TestLog.SomeEntry()))).Diagnostic.ShouldBe(LogDiagnostics.NotWritable);
        log.Store.TryRecover().ShouldBeFalse();
        foreach (var file in Directory.GetFiles(log.Path))
        {
            File.ReadAllBytes(file).ShouldBe(files[file]);
        }

        Directory.Delete(log.Path, recursive: true);
        log.Store.TryRecover().ShouldBeFalse("nothing is there");
        Directory.Exists(log.Path).ShouldBeFalse();
        Directory.Move(away, log.Path);
        log.Store.TryRecover().ShouldBeTrue();
        (await log.AppendAsync(TestLog.SomeEntry())).Index.ShouldBe(2);
        log.Reopen().VerifyAll(CancellationToken.None);
    }

    [Test]
    public async Task AppendAsync_WhenItsLockWasRemoved_Refuses()
    {
        File.Delete(log.File("lock"));
        (await Should.ThrowAsync<CiComplianceException>(() => log.AppendAsync(TestLog.SomeEntry()))).Diagnostic.ShouldBe(LogDiagnostics.NotWritable);

        File.WriteAllText(log.File("lock"), "");

        log.Store.TryRecover().ShouldBeFalse("a second writer may hold the new one");
    }

    private Diagnostic Refusal() =>
        Should.Throw<CiComplianceException>(() => LogStore.Open(log.Path, log.Key, log.Verifier, TimeProvider.System)).Diagnostic;

    private Diagnostic Creation(string path, string name, EcdsaTestSigner key, params string[] signers) =>
        Should.Throw<CiComplianceException>(() => LogStore.Create(path, name, key, signers, log.Verifier, TimeProvider.System)).Diagnostic;
}
