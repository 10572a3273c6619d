using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Go;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Go;

public sealed class ModuleZipTests
{
    private static readonly ModuleVersion Greet = new("github.com/acme/greet", "v1.0.0");
    private TempDirectory directory = null!;

    [SetUp]
    public void SetUp() => directory = new();

    [TearDown]
    public void TearDown() => directory.Dispose();

    [Test]
    public void HashGoMod_WhenTheVectors_IsTheVectorsHash() =>
        ModuleZip.HashGoMod("module github.com/acme/greet\n\ngo 1.19\n\nrequire github.com/Acme/dep v1.0.0\n"u8).ShouldBe("h1:bTZrXK2mrg3FcrMXktv5+iaEaZEFD+BdISZZfietsws=");

    [Test]
    public void Hash_WhenEntriesAreInAnyOrder_SortsThem()
    {
        var names = new[] { "b.go", "a/z.go", "A.go", "é.go", "a.go" };
        var lines = names.Select(name => $"{Greet}/{name}").OrderBy(name => Convert.ToHexString(Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal)
            .Select(name => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}  {name}\n");
        var expected = "h1:" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
        var zip = Zip([.. names.Select(name => ($"{Greet}/{name}", $"{Greet}/{name}"))]);
        var digest = Hash(zip);
        digest.H1.ShouldBe(expected);
        digest.Size.ShouldBe(zip.Length);
        digest.Digest.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(zip)));
    }

    [TestCase("github.com/acme/greet@v1.0.1/a.go")]
    [TestCase("a.go")]
    [TestCase("github.com/acme/greet@v1.0.0/../../a.go")]
    [TestCase("github.com/acme/greet@v1.0.0/a\nb.go")]
    [TestCase("github.com/acme/greet@v1.0.0/a\\b.go")]
    [TestCase("github.com/acme/greet@v1.0.0//a.go")]
    public void Hash_WhenANameIsForeignOrUnsafe_Refuses(string name) => Should.Throw<InvalidDataException>(() => Hash(Zip([(name, "")])));

    [Test]
    public void Hash_WhenANameIsThereTwice_Refuses() =>
        Should.Throw<InvalidDataException>(() => Hash(Zip([($"{Greet}/a.go", "1"), ($"{Greet}/a.go", "2")])));

    [Test]
    public void Hash_WhenLessIsDeclaredThanThereIs_IsNotTheTrueHash()
    {
        var zip = Zip([($"{Greet}/a.go", new('x', 1_000))]);
        var truth = Hash(zip).H1;
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(zip.AsSpan().LastIndexOf("PK\x01\x02"u8) + 24), 10);
        Hash(zip).H1.ShouldNotBe(truth);
    }

    [TestCase(2_000, Description = "longer than it is")]
    [TestCase(int.MaxValue, Description = "a bomb by its own word")]
    public void Hash_WhenTheDeclaredSizeIsFalse_Refuses(int declared)
    {
        var zip = Zip([($"{Greet}/a.go", new('x', 1_000))]);
        var central = zip.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(central + 24), declared);
        Should.Throw<InvalidDataException>(() => Hash(zip));
    }

    [Test]
    public void Hash_WhenTheDirectoryDeclaresAbsurdCounts_Refuses()
    {
        var zip = Zip([($"{Greet}/a.go", "")]);
        zip.AsSpan(zip.Length - 22 + 8, 4).Fill(0xff);
        Should.Throw<InvalidDataException>(() => Hash(zip)).Message.ShouldContain("larger than allowed");
    }

    [Test]
    public void Hash_WhenBytesFollowOrAreMissing_Refuses()
    {
        var zip = Zip([($"{Greet}/a.go", "")]);
        Should.Throw<InvalidDataException>(() => Hash([.. zip, 0]));
        Should.Throw<InvalidDataException>(() => Hash(zip[..^1]));
        Should.Throw<InvalidDataException>(() => Hash([]));
    }

    private ModuleZipDigest Hash(byte[] zip)
    {
        File.WriteAllBytes(directory.Combine("m.zip"), zip);
        return ModuleZip.Hash(directory.Combine("m.zip"), Greet, new FixtureDigests(), CancellationToken.None);
    }

    private static byte[] Zip(IReadOnlyList<(string Name, string Content)> files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }
}

public sealed class GoSumTests
{
    private static readonly string H = ThreeModules.Hash(1);
    private static readonly string Other = ThreeModules.Hash(2);

