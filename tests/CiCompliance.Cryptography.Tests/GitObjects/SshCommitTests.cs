using System.Text;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.GitObjects;

/// <summary>Commits and tags that the real git and ssh-keygen made (<c>gpg.format=ssh</c>); git's verdict beside each.</summary>
public sealed class SshCommitTests
{
    [TestCase("ed25519", "sha1")]
    [TestCase("ed25519", "sha256")]
    [TestCase("ecdsa-256", "sha1")]
    [TestCase("ecdsa-384", "sha256")]
    [TestCase("ecdsa-521", "sha1")]
    [TestCase("rsa-3072", "sha256")]
    public void Verify_WhenGitSigned_AgreesWithGitAboutItsTwinsToo(string algorithm, string objectFormat)
    {
        using var git = new SshRepository(objectFormat, algorithm);
        var commit = git.Repository.Commit("signed 提交", sign: true);
        git.Repository.Run("tag", "-s", "-m", "release 发布", "v1");
        var tag = git.Repository.Id("v1");
        foreach (var oid in new[] { commit, tag })
        {
            git.GitAccepts(oid).ShouldBeTrue();
            git.Refusal(oid).ShouldBeNull();
            Tampered(git, oid, "CIC1003");
        }

        foreach (var (lines, code) in new[]
        {
            ($"zhangsan@example.com {SshHome.Line(git.Ssh.Generate("eve", "ed25519"))}", "CIC1002"),
            ($"zhangsan@example.com valid-before=\"20200101Z\" {SshHome.Line(git.Key)}", "CIC1004"),
        })
        {
            git.Allow(lines);
            foreach (var oid in new[] { commit, tag })
            {
                git.GitAccepts(oid).ShouldBeFalse();
                git.Refusal(oid).ShouldBe(code);
            }
        }
    }

    [Test]
    public void Verify_WhenNobodySigned_IsUnsignedForBoth()
    {
        using var git = new SshRepository();
        var commit = git.Repository.Commit("plain");
        git.Repository.Run("tag", "-a", "-m", "plain", "v1");
        foreach (var oid in new[] { commit, git.Repository.Id("v1") })
        {
            git.GitAccepts(oid).ShouldBeFalse();
            git.Refusal(oid).ShouldBe("CIC1001");
        }
    }

    [Test]
    public void Verify_WhenASignedTagWasMerged_ItsSignatureIsNotTheCommits()
    {
        using var git = new SshRepository();
        git.Repository.Commit("base", sign: true);
        git.Repository.Run("checkout", "--quiet", "-b", "side");
        git.Repository.Commit("side", sign: true);
        git.Repository.Run("tag", "-s", "-m", "side 1", "side1");
        git.Repository.Run("checkout", "--quiet", "main");
        foreach (var (option, isSigned) in new[] { ("--no-gpg-sign", false), ("--gpg-sign", true) })
        {
            git.Repository.Run("merge", "--quiet", "--no-ff", "--no-edit", option, "side1");
            var merge = git.Repository.Id("HEAD");
            git.Repository.Run("cat-file", "commit", merge).ShouldContain("\nmergetag object ");
            git.GitAccepts(merge).ShouldBe(isSigned);
            git.Refusal(merge).ShouldBe(isSigned ? null : "CIC1001");
            git.Repository.Run("reset", "--quiet", "--hard", "HEAD~1");
        }
    }

    [Test]
    public void Verify_WhenTheMessageIsInAnotherEncoding_JudgesItsBytes()
    {
        using var git = new SshRepository();
        git.Repository.Run("config", "i18n.commitEncoding", "GBK");
        var file = git.Repository.Scratch("message");
        File.WriteAllBytes(file, [0xCC, 0xE1, 0xBD, 0xBB, (byte)'\n']);
        git.Repository.Run("commit", "--quiet", "--allow-empty", "--gpg-sign", "--file", file);
        var commit = git.Repository.Id("HEAD");
        git.Repository.Run("cat-file", "commit", commit).ShouldContain("\nencoding GBK\n");
        git.GitAccepts(commit).ShouldBeTrue();
        git.Refusal(commit).ShouldBeNull();
        Tampered(git, commit, "CIC1003");
    }

    // The same object with another message or tag name.
    private static void Tampered(SshRepository git, string oid, string code)
    {
        var type = git.Repository.Run("cat-file", "-t", oid).Trim();
        var text = Encoding.Latin1.GetString(git.Repository.RunBytes("cat-file", type, oid));
        var twin = git.Repository.WriteObject(type, Encoding.Latin1.GetBytes(type == "tag"
            ? text.Replace("\ntag v1\n", "\ntag v2\n", StringComparison.Ordinal)
            : text.Replace("-----END SSH SIGNATURE-----\n\n", "-----END SSH SIGNATURE-----\n\nnot ", StringComparison.Ordinal)));
        twin.ShouldNotBe(oid);
        git.GitAccepts(twin).ShouldBeFalse();
        git.Refusal(twin).ShouldBe(code);
    }
}
