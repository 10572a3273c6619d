using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Git.Tests;

/// <summary>Commits whose messages git's porcelain would not write, through the whole stage with both engines.</summary>
[TestFixture(GitEngine.LibGit2)]
[TestFixture(GitEngine.CatFile)]
public sealed class OddMessageTests(GitEngine engine) : StageFixture(engine)
{
    [Test]
    public async Task Run_WhenTheMessageHasNulsOrIsNotUtf8_JudgesAllOfItsBytes()
    {
        var start = Module("one");
        var (good, _) = Write(start, [.. "m\0after\n"u8, 0xFF, 0xFE, 0xC0]);
        var result = await Run(start, good);
        result.Verdict.ShouldBe(Verdict.Pass);
        Rows(EvidencePaths.Commits).ShouldHaveSingleItem().KeyIds.ShouldBe(["alice"]);
    }

    [Test]
    public async Task Run_WhenOnlyBytesBehindANulWereChanged_Fails()
    {
        var start = Module("one");
        var (_, tampered) = Write(start, [.. "m\0after\n"u8, 0xFF, 0xFE, 0xC0]);
        (await Run(start, tampered)).Verdict.ShouldBe(Verdict.Fail);
        Rows(EvidencePaths.Commits).ShouldHaveSingleItem().Code.ShouldBe("CIC1003");
    }

    [Test]
    public async Task Run_WhenTheMessageIsTenMegabytes_DoesNotDecide()
    {
        var start = Module("one");
        var (large, _) = Write(start, [.. Enumerable.Repeat((byte)'x', 10_000_000)]);
        (await Refused(start, large)).ShouldBe(SourceDiagnostics.TooLarge);
    }

    private (string Good, string Tampered) Write(string parent, byte[] message)
    {
        const string Identity = "Zhang San <zhangsan@example.com> 1750009999 +0800\n";
        var head = Encoding.UTF8.GetBytes($"tree {Repository.Id(parent + "^{tree}")}\nparent {parent}\nauthor {Identity}committer {Identity}");
        var armour = GitRepositoryFixture.StandInSignature("alice", [.. head, (byte)'\n', .. message]).TrimEnd('\n').Replace("\n", "\n ", StringComparison.Ordinal);
        byte[] signed = [.. head, .. Encoding.ASCII.GetBytes($"gpgsig {armour}\n\n"), .. message];
        return (Repository.WriteObject("commit", signed), Repository.WriteObject("commit", [.. signed, (byte)'!']));
    }
}
