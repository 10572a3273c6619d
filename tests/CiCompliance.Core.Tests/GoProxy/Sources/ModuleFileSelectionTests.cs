using CiCompliance.Go;
using CiCompliance.GoProxy.Sources;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>Names of a pushed commit: what a zip can't hold is refused before one is written, and costs no more than its length.</summary>
public sealed class ModuleFileSelectionTests
{
    private static readonly ModuleVersion Module = new("git.example.cn/deep", "v1.0.0");

    [Test]
    public void Select_OfANameWithVeryManyFolders_IsInvalidDataAndTakesNoMemoryForThem()
    {
        var name = string.Concat(Enumerable.Repeat("a/", 100_000)) + "b.go";
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<InvalidDataException>(() => Select(name)).Message.ShouldContain("4096 bytes or 64 elements");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 << 20);
    }

    [TestCase(61, true)]
    [TestCase(62, false, Description = "65 elements, with the two of the module")]
    public void Select_OfADeepName_IsTakenUpToTheBoundOfAZip(int folders, bool isTaken)
    {
        var name = string.Concat(Enumerable.Repeat("a/", folders)) + "b.go";
        if (isTaken)
        {
            Select(name).ShouldBe([name]);
        }
        else
        {
            Should.Throw<InvalidDataException>(() => Select(name));
        }
    }

    [Test]
    public void Select_OfALongName_CountsTheModulesOwn()
    {
        var longest = ZipNames.MaxNameBytes - $"{Module}/".Length;
        Select(new string('a', longest)).Count.ShouldBe(1);
        Should.Throw<InvalidDataException>(() => Select(new string('a', longest + 1)));
    }

    [Test]
    public void Select_OfWhatIsTooDeepInAnotherModule_LeavesItOut() =>
        Select("a.go", "other/go.mod", "other/" + string.Concat(Enumerable.Repeat("a/", 200)) + "b.go").ShouldBe(["a.go"]);

    [TestCase("a.go", "A.go")]
    [TestCase("dir/a.go", "Dir/b.go")]
    [TestCase("dir", "DIR/b.go")]
    [TestCase("dir/b.go", "dir")]
    [TestCase("s/a.go", "\u017F/b.go")]
    public void Select_OfNamesThatAreOneOnADisk_NamesBoth(string first, string second)
    {
        var message = Should.Throw<InvalidDataException>(() => Select(first, second)).Message;
        message.ShouldContain($"'{Module}/{first.Split('/')[0]}");
        message.ShouldContain($"'{Module}/{second}'");
    }

    private static HashSet<string> Select(params string[] names) => ModuleFileSelection.Select(Module, [.. names.Select(name => (name, true))], isFrom124: true);
}