    [Test]
    public void Parse_WhenBothLines_MakesOneEntry() =>
        Parse($"example.com/a v1.0.0 {H}\nexample.com/a v1.0.0/go.mod {Other}\n\nexample.com/b v1.0.0/go.mod {H}\r\n").Entries
            .ShouldBe([new(new("example.com/a", "v1.0.0"), H, Other), new(new("example.com/b", "v1.0.0"), null, H)]);

    [Test]
    public void Parse_WhenALineIsThereTwice_IsNoProblem() => Parse($"example.com/a v1.0.0 {H}\nexample.com/a v1.0.0 {H}\n").Problems.ShouldBeEmpty();

    [Test]
    public void Parse_WhenTwoHashes_IsAContradiction() =>
        Parse($"example.com/a v1.0.0 {H}\nexample.com/a v1.0.0 {Other}\n").Problems.ShouldHaveSingleItem().ShouldBe(new(2, new("example.com/a", "v1.0.0"), GoSumProblemKind.Contradiction));

    [TestCase("h2:QkaqfensfQngXSaA7VTTGsreX2bd7J1wneGD2j3u4PY=")]
    [TestCase("h1:short")]
    [TestCase("h1:QkaqfensfQngXSaA7VTTGsreX2bd7J1wneGD2j3u4P==")]
    public void Parse_WhenTheHashIsUnknown_IsAProblem(string hash) =>
        Parse($"example.com/a v1.0.0 {hash}\n").Problems.ShouldHaveSingleItem().Kind.ShouldBe(GoSumProblemKind.UnknownHash);

    [TestCase("example.com/a v1.0.0\n")]
    [TestCase("example.com/a v1.0.0 h1:x y\n")]
    [TestCase("../a v1.0.0 h1:x\n")]
    [TestCase("example.com/a ../v1 h1:x\n")]
    public void Parse_WhenALineIsMalformed_NamesIt(string text) => Should.Throw<FormatException>(() => Parse(text)).Message.ShouldStartWith("line 1");

    [TestCase("github.com/Acme/dep", "github.com/!acme/dep")]
    [TestCase("plain.example", "plain.example")]
    public void Escape_WhenUpperCase_IsReversible(string plain, string escaped)
    {
        ModulePath.Escape(plain).ShouldBe(escaped);
        ModulePath.Unescape(escaped).ShouldBe(plain);
    }

    [TestCase("Upper")]
    [TestCase("a!")]
    [TestCase("a!B")]
    public void Unescape_WhenNotEscaped_Refuses(string text) => Should.Throw<FormatException>(() => ModulePath.Unescape(text));

    private static GoSum Parse(string text) => GoSum.Parse(Encoding.UTF8.GetBytes(text));
}

public sealed class GoModTests
{
    [Test]
    public void Parse_WhenAllForms_ReadsThem()
    {
        var mod = Parse("""
            // a comment
            module "example.com/app" // its name

            go 1.21.3
            toolchain go1.23.5

            require example.com/a v1.0.0
            require (
            	example.com/b v1.2.0 // indirect
            )
            exclude example.com/c v1.0.0
            replace example.com/a => ../a
            replace (
            	example.com/b v1.2.0 => example.com/fork v1.2.1
            	example.com/d => example.com/e v2.0.0
            )
            retract v1.0.1
            godebug default=go1.21
            """);
        (mod.Module, mod.Go, mod.Toolchain, mod.ListsWholeBuild).ShouldBe(("example.com/app", "1.21.3", "go1.23.5", true));
        mod.Require.ShouldBe([new("example.com/a", "v1.0.0"), new("example.com/b", "v1.2.0")]);
        mod.Exclude.ShouldBe([new("example.com/c", "v1.0.0")]);
        mod.Replace.ShouldBe([new("example.com/a", null, "../a", null), new("example.com/b", "v1.2.0", "example.com/fork", "v1.2.1"), new("example.com/d", null, "example.com/e", "v2.0.0")]);
        mod.Replace[0].IsDirectory.ShouldBeTrue();
    }

    [TestCase("1.16", false)]
    [TestCase("1.17", true)]
    [TestCase("1.24rc1", true)]
    public void ListsWholeBuild_WhenGoLine_FollowsGraphPruning(string go, bool expected) => Parse($"module a\ngo {go}\n").ListsWholeBuild.ShouldBe(expected);

    [TestCase("")]
    [TestCase("module a\nmodule b\n")]
    [TestCase("module a\nrequire (\n")]
    [TestCase("module a\nrequire b\n")]
    [TestCase("module a\nreplace b -> c\n")]
    [TestCase("module \"a\n")]
    public void Parse_WhenMalformed_Refuses(string text) => Should.Throw<FormatException>(() => Parse(text));

    private static GoMod Parse(string text) => GoMod.Parse(Encoding.UTF8.GetBytes(text));
}
