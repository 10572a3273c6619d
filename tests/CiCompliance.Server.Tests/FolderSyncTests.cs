using CiCompliance.Server.Search;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests;

public sealed class FolderSyncTests
{
    [Test]
    public void Flush_OfAFolder_Works()
    {
        using var folder = new TempDirectory();
        folder.Write("file", "x");
        Should.NotThrow(() => FolderSync.Flush(folder.Path));
    }

    [Test]
    public void Flush_OfWhatIsNotThere_IsSaid()
    {
        using var folder = new TempDirectory();
        Should.Throw<IOException>(() => FolderSync.Flush(folder.Combine("none"))).Message.ShouldContain("No such file");
    }
}
