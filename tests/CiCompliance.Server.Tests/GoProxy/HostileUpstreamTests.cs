using System.IO.Compression;
using System.Net;
using System.Text;
using CiCompliance.Go;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>A module proxy upstream that fails or lies about a module that the public database holds.</summary>
internal sealed class HostileUpstreamTests
{
    private const string Zip = "/example.com/a/@v/v1.0.0.zip";
    private const string GoMod = "/example.com/a/@v/v1.0.0.mod";

    private static readonly ModuleVersion Module = new("example.com/a", "v1.0.0");
    private static readonly Dictionary<string, string> Files = new() { ["go.mod"] = "module example.com/a\n", ["a.go"] = "package a\n" };

    [TestCase("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nPK")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 600000000\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Away\r\nLocation: https://evil.example/a.zip\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 302 Away\r\nLocation: //[\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("")]
    [TestCase("SSH-2.0-OpenSSH\r\n\r\n")]
    public async Task AnswerThatIsNone_Is503_UntilThereIsOne(string answer)
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add(Module.Path, Module.Version, Files);
        proxy.Public.Raw = path => path.StartsWith("/sumdb/", StringComparison.Ordinal) ? null : Encoding.Latin1.GetBytes(answer);

        await proxy.RefusesAsync(Zip, HttpStatusCode.ServiceUnavailable, "CIC7108");
        await proxy.RefusesAsync(GoMod, HttpStatusCode.ServiceUnavailable, "CIC7108");
        foreach (var path in new[] { "list", "v1.0.0.info", "main.info" })
        {
            await proxy.RefusesAsync("/example.com/a/@v/" + path, HttpStatusCode.ServiceUnavailable, "CIC7108");
        }

        await proxy.RefusesAsync("/example.com/a/@latest", HttpStatusCode.ServiceUnavailable, "CIC7108");
        proxy.KeepsNothing();
        proxy.DecisionsOf("undecided").Count(line => (string?)line["version"] == "v1.0.0").ShouldBe(1, "once a minute");
        proxy.DecisionsOf("passed").ShouldBeEmpty();
        proxy.AlarmsOf("CIC7108").ShouldBe(0);

        proxy.Public.Raw = _ => null;
        (await proxy.GetAsync(Zip)).Status.ShouldBe(HttpStatusCode.OK);
        (await proxy.GetAsync(GoMod)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task NothingThere_Is404_ForThatAlone()
    {
        await using var proxy = await RunningProxy.StartAsync();
        (await proxy.GetAsync("/example.com/none/@v/list")).Status.ShouldBe(HttpStatusCode.NotFound);
        proxy.Public.Sumdb.Add(Module, FixtureModuleProxy.HashOf(FixtureModuleProxy.Zip(Module, Files), Module), ModuleZip.HashGoMod("module example.com/a\n"u8));
        (await proxy.GetAsync(Zip)).Status.ShouldBe(HttpStatusCode.NotFound);
        proxy.KeepsNothing();
    }

    [Test]
    public async Task OtherGoMod_IsRefusedInQuarantineAndReported()
    {
        var clock = new SetClock();
        await using var proxy = await RunningProxy.StartAsync(clock: clock);
        proxy.Public.Add(Module.Path, Module.Version, Files);
        proxy.Public.Lie = path => path == GoMod ? (200, "module example.com/a\n\nrequire evil.example/x v1.0.0\n"u8.ToArray()) : null;

        await proxy.RefusesAsync(GoMod, HttpStatusCode.Forbidden, "CIC7106");

        await IsReportedAsync(proxy, "CIC7106");
        proxy.Public.Lie = _ => null;
        await proxy.RefusesAsync(GoMod, HttpStatusCode.Forbidden, "CIC7106");
        clock.Now += TimeSpan.FromSeconds(11);
        (await proxy.GetAsync(GoMod)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task ZipWithAnotherContent_IsRefusedInQuarantineAndReported()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add(Module.Path, Module.Version, Files);
        var other = FixtureModuleProxy.Zip(Module, new Dictionary<string, string>(Files) { ["b.go"] = "package a\n" });
        proxy.Public.Lie = path => path == Zip ? (200, other) : null;

        await proxy.RefusesAsync(Zip, HttpStatusCode.Forbidden, "CIC7106");

        await IsReportedAsync(proxy, "CIC7106");
        proxy.Cached("quarantine").Select(file => new FileInfo(file).Length).ShouldContain(other.Length);
        var asked = proxy.Public.Requests.Count;
        await proxy.RefusesAsync(Zip, HttpStatusCode.Forbidden, "CIC7106", "zh-CN");
        proxy.Public.Requests.Count.ShouldBe(asked, "a verdict stands for some seconds");
    }

    [Test]
    public async Task ZipThatIsNone_IsRefusedInQuarantineAndReported([Range(0, 9)] int kind)
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add(Module.Path, Module.Version, Files);
        var zip = Hostile(kind);
        proxy.Public.Lie = path => path == Zip ? (200, zip) : null;

        (await proxy.RefusesAsync(Zip, HttpStatusCode.Forbidden, "CIC7111")).ShouldContain("quarantine");

        await IsReportedAsync(proxy, "CIC7111");
    }

    [Test]
    public async Task QuarantineThatCannotBeWritten_TakesNothingFromTheVerdict()
    {
        await using var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add(Module.Path, Module.Version, Files);
        Directory.Delete(Path.Combine(proxy.Path, "cache", "quarantine"));
        await File.WriteAllTextAsync(Path.Combine(proxy.Path, "cache", "quarantine"), "");
        proxy.Public.Lie = path => path == Zip ? (200, [1, 2, 3]) : path == GoMod ? (200, "module other\n"u8.ToArray()) : null;

        (await proxy.RefusesAsync(Zip, HttpStatusCode.Forbidden, "CIC7111")).ShouldNotContain("quarantine");
        (await proxy.RefusesAsync(GoMod, HttpStatusCode.Forbidden, "CIC7106")).ShouldNotContain("quarantine");

        (proxy.AlarmsOf("CIC7111"), proxy.AlarmsOf("CIC7106")).ShouldBe((1, 1));
        proxy.KeepsNothing();
    }

    private static async Task IsReportedAsync(RunningProxy proxy, string code)
    {
        proxy.KeepsNothing();
        proxy.Cached("quarantine").Length.ShouldBe(2, "the file, and why");
        proxy.DecisionsOf(code).ShouldHaveSingleItem()["event"]!.GetValue<string>().ShouldBe("refused");
        proxy.AlarmsOf(code).ShouldBe(1);
        (await proxy.GetAsync("/metrics")).Text.ShouldContain($"cicompliance_goproxy_refusals_total{{code=\"{code}\"}} 1\n");
    }

    private static byte[] Hostile(int kind) => kind switch
    {
        0 => "<html>log in</html>"u8.ToArray(),
        1 => [],
        2 => FixtureModuleProxy.Zip(Module, Files)[..^5],
        3 => FixtureModuleProxy.Zip(Module with { Version = "v1.0.1" }, Files),
        4 => FixtureModuleProxy.Zip(Module with { Path = "example.com/b" }, Files),
        5 => FixtureModuleProxy.Zip(Module, new Dictionary<string, string>(Files) { ["A.go"] = "package a\n" }),
        6 => FixtureModuleProxy.Zip(Module, new Dictionary<string, string>(Files) { ["../../../etc/cron.d/a"] = "" }),
        7 => Patched(38, 0xA1FF0000),
        8 => Patched(24, uint.MaxValue - 1),
        _ => Patched(24, 200_000),
    };

    /// <summary>With another number in the directory, at the last file.</summary>
    private static byte[] Patched(int offset, uint value)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry($"{Module}/a.go").Open();
            entry.Write(new byte[100_000]);
        }

        var zip = stream.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(zip.AsSpan().LastIndexOf("PK\x01\x02"u8) + offset), value);
        return zip;
    }
}
