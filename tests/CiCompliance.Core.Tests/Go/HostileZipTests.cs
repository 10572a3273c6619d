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
