using System.Diagnostics;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary><c>verify binary FILE</c>: files by themselves, whole, broken and hostile.</summary>
public sealed class BinaryFileTests : EndToEndTests
{
    private readonly Lazy<byte[]> system = new(() => File.ReadAllBytes("/bin/sh"));

    [Test]
    public void SystemProgram_IsJudgedAndIsNoGoProgram()
    {
        var outcome = Judge("/bin/sh");
        outcome.ShouldBe(1, "CIC6003", "build-info");
        outcome.Answer.ShouldContain("binary.pie");
    }

    [TestCase(0)]
    [TestCase(4)]
    [TestCase(63)]
    [TestCase(64)]
    [TestCase(500)]
    public void TruncatedProgram_IsNotDecided(int length) => Judge(Write(system.Value[..length])).ShouldBe(3, "CIC6001");

    /// <summary>Header fields that point outside: program headers, section headers, their counts and the name table.</summary>
    [TestCase(32, 8)]
    [TestCase(40, 8)]
    [TestCase(54, 2)]
    [TestCase(56, 2)]
    [TestCase(58, 2)]
    public void HeaderThatLies_IsNeverAccepted(int offset, int length)
    {
        var content = system.Value.ToArray();
        content.AsSpan(offset, length).Fill(0xff);
        var outcome = Judge(Write(content));
        outcome.ExitCode.ShouldBeOneOf(1, 3);
        outcome.Messages.ShouldNotContain("CIC0001");
    }

    [Test]
    public void EveryByteOfTheHeadersFlipped_NeverFailsInAnUnknownWay()
    {
        // In one process: many operands.
        var files = Enumerable.Range(0, 256).Select(i =>
        {
            var content = system.Value.ToArray();
            content[i] ^= 0xff;
            return Write(content, $"flipped-{i}");
        }).ToArray();
        var outcome = Judge(files);
        outcome.ExitCode.ShouldBe(1);
        outcome.Messages.ShouldNotContain("CIC0001");
    }

    [Test]
    public void PipeFolderDeviceAndNothing_AreNotDecided()
    {
        var pipe = Case.Folder.Combine("pipe");
        using (var make = Process.Start("mkfifo", [pipe]))
        {
            make.WaitForExit();
        }

        foreach (var path in new[] { pipe, "/dev/zero" })
        {
            Judge(path).ShouldBe(3, "CIC6001");
        }

        foreach (var path in new[] { Case.Folder.Path, "/nonexistent" })
        {
            Judge(path).ExitCode.ShouldBeOneOf(2, 3);
        }
    }

    [Test]
    public void PolicyThatCannotBeRead_IsUsage()
    {
        Case.Options.Clear();
        Case.Options["--config"] = "/nonexistent.yml";
        Case.Run("verify", "binary", "/bin/sh").ShouldBe(2, "CIC0007");
    }

    private Outcome Judge(params string[] files)
    {
        Case.Options.Clear();
        return Case.Run(["verify", "binary", .. files]);
    }

    private string Write(byte[] content, string name = "program")
    {
        var path = Case.Folder.Combine(name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
