using System.Security.Cryptography;
using CiCompliance.Go;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Storage;

/// <summary>What a power cut leaves of files that nobody waited for to be on the disk: the right length, and other bytes.</summary>
public sealed class TornFileTests
{
    private static readonly ModuleVersion Greet = new("example.com/greet", "v1.0.0");

    private TempDirectory directory = null!;

    [SetUp]
    public void SetUp() => directory = new TempDirectory();

    [TearDown]
    public void TearDown() => directory.Dispose();

    [TestCase(1)]
    [TestCase(60_000)]
    [TestCase(1 << 20)]
    public void OpenFile_OfATornFileAfterAStart_IsNothing(int size)
    {
        var kept = Keep(Start(), RandomNumberGenerator.GetBytes(size));
        Tear(kept);

        Start().OpenFile(kept).ShouldBeNull();
    }

    [Test]
    public void OpenFile_OfAWholeFileAfterAStart_IsTheFileFromItsBegin()
    {
        var content = RandomNumberGenerator.GetBytes(60_000);
        var kept = Keep(Start(), content);

        var store = Start();
        for (var i = 0; i < 2; i++)
        {
            using var stream = store.OpenFile(kept).ShouldNotBeNull();
            var read = new byte[content.Length];
            stream.ReadExactly(read);
            read.ShouldBe(content);
        }
    }

    [Test]
    public void Keep_InThePlaceOfATornFile_MendsIt()
    {
        var content = RandomNumberGenerator.GetBytes(60_000);
        Tear(Keep(Start(), content));
        var store = Start();
        var kept = Keep(store, content);

        using var stream = store.OpenFile(kept).ShouldNotBeNull();
        Convert.ToHexStringLower(SHA256.HashData(stream)).ShouldBe(kept.Sha256);
    }

    [Test]
    public void Find_OfATornDescription_IsNothing()
    {
        var store = Start();
        store.Change(Greet, stored => stored with { HasInfo = true });
        var file = store.DescriptionOf(Greet);
        File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);

        Start().Find(Greet).ShouldBeNull();
    }

    private FileModuleStore Start()
    {
        var store = new FileModuleStore(directory.Combine("cache"), 1 << 20, TimeProvider.System);
        store.Prepare();
        return store;
    }

    private void Tear(StoredFile file)
    {
        var path = Directory.EnumerateFiles(directory.Combine("cache", "files"), file.Sha256, SearchOption.AllDirectories).Single();
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path).SkipLast(1), (byte)(File.ReadAllBytes(path)[^1] ^ 0x55)]);
    }

    private static StoredFile Keep(FileModuleStore store, byte[] content)
    {
        using var file = store.CreateUnverified();
        File.WriteAllBytes(file.Path, content);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        store.Keep(file, sha256);
        return new(sha256, content.Length, "h1:");
    }
}
