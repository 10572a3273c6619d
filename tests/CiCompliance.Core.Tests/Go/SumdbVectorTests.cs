using System.Security.Cryptography;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.Go;

public sealed class SumdbVectorTests
{
    private static readonly VerifierKey Key = VerifierKey.Parse(Text("vkey.txt").Trim());
    private static readonly Ed25519FixtureVerifier Verifier = new();

    [TestCase("latest.size0", 0)]
    [TestCase("latest.size3", 3)]
    [TestCase("latest.size600", 600)]
    public void Open_WhenTheVectorsNote_GivesItsHead(string file, int size) =>
        TreeHead.Open(TestVectors.Read("sumdb", file), Key, Verifier).Size.ShouldBe(size);

    [Test]
    public void Open_WhenSizeIsChanged_IsNotSigned()
    {
        var note = Encoding.UTF8.GetBytes(Text("latest.size3").Replace("\n3\n", "\n4\n", StringComparison.Ordinal));
        Should.Throw<InvalidDataException>(() => TreeHead.Open(note, Key, Verifier)).Message.ShouldContain("not signed");
    }

    [Test]
    public void Open_WhenSignedByAnotherKeyOfTheSameName_IsNotSigned()
    {
        var other = new FixtureSumdb("sumdb.example.cn", Ed25519Fixture.Random());
        Should.Throw<InvalidDataException>(() => TreeHead.Open(other.Note(0), Key, Verifier));
    }

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("text\n\n")]
    [TestCase("text\n\n— name AAAA\n")]
    [TestCase("text\n\n- name myZasXYZdul=\n")]
    [TestCase("text\n\n— name !!!\n")]
    public void Parse_WhenNoSignedNote_Refuses(string note) => Should.Throw<FormatException>(() => SignedNote.Parse(Encoding.UTF8.GetBytes(note)));

    [Test]
    public void Open_WhenTextIsNoTreeHead_Refuses() =>
        Should.Throw<FormatException>(() => TreeHead.Open(Fixture(0).Sign("go.sum database tree\n03\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), Key, Verifier));

    [TestCase("sumdb.example.cn+9b265ab2+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", Description = "another hash")]
    [TestCase("sumdb.example.com+9b265ab1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", Description = "another name")]
    [TestCase("sumdb.example.cn+9b265ab1+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", Description = "another algorithm")]
    [TestCase("sumdb.example.cn+9b265ab1")]
    [TestCase("sum.goproxy.cn")]
    [TestCase("sumdb.example.cn+9B265AB1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", Description = "another way of writing it")]
    [TestCase("sumdb.example.cn+9b265ab1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3c hmQSVTG4")]
    [TestCase("sumdb.example\u202e.cn+9b265ab1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")]
    public void Parse_WhenKeyIsNotItsOwn_Refuses(string key) => Should.Throw<FormatException>(() => VerifierKey.Parse(key));

    [Test]
    public void Create_WhenGivenItsParts_IsThatKey()
    {
        VerifierKey.TryParse(Text("vkey.txt").Trim(), out var parsed).ShouldBeTrue();
        parsed!.Hash.ShouldBe(Key.Hash);
        VerifierKey.Create(Key.Name, Key.PublicKey.AsSpan(^32..)).ToString().ShouldBe(Key.ToString());
        Should.Throw<ArgumentException>(() => VerifierKey.Create("a b", Key.PublicKey.AsSpan(^32..)));
        Should.Throw<ArgumentException>(() => VerifierKey.Create("a", Key.PublicKey));
    }

    [Test]
    public void Verify_WhenKeyIsAWitnesss_IsNoSignatureOfTheNote()
    {
        var witness = VerifierKey.Create(Key.Name, Key.PublicKey.AsSpan(^32..), VerifierKey.CosignatureType);
        var note = SignedNote.Parse(TestVectors.Read("sumdb", "latest.size3"));

        note.Verify(Key, Verifier).ShouldBe(Verdict.Pass);
        note.Verify(witness with { Hash = Key.Hash }, Verifier).ShouldBe(Verdict.Fail);
        Should.Throw<FormatException>(() => VerifierKey.Parse(witness.ToString()));
        VerifierKey.TryParse(witness.ToString(), out var read).ShouldBeTrue();
        read!.Type.ShouldBe(VerifierKey.CosignatureType);
    }

    [Test]
    public void ToString_WhenParsed_GivesTheSameKey()
    {
        Key.ToString().ShouldBe(Text("vkey.txt").Trim());
        SumdbSetting.Parse(SumdbSetting.DefaultKey).ToString().ShouldBe(SumdbSetting.DefaultKey);
    }

    [TestCase(3, "/latest", "latest.size3")]
    [TestCase(600, "/latest", "latest.size600")]
    [TestCase(3, "/lookup/github.com/!acme/dep@v1.0.0", "lookup_github.com_!acme_dep@v1.0.0")]
    [TestCase(3, "/lookup/github.com/acme/greet@v1.1.0", "lookup_github.com_acme_greet@v1.1.0")]
    [TestCase(600, "/lookup/example.com/m@v1.0.300", "lookup_example.com_m@v1.0.300")]
    [TestCase(3, "/tile/8/0/000.p/3", "tile_8_0_000.p_3")]
    [TestCase(600, "/tile/8/0/000", "tile_8_0_000")]
    [TestCase(600, "/tile/8/0/001", "tile_8_0_001")]
    [TestCase(600, "/tile/8/0/002.p/88", "tile_8_0_002.p_88")]
    [TestCase(600, "/tile/8/1/000.p/2", "tile_8_1_000.p_2")]
    [TestCase(3, "/tile/8/data/000.p/3", "tile_8_data_000.p_3")]
    [TestCase(600, "/tile/8/data/002.p/88", "tile_8_data_002.p_88")]
    public void Answer_WhenTheVectorsPath_IsByteForByteTheVector(int size, string path, string vector)
    {
        var (status, body) = Fixture(600).Answer(path, size);
        status.ShouldBe(200);
        body.ShouldBe(TestVectors.Read("sumdb", vector));
    }

    [TestCase("/lookup/github.com/acme/greet@latest", "lookup_github.com_acme_greet@latest")]
    [TestCase("/tile/8/0/abc", "tile_8_0_abc")]
    public void Answer_WhenPathIsWrong_Is400(string path, string vector)
    {
        var (status, body) = Fixture(3).Answer(path);
        status.ShouldBe(400);
        body.ShouldBe(TestVectors.Read("sumdb", vector));
    }

    [TestCase(0, 234, 256, "tile/8/0/234")]
    [TestCase(1, 1234067, 256, "tile/8/1/x001/x234/067")]
    [TestCase(0, 5, 7, "tile/8/0/005.p/7")]
    public void Path_WhenTile_IsTheGoOne(int level, long index, int width, string path) => new Tile(level, index, width).Path.ShouldBe(path);

    [Test]
    public void Parse_WhenRecordIsNotTwoLines_Refuses()
    {
        var record = Text("lookup_github.com_!acme_dep@v1.0.0").Split("\n\n")[0][2..] + "\n";
        SumdbRecord.Parse(record).Module.ShouldBe(new("github.com/Acme/dep", "v1.0.0"));
        foreach (var hostile in new[] { record[..^1], record + "\n", record + record, record.Replace(" h1:", "  h1:", StringComparison.Ordinal), record.Split('\n')[0] + "\n" })
        {
            Should.Throw<FormatException>(() => SumdbRecord.Parse(hostile));
        }
    }

    private static FixtureSumdb Fixture(int size)
    {
        var sumdb = new FixtureSumdb("sumdb.example.cn", Ed25519Fixture.OfVectors());
        for (var i = 0; i < size; i++)
        {
            var module = i switch { 0 => new ModuleVersion("github.com/Acme/dep", "v1.0.0"), 1 => new("github.com/acme/greet", "v1.0.0"), 2 => new("github.com/acme/greet", "v1.1.0"), _ => new("example.com/m", $"v1.0.{i}") };
            sumdb.Add(module, H1(module.Path + module.Version), H1($"{module.Path}{module.Version}/go.mod"));
        }

        return sumdb;
    }

    private static string H1(string text) => "h1:" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Text(string file) => Encoding.UTF8.GetString(TestVectors.Read("sumdb", file));
}
