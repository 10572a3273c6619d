using CiCompliance.Server.GoProxy;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

public sealed class LineFileTests
{
    private TempDirectory directory = null!;

    private string Name => directory.Combine("lines");

    [SetUp]
    public void SetUp() => directory = new();

    [TearDown]
    public void TearDown() => directory.Dispose();

    [Test]
    public void WriteLine_AfterAnEndAtAnyByteOfALine_FollowsTheLastWholeOne()
    {
        const string whole = "one\ntwo\n";
        const string last = "three, that was torn\n";
        for (var length = 0; length <= last.Length; length++)
        {
            File.WriteAllText(Name, whole + last[..length]);
            using (var file = new LineFile(Name))
            {
                file.WriteLine("four");
            }

            File.ReadAllText(Name).ShouldBe(length == last.Length ? whole + last + "four\n" : whole + "four\n");
        }
    }

    [Test]
    public void WriteLine_InANewFile_IsReadAtOnce()
    {
        using var file = new LineFile(Name);
        file.WriteLine("one");
        File.ReadAllText(Name).ShouldBe("one\n");
        file.WriteLine("two");
        File.ReadAllText(Name).ShouldBe("one\ntwo\n");
    }

    [Test]
    public void WriteLine_AfterALongFile_KeepsAllOfIt()
    {
        var content = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n"));
        File.WriteAllText(Name, content + "torn");
        using (var file = new LineFile(Name))
        {
            file.WriteLine("next");
        }

        File.ReadAllText(Name).ShouldBe(content + "next\n");
    }

    [Test]
    public void WriteLine_OnAFullDisk_LeavesNoHalfLine()
    {
        using var disk = SmallDisk.Mount(directory.Combine("disk"), "64k");
        var path = Path.Combine(disk.Path, "lines");
        using var file = new LineFile(path);
        file.WriteLine(new string('a', 1000));
        disk.Fill();
        var lines = 1;
        Should.Throw<IOException>(() =>
        {
            for (; lines < 100; lines++)
            {
                file.WriteLine(new string('b', 1000));
            }
        });

        File.ReadAllLines(path).ShouldAllBe(line => line.Length == 1000);
        disk.Empty();
        file.WriteLine(new string('c', 1000));
        var all = File.ReadAllLines(path);
        all.ShouldAllBe(line => line.Length == 1000);
        all.Length.ShouldBe(lines + 1);
        all[^1][0].ShouldBe('c');
    }
}
