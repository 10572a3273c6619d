using CiCompliance.Server.GoProxy.Records;

namespace CiCompliance.Server.Tests.GoProxy.Records;

/// <summary>Paths behind <c>tile/8/</c>, as golang.org/x/mod/sumdb/tlog writes them.</summary>
public sealed class SumdbTilePathTests
{
    [TestCase("0/000", 0, 0, 256)]
    [TestCase("0/x001/x234/067", 0, 1234067, 256)]
    [TestCase("0/x001/x234/067.p/1", 0, 1234067, 1)]
    [TestCase("7/999.p/255", 7, 999, 255)]
    [TestCase("data/x001/000.p/3", null, 1000, 3)]
    [TestCase("data/000", null, 0, 256)]
    public void Parse_OfATile_ReadsIt(string path, int? level, long index, int width) => SumdbTilePath.Parse(path).ShouldBe(new SumdbTilePath(level, index, width));

    [TestCase("")]
    [TestCase("0")]
    [TestCase("0/")]
    [TestCase("data")]
    [TestCase("8/000")]
    [TestCase("-1/000")]
    [TestCase("00/000")]
    [TestCase("x/000")]
    [TestCase("0/0")]
    [TestCase("0/1234")]
    [TestCase("0/x000/067")]
    [TestCase("0/001/067")]
    [TestCase("0/x067")]
    [TestCase("0/067.p")]
    [TestCase("0/.p/1")]
    [TestCase("0/067.p/")]
    [TestCase("0/067.p/0")]
    [TestCase("0/067.p/01")]
    [TestCase("0/067.p/256")]
    [TestCase("0/067.p/-1")]
    [TestCase("0/067.p/1/1")]
    [TestCase("0/067.q/1")]
    [TestCase("0//067")]
    [TestCase("0/../067")]
    [TestCase("0/٠٠٠")]
    [TestCase("0/067\n")]
    [TestCase("0/x001/x001/x001/x001/x001/001")]
    public void Parse_OfAnythingElse_IsNull(string path) => SumdbTilePath.Parse(path).ShouldBeNull();
}
