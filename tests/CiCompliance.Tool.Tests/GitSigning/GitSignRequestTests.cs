using CiCompliance.Tool.GitSigning;

namespace CiCompliance.Tool.Tests.GitSigning;

public sealed class GitSignRequestTests
{
    [TestCase("git-sign --status-fd=2 -bsau KEY", 2, "KEY", null)]
    [TestCase("git-sign --status-fd=1 --verify FILE -", 1, null, "FILE")]
    [TestCase("git-sign --keyid-format=long --status-fd=1 --verify FILE -", 1, null, "FILE")]
    [TestCase("git-sign --status-fd=1 --keyid-format=long --verify FILE -", 1, null, "FILE")]
    public void TryParse_WhenGitAsks_TakesIt(string line, int status, string? key, string? file) =>
        GitSignRequest.TryParse(line.Split(' ')).ShouldBe(new GitSignRequest(status, key, file));

    [TestCase("git-sign")]
    [TestCase("git-sign --help")]
    [TestCase("git-sign -bsau KEY")]
    [TestCase("git-sign --status-fd=3 -bsau KEY")]
    [TestCase("git-sign --status-fd=1 --verify FILE")]
    [TestCase("git-sign --status-fd=1 --verify FILE - --output x")]
    [TestCase("git-sign --status-fd=1 -bsau KEY --verify FILE -")]
    [TestCase("init --status-fd=2 -bsau KEY")]
    [TestCase("")]
    public void TryParse_WhenAnybodyElseAsks_IsNothing(string line) => GitSignRequest.TryParse(line.Split(' ')).ShouldBeNull();
}
