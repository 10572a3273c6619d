using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using CiCompliance.Go;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Go;

/// <summary>Zips of a proxy that lies: each is one module zip or none, whatever its bytes are.</summary>
public sealed class HostileZipTests
{
    private static readonly ModuleVersion Greet = new("example.com/greet", "v1.0.0");

    [Test]
    public void H1_OfAZipWithAnyByteChanged_IsAHashOrInvalidData([Values(0x00, 0x01, 0x7f, 0xff)] int change)
    {
        var zip = Small();
        for (var at = 0; at < zip.Length; at++)
        {
            var changed = (byte[])zip.Clone();
            changed[at] = change == 0x01 ? (byte)(changed[at] ^ 1) : (byte)change;
            Check(changed, $"byte {at} of {zip.Length}");
        }
    }

    [Test]
    public void H1_OfAZipCutAnywhere_IsInvalidData()
    {
        var zip = Small();
        for (var length = 0; length < zip.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => H1(zip[..length]), $"{length} of {zip.Length} bytes");
        }
    }

    [Test]
    public void H1_OfAZipWithTwoFieldsChanged_IsAHashOrInvalidData()
    {
        var zip = Small();
        var random = new DeterministicBytes(20261126);
        for (var i = 0; i < 4000; i++)
        {
            var changed = (byte[])zip.Clone();
            changed.AsSpan(random.Next(zip.Length - 2), 2).Fill((byte)random.Next(256));
            changed[random.Next(zip.Length)] = (byte)random.Next(256);
            Check(changed, $"round {i}");
        }
    }

    [TestCase("example.com/greet@v1.0.0/A.go", "example.com/greet@v1.0.0/a.go")]
    [TestCase("example.com/greet@v1.0.0/Dir/a.go", "example.com/greet@v1.0.0/dir/b.go")]
    [TestCase("example.com/greet@v1.0.0/dir", "example.com/greet@v1.0.0/dir/b.go")]
    [TestCase("example.com/greet@v1.0.0/a.go", "example.com/greet@v1.0.0/a.go")]
    public void H1_OfNamesThatAreOneOnADisk_IsInvalidData(string first, string second) => Should.Throw<InvalidDataException>(() => H1(Zip(first, second)));

    [TestCase("example.com/greet@v1.0.1/a.go")]
    [TestCase("example.com/Greet@v1.0.0/a.go")]
    [TestCase("/example.com/greet@v1.0.0/a.go")]
    [TestCase("example.com/greet@v1.0.0")]
    [TestCase("example.com/greet@v1.0.0/../a.go")]
    [TestCase("example.com/greet@v1.0.0/./a.go")]
    [TestCase("example.com/greet@v1.0.0/a\\b.go")]
    [TestCase("example.com/greet@v1.0.0/a\nb.go")]
    [TestCase("example.com/greet@v1.0.0/a\0b.go")]
    [TestCase("../../../etc/passwd")]
    public void H1_OfANameOutsideTheModule_IsInvalidData(string name) => Should.Throw<InvalidDataException>(() => H1(Zip(name)));

    [TestCase(0xA1FF, Description = "a link")]
    [TestCase(0x41ED, Description = "a folder")]
    [TestCase(0x61B0, Description = "a device")]
    [TestCase(0x11B0, Description = "a pipe")]
    public void H1_OfWhatIsNoRegularFile_IsInvalidData(int mode)
    {
        var zip = Zip($"{Greet}/a.go");
        var central = zip.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(central + 38), mode << 16);
        Should.Throw<InvalidDataException>(() => H1(zip));
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(central + 38), 0x81A4 << 16);
        H1(zip).ShouldStartWith("h1:");
    }

    [Test]
    public void H1_OfADirectoryBeyondTheBoundByZip64_IsInvalidData()
    {
        // Its own end record says that one entry follows; the other one that it points to says the truth.
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < 70_000; i++)
            {
                archive.CreateEntry($"{Greet}/{i}");
            }
        }

        var zip = stream.ToArray();
        var end = zip.AsSpan(^22..);
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteInt16LittleEndian(end[8..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(end[10..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(end[12..], 100);
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], uint.MaxValue);
        Should.Throw<InvalidDataException>(() => H1(zip)).Message.ShouldContain("larger than allowed");
    }

    [Test]
    public void H1_OfANameWithVeryManyFolders_IsInvalidDataAndTakesNoMemoryForThem()
    {
        var zip = Zip($"{Greet}/{string.Concat(Enumerable.Repeat("a/", 32_000))}b.go");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<InvalidDataException>(() => H1(zip)).Message.ShouldContain("4096 bytes or 64 elements");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16 << 20);
    }

    [TestCase(61, 0, true)]
    [TestCase(62, 0, false, Description = "65 elements")]
    [TestCase(0, 4096, true)]
    [TestCase(0, 4097, false)]
    public void H1_OfANameAtTheBound_IsAHashUpToIt(int folders, int bytes, bool isTaken)
    {
        // The module's own name has two elements.
        var name = $"{Greet}/{string.Concat(Enumerable.Repeat("a/", folders))}b";
        name += string.Concat(Enumerable.Repeat("é", Math.Max(0, bytes - name.Length) / 2));
        name += new string('c', Math.Max(0, bytes - Encoding.UTF8.GetByteCount(name)));
        if (isTaken)
        {
            H1(Zip(name)).ShouldStartWith("h1:");
        }
        else
        {
            Should.Throw<InvalidDataException>(() => H1(Zip(name)));
        }
    }

    [Test]
    public void Add_OfNamesWithFoldersOfTheirOwn_IsBoundedInAll()
    {
        var names = new ZipNames(StringComparer.Ordinal);
        var below = string.Concat(Enumerable.Repeat("a/", ZipNames.MaxElements - 2));
        Should.Throw<InvalidDataException>(() =>
        {
            for (var i = 0; i <= ZipNames.MaxFolders / (ZipNames.MaxElements - 1); i++)
            {
                names.Add($"{i}/{below}b").ShouldBeNull();
            }
        }).Message.ShouldContain("folders");
    }

    [Test]
    public void H1_WhenALaterEndRecordStandsInTheComment_IsInvalidData()
    {
        // What the runtime would read is the last one; what an archiver reads is the one whose comment ends with the file.
        var zip = Small();
        byte[] second = [.. zip[^22..]];
        BinaryPrimitives.WriteInt16LittleEndian(second.AsSpan(20), 9);
        BinaryPrimitives.WriteInt16LittleEndian(zip.AsSpan(zip.Length - 2), 22);
        Should.Throw<InvalidDataException>(() => H1([.. zip, .. second])).Message.ShouldContain("no end record");
        BinaryPrimitives.WriteInt16LittleEndian(zip.AsSpan(zip.Length - 2), 4);
        Should.Throw<InvalidDataException>(() => H1([.. zip, .. "PK\x05\x06"u8])).Message.ShouldContain("no end record");
        H1([.. zip, .. "none"u8]).ShouldStartWith("h1:");
    }

    [Test]
    public void H1_WhenTheDirectoryIsNotAsLargeAsItSays_IsInvalidData()
    {
        var zip = Small();
        var size = BinaryPrimitives.ReadInt32LittleEndian(zip.AsSpan(zip.Length - 10));
        var smaller = (byte[])zip.Clone();
        BinaryPrimitives.WriteInt32LittleEndian(smaller.AsSpan(zip.Length - 10), size - 1);
        Should.Throw<InvalidDataException>(() => H1(smaller)).Message.ShouldContain("does not end where");
        Should.Throw<InvalidDataException>(() => H1([.. zip[..^22], 0, .. zip[^22..]])).Message.ShouldContain("does not end where");
    }

    [Test]
    public void H1_WhenALocatorOfZip64StandsBeforeTheEndRecord_IsInvalidData()
    {
        byte[] locator = [.. "PK\x06\x07"u8, .. new byte[16]];
        var zip = Small();
        var counted = (byte[])zip.Clone();
        BinaryPrimitives.WriteInt32LittleEndian(counted.AsSpan(zip.Length - 10), BinaryPrimitives.ReadInt32LittleEndian(zip.AsSpan(zip.Length - 10)) + locator.Length);
        Should.Throw<InvalidDataException>(() => H1([.. counted[..^22], .. locator, .. counted[^22..]])).Message.ShouldContain("larger than allowed");
    }

    [Test]
    public void H1_OfFilesThatAreOneAnother_IsBoundedByWhatTheyDeclare()
    {
        // Ten names for one megabyte of zeros, each declared with its size: what is declared is counted, not what lies there.
        var zip = Zip([.. Enumerable.Range(0, 10).Select(i => $"{Greet}/{i}")], new string('\0', 1 << 20));
        for (var at = zip.AsSpan().IndexOf("PK\x01\x02"u8); at >= 0;)
        {
            BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(at + 24), 60 << 20);
            var next = zip.AsSpan(at + 4).IndexOf("PK\x01\x02"u8);
            at = next < 0 ? -1 : at + 4 + next;
        }

        Should.Throw<InvalidDataException>(() => H1(zip));
    }

    private static void Check(byte[] zip, string what)
    {
        try
        {
            H1(zip).ShouldStartWith("h1:", Case.Sensitive, what);
        }
        catch (InvalidDataException)
        {
            // That is the other outcome.
        }
        catch (Exception e) when (e is not ShouldAssertException)
        {
            Assert.Fail($"{what}: {e.GetType().Name}: {e.Message}");
        }
    }

    private static string H1(byte[] zip)
    {
        using var stream = new MemoryStream(zip);
        return ModuleZip.H1(stream, Greet, CancellationToken.None);
    }

    private static byte[] Small() => FixtureModuleProxy.Zip(Greet, new Dictionary<string, string> { ["go.mod"] = "module example.com/greet\n", ["a.go"] = new('x', 300) });

    private static byte[] Zip(params string[] names) => Zip(names, "package a\n");

    private static byte[] Zip(string[] names, string content)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in names)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }
}
