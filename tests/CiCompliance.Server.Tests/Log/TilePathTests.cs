using CiCompliance.Server.Log.Http;

namespace CiCompliance.Server.Tests.Log;

/// <summary>C2SP tlog-tiles: numbers in groups of three digits.</summary>
public sealed class TilePathTests
{
    [TestCase("tile/0/x001/x234/067", 0, 1234067, 256)]
    [TestCase("tile/0/x001/x234/067.p/1", 0, 1234067, 1)]
    [TestCase("tile/3/999", 3, 999, 256)]
    [TestCase("tile/entries/x001/000.p/255", null, 1000, 255)]
    public void TryParse_OfATile_ReadsIt(string path, int? level, long index, int width) =>
        TilePath.TryParse(path).ShouldBe(new TilePath(level, index, width));

    [TestCase("tile/0/x000/067")]
    [TestCase("tile/0/1234")]
    [TestCase("tile/0/001/067")]
    [TestCase("tile/0/x067")]
    [TestCase("tile/0/067.p/0")]
    [TestCase("tile/0/067.p/256")]
    [TestCase("tile/0/067.p/01")]
    [TestCase("tile/0/067.p")]
    [TestCase("tile/8/000")]
    [TestCase("tile/-1/000")]
    [TestCase("tile/0/")]
    [TestCase("tile/0/067.p/999")]
    [TestCase("tile/0/067\n")]
    [TestCase("tile/00/067")]
    [TestCase("tile/entries/x000/x001/067")]
    [TestCase("tile/0/x001/x001/x001/x001/x001/x001/x001/001")]
    [TestCase("tile/0/x999/x999/x999/x999/x999/999")]
    [TestCase("tile/0/٠٠٠")]
    public void TryParse_OfAnythingElse_IsNull(string path) => TilePath.TryParse(path).ShouldBeNull();
}
