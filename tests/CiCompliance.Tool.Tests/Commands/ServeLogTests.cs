using System.Diagnostics;
using System.Security.Cryptography;
using CiCompliance.Server.Hosting;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

public sealed class ServeLogTests : IDisposable
{
    private readonly TempDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    [Test]
    public async Task Options_ReachTheServer_AndItsAddressIsTheAnswer()
    {
        var parts = new FakeComposition();
        var (key, tokens) = (temporary.Write("key", "x"), temporary.Write("tokens", "x"));
        var run = await ToolRun.InProcessAsync(parts, temporary.Path,
            ["serve", "log", "--path", "log", "--log-key", key, "--listen", "0.0.0.0:0", "--tls-certificate", "c", "--tls-key", key, "--writer-token-file", tokens, "--writer-ca", "ca", "--insecure-http"]);
        run.ExitCode.ShouldBe(0, run.Messages);
        run.Answer.ShouldStartWith("http://127.0.0.1:3000\n");
        parts.Served.ShouldBe(new ServerOptions(temporary.Combine("log"), "0.0.0.0:0", temporary.Combine("c"), key, tokens, temporary.Combine("ca"), InsecureHttp: true));
    }

    [Test]
    public async Task WithoutFolderOrKey_IsRefused()
    {
        var key = temporary.Write("key", "x");
        (await ToolRun.InProcessAsync(new FakeComposition(), temporary.Path, ["serve", "log", "--log-key", key])).Messages.ShouldContain("CIC0003");
        (await ToolRun.InProcessAsync(new FakeComposition(), temporary.Path, ["serve", "log", "--path", "log"])).ExitCode.ShouldBe(2);
        (await ToolRun.InProcessAsync(new FakeComposition(), temporary.Path, ["serve", "log", "--path", "log", "--log-key", "secret"])).Messages.ShouldContain("CIC0020");
    }

    [Test]
    public async Task Terminated_StopsWell_AndIs0()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = temporary.Write("log.pem", key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(pem, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ToolRun.Process(["log", "init", "log", "--origin", "log.example.test", "--log-key", pem], temporary.Path).ExitCode.ShouldBe(0);
        using var tool = ToolRun.Start(["serve", "log", "--path", "log", "--log-key", pem, "--listen", "127.0.0.1:0"], temporary.Path);
        var address = await tool.StandardOutput.ReadLineAsync();
        using var client = new HttpClient();
        (await client.GetStringAsync(new Uri(address + "/checkpoint"))).ShouldStartWith("log.example.test\n1\n");

        var second = ToolRun.Process(["serve", "log", "--path", "log", "--log-key", pem, "--listen", "127.0.0.1:0"], temporary.Path);
        second.ExitCode.ShouldBe(2);
        second.Messages.ShouldContain("CIC4002");
        using var kill = Process.Start("/bin/kill", ["-TERM", tool.Id.ToString()]);
        tool.WaitForExit(TimeSpan.FromSeconds(30)).ShouldBeTrue();

        tool.ExitCode.ShouldBe(0);
        var events = await tool.StandardError.ReadToEndAsync();
        events.ShouldContain("\"event\":\"started\"");
        events.ShouldContain("\"event\":\"stopped\"");
    }
}
