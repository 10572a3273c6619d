using System.Text;
using CiCompliance.Core.Tests.Provenance;
using CiCompliance.Go;

namespace CiCompliance.Core.Tests.Go;

public sealed class BuildInfoTests
{
    private const string Text = "path\texample.com/app\nmod\texample.com/app\t(devel)\t\ndep\texample.com/a\tv1.0.0\th1:x=\ndep\texample.com/b\tv2.0.0\n"
        + "=>\t./b\t\t\nbuild\t-compiler=gc\nbuild\tCGO_ENABLED=0\nbuild\t\"-x y\"=\"a\\tb\\u00e9\"\nbuild\tempty=\n";

    [Test]
    public void Read_WhenGoReadsIt_SeesTheSame([Values("go1.19", "go1.23", "go1.24")] string go)
    {
        using var fixture = new GoModuleFixture(go);
        var path = Path.Combine(fixture.Work, "alpha");
        fixture.Go("build", "-ldflags", "-s -w -X 'main.text=a \"b\"\tc'", "-buildvcs=false", "-o", path, "./cmd/alpha");

        var info = GoBuildInfo.Read(path);

        var (_, output) = GoPrograms.Run(Peers.Require(go), fixture.ProjectDirectory, false, "amd64", "version", "-m", path);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe($"{path}: {info.GoVersion}");
        // The last two columns of an empty version are blanks in the go command's own print.
        lines.Skip(1).Select(line => line.Trim()).ShouldBe(Lines(info).Select(line => line.Trim()));
    }

    [Test]
    public void Decode_WhenWellFormed_ReadsModulesReplacementsAndQuotedSettings()
    {
        var info = BuildInfoReader.Decode(Data("go1.23.5", Text));

        info.GoVersion.ShouldBe("go1.23.5");
        info.Path.ShouldBe("example.com/app");
        info.Main.ShouldBe(new BuildInfoModule("example.com/app", "(devel)", ""));
        info.Dependencies.ShouldBe(
        [
            new BuildInfoModule("example.com/a", "v1.0.0", "h1:x="),
            new BuildInfoModule("example.com/b", "v2.0.0", "", new BuildInfoModule("./b", "", "")),
        ]);
        info.Setting("-x y").ShouldBe("a\tbé");
        info.Setting("empty").ShouldBe("");
        info.Setting("absent").ShouldBeNull();
    }

    [Test]
    public void Decode_WhenCutOffAnywhere_IsRefused()
    {
        var data = Data("go1.23.5", Text);
        for (var length = 0; length < data.Length; length++)
        {
            Should.Throw<BuildInfoException>(() => BuildInfoReader.Decode(data.AsSpan(0, length)), $"{length} bytes");
        }
    }

    [Test]
    public void Decode_WhenMutated_NeverThrowsAnythingElse()
    {
        var random = new DeterministicBytes(7);
        var good = Data("go1.23.5", Text);
        for (var i = 0; i < 3000; i++)
        {
            var data = (byte[])good.Clone();
            data[random.Next(data.Length)] = (byte)random.Next(256);
            try
            {
                BuildInfoReader.Decode(data).GoVersion.ShouldNotBeEmpty();
            }
            catch (BuildInfoException)
            {
                // refused as malformed
            }
        }
    }

    [TestCase("mod\ta\tv1\t\nmod\tb\tv1\t\n", Description = "two main modules")]
    [TestCase("path\ta\npath\tb\n", Description = "two paths")]
    [TestCase("dep\ta\tv1\th1:x=\ndep\ta\tv1\th1:y=\n", Description = "a module twice")]
    [TestCase("build\tGOOS=linux\nbuild\tGOOS=plan9\n", Description = "a setting twice")]
    [TestCase("=>\t./b\t\t\n", Description = "a replacement of nothing")]
    [TestCase("dep\ta\tv1\t\n=>\tb\tv1\t\n=>\tc\tv1\t\n", Description = "two replacements")]
    [TestCase("dep\ta\n", Description = "too few columns")]
    [TestCase("dep\ta\tv1\th1:\tmore\n", Description = "too many columns")]
    [TestCase("build\tGOOS\n", Description = "no value")]
    [TestCase("build\t\"GOOS=linux\n", Description = "no closing quote")]
    [TestCase("build\tx=\"a\" b\n", Description = "text after a quote")]
    [TestCase("build\tx=\"\\q\"\n", Description = "an unknown escape")]
    [TestCase("build\tx=\"\\ud800\"\n", Description = "half a character")]
    [TestCase("other\tx\n", Description = "an unknown line")]
    public void Decode_WhenALineIsHostile_IsRefused(string text) =>
        Should.Throw<BuildInfoException>(() => BuildInfoReader.Decode(Data("go1.23.5", text)));

    [Test]
    public void Decode_WhenWrittenBeforeGo118_SaysSo()
    {
        var data = Data("go1.17", Text);
        data[15] = 0;

        Should.Throw<BuildInfoException>(() => BuildInfoReader.Decode(data)).Message.ShouldContain("1.18");
    }

    internal static byte[] Data(string version, string text)
    {
        byte[] modules = [.. new byte[16], .. Encoding.UTF8.GetBytes(text), .. new byte[16]];
        return [0xff, .. " Go buildinf:"u8, 8, 2, .. new byte[16], .. Varint(version.Length), .. Encoding.UTF8.GetBytes(version), .. Varint(modules.Length), .. modules];
    }

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            yield return (byte)(value | 0x80);
        }

        yield return (byte)value;
    }

    private static IEnumerable<string> Lines(GoBuildInfo info) =>
    [
        $"path\t{info.Path}",
        $"mod\t{info.Main!.Path}\t{info.Main.Version}\t{info.Main.Sum}",
        .. info.Dependencies.Select(module => $"dep\t{module.Path}\t{module.Version}\t{module.Sum}"),
        .. info.Settings.Select(setting => $"build\t{setting.Key}={Quote(setting.Value)}"),
    ];

    private static string Quote(string value) => value.AsSpan().ContainsAny(' ', '\t', '"')
        ? "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + "\""
        : value;
}
