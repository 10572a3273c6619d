using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.OpenPgp;

/// <summary>Commits that git and gpg really made.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GitCommitTests : IDisposable
{
    private readonly GpgHome gpg = new();
    private readonly TempDirectory repository = new();
    private readonly ObjectSignatureVerifier verifier = new();

    public void Dispose()
    {
        gpg.Dispose();
        repository.Dispose();
    }

    [TestCase("rsa3072")]
    [TestCase("nistp256")]
    [TestCase("ed25519")]
    public void Verify_WhenGitSignedTheCommit_PassesAndATamperedCommitFails(string algorithm)
    {
        var fingerprint = gpg.Generate("dev@example.cn", algorithm);
        Git("init", "--quiet");
        Git("commit", "--allow-empty", "-S" + fingerprint, "-m", "signed 提交");
        var (signature, payload) = Split(Git("cat-file", "commit", "HEAD").Text);
        var trusted = new TrustedKey(fingerprint, "dev", KeyRole.Committer, KeyAlgorithm.OpenPgp, gpg.Export(fingerprint), []);

        var assessment = verifier.Verify(SignatureFormat.OpenPgp, signature, payload, [trusted]);
        assessment.Detail.En.ShouldContain("verifies");
        assessment.Verdict.ShouldBe(Verdict.Pass);

        var tampered = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(payload).Replace("signed", "sigmed", StringComparison.Ordinal));
        verifier.Verify(SignatureFormat.OpenPgp, signature, tampered, [trusted]).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
    }

    private static (byte[] Signature, byte[] Payload) Split(string commit)
    {
        var (signature, payload) = (new StringBuilder(), new StringBuilder());
        var isSignature = false;
        var isHeader = true;
        foreach (var line in commit.Split('\n'))
        {
            isHeader &= line.Length > 0;
            isSignature = isHeader && (line.StartsWith("gpgsig ", StringComparison.Ordinal) || (isSignature && line[0] == ' '));
            (isSignature ? signature : payload).Append(isSignature ? line[(line[0] == ' ' ? 1 : 7)..] : line).Append('\n');
        }

        return (Encoding.UTF8.GetBytes(signature.ToString()), Encoding.UTF8.GetBytes(payload.ToString()[..^1]));
    }

    private Peer.Result Git(params string[] arguments) => Peer.Run("git", ["-C", repository.Path, .. arguments], new Dictionary<string, string>(gpg.Environment)
    {
        ["HOME"] = repository.Path,
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_AUTHOR_NAME"] = "Dev",
        ["GIT_AUTHOR_EMAIL"] = "dev@example.cn",
        ["GIT_COMMITTER_NAME"] = "Dev",
        ["GIT_COMMITTER_EMAIL"] = "dev@example.cn",
    });
}
