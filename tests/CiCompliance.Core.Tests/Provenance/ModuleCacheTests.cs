using CiCompliance.Diagnostics;
using CiCompliance.Provenance;

namespace CiCompliance.Core.Tests.Provenance;

/// <summary>What is edited in the module cache after it was verified, and before the build.</summary>
public sealed class ModuleCacheTests
{
    private GoModuleFixture? created;

    private GoModuleFixture Fixture => created!;

    private string Extracted => Path.Combine(Fixture.ModuleCache, "example.com/!acme/greet@v1.2.0");

    private string Download => Path.Combine(Fixture.ModuleCache, "cache/download/example.com/!acme/greet/@v/v1.2.0");

    [SetUp]
    public void CreateModule() => created = new GoModuleFixture("go1.23");

    [TearDown]
    public void RemoveModule() => created?.Dispose();

    [Test]
    public async Task EditedExtractedFile_IsRefused()
    {
        Fixture.Edit(Path.Combine(Extracted, "greet.go"), "package greet\n\nfunc Text() string { return \"evil\" }\n");
        await ShouldBeRefused();
    }

    [Test]
    public async Task AddedExtractedFile_IsRefused()
    {
        File.SetUnixFileMode(Extracted, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(Extracted, "more.go"), "package greet\n\nfunc init() { println(\"evil\") }\n");
        await ShouldBeRefused();
    }

    [Test]
    public async Task LinkInPlaceOfAFile_IsRefused()
    {
        File.SetUnixFileMode(Extracted, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var copy = Path.Combine(Fixture.Work, "greet.go");
        File.Move(Path.Combine(Extracted, "greet.go"), copy);
        File.CreateSymbolicLink(Path.Combine(Extracted, "greet.go"), copy);
        await ShouldBeRefused();
    }

    [Test]
    public async Task LinkInPlaceOfTheFolder_IsRefused()
    {
        var parent = Path.GetDirectoryName(Extracted)!;
        File.SetUnixFileMode(Extracted, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Move(Extracted, parent + "/moved");
        Directory.CreateSymbolicLink(Extracted, parent + "/moved");
        await ShouldBeRefused();
    }

    [Test]
    public async Task ReplacedZip_IsRefused()
    {
        Fixture.Edit(Download + ".zip", "PK");
        await ShouldBeRefused();
    }

    [Test]
    public async Task MissingZip_IsRefused()
    {
        File.Delete(Download + ".zip");
        await ShouldBeRefused();
    }

    [Test]
    public async Task ZipThatWasNotRecorded_IsRefused()
    {
        Fixture.WriteEvidence(row => row with { Sha256 = null, Sm3 = null, Size = null });
        await ShouldBeRefused();
    }

    [Test]
    public async Task EditedGoMod_IsRefused()
    {
        Fixture.Edit(Download + ".mod", "module example.com/Acme/greet\n\ngo 1.19\n");
        await ShouldBeRefused();
    }

    [TestCase("../../../etc")]
    [TestCase("example.com/../greet")]
    [TestCase("/etc")]
    public async Task RecordWithAPathOutside_IsRefused(string path)
    {
        Fixture.WriteEvidence(row => row with { Path = path });
        await ShouldBeRefused();
    }

    private async Task ShouldBeRefused()
    {
        var result = await Fixture.RunAsync(Fixture.Build);

        result.Verdict.ShouldBe(Verdict.Fail);
        result.Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(BuildDiagnostics.ModuleCacheDiffers);
        Directory.Exists(Path.Combine(Fixture.EvidenceRoot, "bin")).ShouldBeFalse();
    }
}
