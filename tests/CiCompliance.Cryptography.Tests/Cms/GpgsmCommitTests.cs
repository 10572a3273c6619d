using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Cms;

/// <summary>Commits and tags that git and gpgsm really made; git's own word on each beside ours.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GpgsmCommitTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly X509Key root;
    private readonly GpgsmHome gpgsm;
    private readonly ObjectSignatureVerifier verifier = new();

    public GpgsmCommitTests()
    {
        root = X509Key.Create(directory, "rsa3072", name: "Root", isAuthority: true);
        gpgsm = new GpgsmHome(root);
        Git("init", "--quiet");
        Git("config", "gpg.format", "x509");
    }

    public void Dispose()
    {
        gpgsm.Dispose();
        directory.Dispose();
    }

    [TestCase("rsa3072")]
    [TestCase("p256")]
    public void Verify_WhenGpgsmSignedTheCommitAndTag_AgreesWithGit(string kind)
    {
        var key = X509Key.Create(directory, kind, root);
        Git("config", "user.signingkey", gpgsm.Import(key));
        Git("commit", "--allow-empty", "-S", "-m", "signed 提交");
        Git("tag", "-s", "-m", "release", "v1");

        var commit = Bytes("cat-file", "commit", "HEAD");
        Git("verify-commit", "HEAD").ExitCode.ShouldBe(0);
        Verify(commit, key.Trusted).Diagnostic.ShouldBeNull();
        Verify(commit, key.Trusted).Signers.ShouldHaveSingleItem().KeyId.ShouldBe(key.Trusted.Id);

        var tag = TagObject.Parse(Bytes("cat-file", "tag", "v1"));
        Git("verify-tag", "v1").ExitCode.ShouldBe(0);
        verifier.Verify(tag.ReadSignature(), [key.Trusted]).Verdict.ShouldBe(Verdict.Pass);

        var tampered = Replace(commit, "signed", "sigmed");
        Peer.TryRun("git", ["-C", directory.Path, "verify-commit", Store(tampered)], Environment).ExitCode.ShouldNotBe(0);
        Verify(tampered, key.Trusted).Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
        Verify(commit, X509Key.Create(directory, kind, root).Trusted).Diagnostic.ShouldBe(SourceDiagnostics.UnknownKey);
    }

    // The root itself signs: gpgsm leaves roots out unless told otherwise.
    [Test]
    public void Verify_WhenGpgsmLeftTheCertificateOut_SaysHowToPutItIn()
    {
        var key = X509Key.Create(directory, "rsa3072", name: "Alone", isAuthority: false);
        using var home = new GpgsmHome(key);
        var content = directory.Write("content", "tree");
        var fingerprint = home.Import(key);
        SignatureAssessment Signed(params string[] options) => verifier.Verify(
            SignatureFormat.Cms, home.Run([.. options, "--local-user", fingerprint, "-bsa", content]).Output, "tree"u8, [key.Trusted]);
        Signed().Diagnostic.ShouldBe(SourceDiagnostics.BadSignature);
        Signed().Detail.En.ShouldContain("include-certs 1");
        Signed("--include-certs", "1").Diagnostic.ShouldBeNull();
    }

    private SignatureAssessment Verify(byte[] commit, TrustedKey trusted) =>
        verifier.Verify(CommitObject.Parse(commit).ReadSignature(), [trusted]);

    private static byte[] Replace(byte[] content, string from, string to) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content).Replace(from, to, StringComparison.Ordinal));

    private string Store(byte[] commit) =>
        Peer.Run("git", ["-C", directory.Path, "hash-object", "-t", "commit", "-w", "--stdin"], Environment, commit).Text.Trim();

    private byte[] Bytes(params string[] arguments) => Git(arguments).Output;

    private Peer.Result Git(params string[] arguments) => Peer.Run("git", ["-C", directory.Path, .. arguments], Environment);

    private Dictionary<string, string> Environment => new(gpgsm.Environment)
    {
        ["HOME"] = directory.Path,
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_AUTHOR_NAME"] = "Dev",
        ["GIT_AUTHOR_EMAIL"] = "dev@example.cn",
        ["GIT_COMMITTER_NAME"] = "Dev",
        ["GIT_COMMITTER_EMAIL"] = "dev@example.cn",
    };
}
