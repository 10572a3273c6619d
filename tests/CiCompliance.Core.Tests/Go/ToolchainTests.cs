using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.Processes;

namespace CiCompliance.Core.Tests.Go;

public sealed class ToolchainTests
{
    [Test]
    public async Task ReadAsync_WhenItIsAGoCommand_SaysWhatItIs([Values("go1.19", "go1.23", "go1.24")] string go)
    {
        var executable = Peers.Require(go);

        var toolchain = await Toolchain.ReadAsync(executable, "/", GoPrograms.Environment(executable), new ProcessRunner(), default);

        toolchain.GoVersion.ShouldStartWith(go);
        toolchain.Version.ToString().ShouldBe(go);
        toolchain.Host.Os.ShouldBe("linux");
        toolchain.Digest().Select(tool => tool.Name).ShouldBe(["go", "asm", "cgo", "compile", "link"]);
    }

    private const string Others = "\"GOROOT\":\"/\",\"GOHOSTOS\":\"linux\",\"GOHOSTARCH\":\"amd64\",\"CC\":\"gcc\"";

    [TestCase($"echo '{{\"GOVERSION\":\"go1.18.1\",\"GOTOOLDIR\":\"/x\",{Others}}}'", "CIC1202")]
    [TestCase($"echo '{{\"GOVERSION\":\"devel\",\"GOTOOLDIR\":\"/x\",{Others}}}'", "CIC1201")]
    [TestCase($"echo '{{\"GOVERSION\":\"go2.0\",\"GOTOOLDIR\":\"/x\",{Others}}}'", "CIC1201")]
    [TestCase($"echo '{{\"GOVERSION\":\"go1.23.5\",\"GOTOOLDIR\":\"\",{Others}}}'", "CIC1201")]
    [TestCase("echo '{}'", "CIC0052")]
    [TestCase("echo null", "CIC0052")]
    [TestCase($"echo '{{\"GOVERSION\":\"go1.23.5\",\"GOTOOLDIR\":null,{Others}}}'", "CIC0052")]
    [TestCase("echo no json", "CIC0052")]
    [TestCase("exit 3", "CIC0052")]
    public async Task ReadAsync_WhenItIsNone_IsRefused(string script, string code)
    {
        using var folder = new TempDirectory();
        var fake = folder.Write("go", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(fake, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        (await Should.ThrowAsync<CiComplianceException>(() => Toolchain.ReadAsync(fake, folder.Path, new Dictionary<string, string>(), new ProcessRunner(), default)))
            .Diagnostic.Code.ShouldBe(code);
    }
}
