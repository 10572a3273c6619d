using System.Text;
using CiCompliance.Source;

namespace CiCompliance.Core.Tests.Source;

public sealed class GitTreeTests
{
    private const string A = "78981922613b2afb6025042ff6bd878ac1994e85";
    private const string B = "61780798228d17af2d34fce4cfbdf35556832472";

    /// <summary>Made with git 2.39: files a (content "a\n") and sub/b ("b\n").</summary>
    private const string Good = $"100644 blob {A}\ta\0100644 blob {B}\tsub/b\0";

    [Test]
    public void ComputeId_OfNothing_IsTheEmptyTree()
    {
        GitTree.ComputeId([], GitObjectFormat.Sha1).ShouldBe("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        GitTree.ComputeId([], GitObjectFormat.Sha256).ShouldBe("6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321");
    }

    [Test]
    public void ComputeId_OfAListing_IsTheTreesId()
    {
        var entries = Parse(Good);
        GitTree.ComputeId(entries, GitObjectFormat.Sha1).ShouldBe("2d84d43edc59a95525f6fc7ba6cffca481c74d2e");
        GitTree.ToListing(entries).ShouldBe(Encoding.UTF8.GetBytes(Good));
    }

    [TestCase($"100644 blob {B}\ta\0100644 blob {A}\tsub/b\0", TestName = "ids swapped")]
    [TestCase($"100755 blob {A}\ta\0100644 blob {B}\tsub/b\0", TestName = "mode changed")]
    [TestCase($"100644 blob {A}\ta\0", TestName = "entry left out")]
    [TestCase($"100644 blob {A}\ta\0100644 blob {B}\tb\0", TestName = "moved")]
    [TestCase($"100644 blob {A}\ta\0100644 blob {B}\tsub/b\0100644 blob {B}\tsub/c\0", TestName = "entry added")]
    public void ComputeId_OfAChangedListing_IsAnother(string listing) =>
        GitTree.ComputeId(Parse(listing), GitObjectFormat.Sha1).ShouldNotBe("2d84d43edc59a95525f6fc7ba6cffca481c74d2e");

    [TestCase($"100644 blob {A}\tsub/b\0100644 blob {B}\ta\0", TestName = "order swapped")]
    [TestCase($"100644 blob {A}\ta\0100644 blob {A}\ta\0", TestName = "twice")]
    [TestCase($"100644 blob {A}\ta", TestName = "cut off")]
    [TestCase($"100644 blob {A} a\0", TestName = "no tab")]
    [TestCase($"100644 blob {A}\t\0", TestName = "no path")]
    [TestCase($"100644 blob {A}\t/a\0", TestName = "absolute")]
    [TestCase($"100644 blob {A}\ta/\0", TestName = "slash at the end")]
    [TestCase($"100644 blob {A}\ta//b\0", TestName = "empty part")]
    [TestCase($"100644 blob {A}\t../a\0", TestName = "above")]
    [TestCase($"100644 blob {A}\ta/../../b\0", TestName = "above, later")]
    [TestCase($"100644 blob {A}\t./a\0", TestName = "dot")]
    [TestCase($"100644 blob {A}\t.git/config\0", TestName = "git")]
    [TestCase($"100644 blob {A}\tsub/.GIT/config\0", TestName = "git in capitals")]
    [TestCase($"100664 blob {A}\ta\0", TestName = "another mode")]
    [TestCase($"040000 tree {A}\ta\0", TestName = "a folder")]
    [TestCase($"160000 blob {A}\ta\0", TestName = "a submodule as blob")]
    [TestCase($"100644 commit {A}\ta\0", TestName = "a file as commit")]
    [TestCase($"100644 blob {A}00\ta\0", TestName = "a longer id")]
    [TestCase("100644 blob 78981922613B2AFB6025042FF6BD878AC1994E85\ta\0", TestName = "capitals")]
    [TestCase("\0", TestName = "an empty record")]
    [TestCase(Good + "\0", TestName = "extended")]
    public void ParseListing_OfAnotherForm_Throws(string listing) => Should.Throw<FormatException>(() => Parse(listing));

    [Test]
    public void ParseListing_WhereThePathIsTooDeepOrLong_Throws()
    {
        Should.Throw<FormatException>(() => Parse($"100644 blob {A}\t{string.Join('/', Enumerable.Repeat("a", GitTree.MaxDepth + 1))}\0"));
        Should.Throw<FormatException>(() => Parse($"100644 blob {A}\t{new string('a', 5000)}\0"));
    }

    [Test]
    public void ComputeId_WhereAPathIsFileAndFolder_Throws() =>
        Should.Throw<FormatException>(() => GitTree.ComputeId(Parse($"100644 blob {A}\ta\0100644 blob {A}\ta-b\0100644 blob {A}\ta/b\0"), GitObjectFormat.Sha1));

    [Test]
    public void ParseListing_KeepsNamesThatAreNoText()
    {
        byte[] listing = [.. Encoding.ASCII.GetBytes($"100644 blob {A}\t"), 0x01, 0x0a, 0xff, 0];
        GitTree.ToListing(GitTree.ParseListing(listing, GitObjectFormat.Sha1)).ShouldBe(listing);
    }

    private static IReadOnlyList<GitTreeEntry> Parse(string listing) => GitTree.ParseListing(Encoding.UTF8.GetBytes(listing), GitObjectFormat.Sha1);
}
