using System.Diagnostics;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence.Verification;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Evidence;

public sealed class EvidenceSnapshotTests
{
    private TempDirectory temp = null!;

    [SetUp]
    public void SetUp() => temp = new TempDirectory();

    [TearDown]
    public void TearDown() => temp.Dispose();

    [Test]
    public void Open_WhenFilesArePlain_ReadsThemAll()
    {
        temp.Write("evidence.json", "{}");
        temp.Write("bin/app", new string('x', 9 << 20));
        using var snapshot = Open();
        snapshot.Files.Keys.ShouldBe(["bin/app", "evidence.json"]);
        snapshot.Find("evidence.json")!.Content.ShouldBe("{}"u8.ToArray());
        snapshot.Find("bin/app")!.Content.ShouldBeNull("large files are not kept in memory");
        snapshot.Find("bin/app")!.Size.ShouldBe(9 << 20);
        using var stream = snapshot.Find("bin/app")!.OpenStream();
        stream.ReadByte().ShouldBe('x');
        snapshot.ChangedSince().ShouldBeEmpty();
    }

    [TestCase("file")]
    [TestCase("folder")]
    [TestCase("nowhere")]
    public void Open_WhenThereIsASymbolicLink_Refuses(string target)
    {
        temp.Write("file", "x");
        Directory.CreateDirectory(temp.Combine("folder"));
        File.CreateSymbolicLink(temp.Combine("link"), temp.Combine(target));
        Refusal().Diagnostic.Code.ShouldBe("CIC2213");
    }

    [Test]
    public void Open_WhenThereIsAPipe_RefusesWithoutWaitingForIt()
    {
        using var process = Process.Start("mkfifo", temp.Combine("pipe"));
        process.WaitForExit();
        Refusal().Diagnostic.Code.ShouldBe("CIC2213");
    }

    [Test]
    public void Open_WhenFoldersAreDeeperThanEvidence_Refuses()
    {
        temp.Write("a/b/c/d/file", "x");
        Refusal().Diagnostic.Code.ShouldBe("CIC2214");
    }

    [Test]
    public void Open_WhenThereAreMoreFoldersThanEvidenceHas_Refuses()
    {
        for (var i = 0; i <= 1_000; i++)
        {
            Directory.CreateDirectory(temp.Combine("a", $"{i}"));
        }

        Refusal().Diagnostic.Code.ShouldBe("CIC2214");
    }

    [Test]
    public void Open_WhenManySmallFilesWouldFillTheMemory_Refuses()
    {
        // Sparse: they cost whoever writes them nothing.
        for (var i = 0; i <= 32; i++)
        {
            using var file = File.Create(temp.Combine($"{i}"));
            file.SetLength(8 << 20);
        }

        Refusal().Diagnostic.Code.ShouldBe("CIC2214");
    }

    [Test]
    public void OpenForDigests_KeepsNothingAndGivesTheSameDigests()
    {
        temp.Write("evidence.json", "{}");
        temp.Write("empty", "");
        using var whole = Open();
        using var digests = EvidenceSnapshot.OpenForDigests(temp.Path, new TestDigests(), default);
        digests.Files.Values.ShouldAllBe(file => file.Content == null);
        digests.Files.Values.Select(file => (file.Name, file.Size, file.Digests)).ShouldBe(whole.Files.Values.Select(file => (file.Name, file.Size, file.Digests)));
    }

    [Test]
    public void Open_WhenTheFolderIsMissing_IsUndecided() =>
        Should.Throw<CiComplianceException>(() => EvidenceSnapshot.Open(temp.Combine("none"), new TestDigests(), default))
            .Diagnostic.ShouldBe(VerificationDiagnostics.Unreadable);

    [Test]
    public void ChangedSince_WhenAFileIsWrittenMeanwhile_NamesIt()
    {
        temp.Write("a", "1");
        var path = temp.Write("b", "1");
        using var snapshot = Open();
        File.WriteAllText(path, "2");
        snapshot.ChangedSince().ShouldBe(["b"]);
    }

    private EvidenceSnapshot Open() => EvidenceSnapshot.Open(temp.Path, new TestDigests(), default);

    private CiComplianceException Refusal() => Should.Throw<CiComplianceException>(() => Open().Dispose());
}
