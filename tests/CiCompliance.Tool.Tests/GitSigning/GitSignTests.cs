using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.GitSigning;

/// <summary>git itself signs and verifies with the tool.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GitSignTests : IDisposable
{
    private readonly SigningClone clone = new();

    public GitSignTests() => clone.Init().ExitCode.ShouldBe(0);

    public void Dispose() => clone.Dispose();

    [Test]
    public void CommitTagAndMerge_WhenGitSignsThem_AreGoodForGitAndForTheGate()
    {
        File.WriteAllText(Path.Combine(clone.Path, "go.mod"), "module github.com/acme/app\n");
        clone.Git("add", "go.mod");
        clone.TryCommit("first 提交").ExitCode.ShouldBe(0);
        clone.TryCommit("second", "-S").ExitCode.ShouldBe(0);
        clone.Git("switch", "--quiet", "-c", "side", "HEAD~1");
        clone.TryCommit("third").ExitCode.ShouldBe(0);
        clone.Git("switch", "--quiet", "main");
        clone.Git("merge", "--quiet", "--no-ff", "-S", "-m", "merge", "side");
        clone.Git("tag", "-s", "-m", "release", "v1");

        clone.Git("log", "--format=%G?", "--all").Split('\n').ShouldAllBe(letter => letter == "G");
        clone.TryGit("verify-commit", "HEAD", "HEAD~1").ExitCode.ShouldBe(0);
        clone.TryGit("verify-tag", "v1").ExitCode.ShouldBe(0);
        var log = clone.Git("log", "-1", "--show-signature", "--format=%GS|%GK|%GF|%GT");
        log.ShouldContain("Good signature by 张三");
        var key = clone.Git("config", "user.signingkey");
        log.ShouldContain($"张三|{key}|{key}|fully");

        var policy = clone.Outside.Combine("compliance.yml");
        clone.Tool("init", "--format", "text", "--config", policy).ExitCode.ShouldBe(0);
        var gate = clone.Tool("verify", "commits", "--format", "text", "--config", policy, "--trust", clone.Keys("trust.json"), "--repository", "github.com/acme/app",
            "--base", clone.Git("rev-list", "--max-parents=0", "HEAD"), "--out", clone.Outside.Combine("out"));
        gate.ExitCode.ShouldBe(0, gate.Answer + gate.Messages);
    }

    [Test]
    public void Signature_WhenOpensslChecksIt_IsRightOverItsAttributesAndTheObject()
    {
        clone.TryCommit().ExitCode.ShouldBe(0);
        var commit = CommitObject.Parse(Peer.Run("git", ["-C", clone.Path, "cat-file", "commit", "HEAD"], clone.Environment).Output).ReadSignature();
        var der = System.Security.Cryptography.PemEncoding.Find(Encoding.ASCII.GetString(commit.Armour.Span));
        var message = Convert.FromBase64String(Encoding.ASCII.GetString(commit.Armour.Span)[der.Base64Data]);
        var text = Peer.Run("openssl", ["cms", "-cmsout", "-print", "-inform", "DER"], input: message).Text;
        text.ShouldContain("messageDigest");

        // OpenSSL 3 has no way to give cms the SM2 user id: the same check by its parts. The attributes lie before the signature's algorithm.
        var parsed = Peer.Run("openssl", ["asn1parse", "-inform", "DER"], input: message).Text.Split('\n');
        var attributes = Element(message, parsed.Last(line => line.Contains("cont [ 0 ]", StringComparison.Ordinal)));
        attributes[0] = 0x31;
        var signature = Element(message, parsed.Last(line => line.Contains("OCTET STRING", StringComparison.Ordinal)))[2..];
        File.WriteAllBytes(clone.Outside.Combine("attributes"), attributes);
        File.WriteAllBytes(clone.Outside.Combine("signature"), signature);
        File.WriteAllBytes(clone.Outside.Combine("pub"), Peer.Run("openssl", ["x509", "-in", clone.Keys("certificate.pem"), "-noout", "-pubkey"]).Output);
        Peer.Run("openssl", ["dgst", "-sm3", "-verify", clone.Outside.Combine("pub"), "-sigopt", "distid:1234567812345678", "-signature", clone.Outside.Combine("signature"), clone.Outside.Combine("attributes")])
            .Text.ShouldContain("Verified OK");
        var digest = Peer.Run("openssl", ["dgst", "-sm3", "-binary"], input: commit.Payload.ToArray()).Output;
        attributes.AsSpan().IndexOf(digest).ShouldBeGreaterThan(0);
    }

    [Test]
    public void CommitChangedAfterSigning_IsBad()
    {
        clone.TryCommit("signed").ExitCode.ShouldBe(0);
        var changed = Encoding.UTF8.GetBytes(clone.Git("cat-file", "commit", "HEAD").Replace("signed", "sigmed", StringComparison.Ordinal) + "\n");
        var id = Peer.Run("git", ["-C", clone.Path, "hash-object", "-t", "commit", "-w", "--stdin"], clone.Environment, changed).Text.Trim();
        clone.Letter(id).ShouldBe("B");
        var verified = clone.TryGit("verify-commit", id);
        verified.ExitCode.ShouldNotBe(0);
        verified.Error.ShouldContain("CIC1003");
    }

    [Test]
    public void TrustStore_WhenItKnowsTheKeyOtherwise_DecidesWhatGitShows()
    {
        clone.TryCommit().ExitCode.ShouldBe(0);
        clone.Letter().ShouldBe("G");
        var own = TrustStore.Parse(File.ReadAllBytes(clone.Keys("trust.json"))).Keys.ShouldHaveSingleItem();
        own.Identities.ShouldBe(["zhang@example.cn"]);

        Trusting(own with { ValidUntil = DateTimeOffset.UtcNow.AddDays(-1) }).ShouldBe("Y");
        Trusting(own with { Revocation = new(RevocationReason.Compromised, DateTimeOffset.UtcNow) }).ShouldBe("R");
        Trusting(own with { Role = KeyRole.EvidenceSm2 }).ShouldBe("E");
        Trusting(own with { Repositories = ["github.com/acme/app"] }).ShouldBe("E");
        clone.Git("config", "cicompliance.repository", "github.com/acme/app");
        Trusting(own with { Repositories = ["github.com/acme/app"] }).ShouldBe("G");
        Trusting(own with { Name = "x\n[GNUPG:] TRUST_ULTIMATE 0" }).ShouldBe("G");
        clone.Git("log", "-1", "--format=%GT").ShouldBe("fully");
        Trusting().ShouldBe("E");
        clone.TryGit("verify-commit", "HEAD").Error.ShouldContain("CIC1002");
    }

    [Test]
    public void TrustStore_WhenItIsInTheTreeOrMissing_IsNoAnswer()
    {
        clone.TryCommit().ExitCode.ShouldBe(0);
        File.Copy(clone.Keys("trust.json"), Path.Combine(clone.Path, "trust.json"));
        clone.Git("config", "cicompliance.trust", Path.Combine(clone.Path, "trust.json"));
        Refusal().ShouldContain("CIC0006");
        clone.Git("config", "cicompliance.trust", "trust.json");
        Refusal().ShouldContain("CIC0023");
        clone.Git("config", "cicompliance.trust", clone.Outside.Combine("nothing"));
        Refusal().ShouldContain("CIC0007");
        clone.Git("config", "--unset", "cicompliance.trust");
        Refusal().ShouldContain("CIC0023");

        string Refusal()
        {
            clone.Letter().ShouldBe("E");
            var verified = clone.TryGit("verify-commit", "HEAD");
            verified.ExitCode.ShouldNotBe(0);
            return verified.Error;
        }
    }

    [TestCase("rsa3072")]
    [TestCase("p384")]
    public void SignatureOfAnotherKind_IsJudgedToo(string kind)
    {
        var key = X509Key.Create(clone.Outside, kind);
        var payload = Encoding.UTF8.GetBytes($"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <a@example.cn> 1750000000 +0800\ncommitter a <a@example.cn> 1750000000 +0800\n\nby openssl\n");
        var armour = System.Security.Cryptography.PemEncoding.WriteString("SIGNED MESSAGE", key.Sign(payload));
        var text = Encoding.UTF8.GetString(payload);
        var commit = text.Insert(text.IndexOf("\n\n", StringComparison.Ordinal) + 1, "gpgsig " + armour.Replace("\n", "\n ", StringComparison.Ordinal) + "\n");
        var id = Peer.Run("git", ["-C", clone.Path, "hash-object", "-t", "commit", "-w", "--stdin"], clone.Environment, Encoding.UTF8.GetBytes(commit)).Text.Trim();
        clone.Letter(id).ShouldBe("E");
        File.WriteAllBytes(clone.Outside.Combine("other.json"), new TrustStore(1, [key.Trusted]).ToJson());
        clone.Git("config", "cicompliance.trust", clone.Outside.Combine("other.json"));
        clone.Letter(id).ShouldBe("G");
    }

    [Test]
    public void Signing_WhenGitAsksForAnotherKey_MakesNoCommit()
    {
        clone.Git("config", "--unset", "user.signingkey");
        var refusal = clone.RefusedCommit();
        refusal.ShouldContain("CIC0023");
        refusal.ShouldContain("git config user.signingkey");
    }

    [Test]
    public void Signing_WhenTheCertificateHasExpired_MakesNoCommit()
    {
        using (var signer = new SignerFactory().Open(new(clone.Keys("key.pem"), null, null), KeyAlgorithm.Sm2))
        {
            var now = DateTimeOffset.UtcNow;
            File.WriteAllText(clone.Keys("certificate.pem"), SelfSignedCertificate.ToPem(SelfSignedCertificate.Create(signer, "old", now.AddDays(-9), now.AddDays(-1))));
        }

        clone.RefusedCommit().ShouldContain("CIC0025");
    }

    [Test]
    public void Signing_WhenTheKeyIsGone_MakesNoCommit()
    {
        File.Delete(clone.Keys("key.pem"));
        clone.RefusedCommit().ShouldContain("CIC3000");
    }

    [Test]
    public void TypedByHand_ItSaysWhoCallsIt()
    {
        var run = clone.Tool("git-sign", "--format", "text");
        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC0003");
        clone.Tool("git-sign", "--format", "text", "--help").Answer.ShouldContain("gpg.x509.program");
    }

    private string Trusting(params TrustedKey[] keys)
    {
        File.WriteAllBytes(clone.Keys("trust.json"), new TrustStore(1, keys).ToJson());
        return clone.Letter();
    }

    private static byte[] Element(byte[] der, string line)
    {
        var offset = int.Parse(line.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
        var fields = line.Split("hl=")[1].Split([' ', '='], StringSplitOptions.RemoveEmptyEntries);
        var length = int.Parse(fields[0], System.Globalization.CultureInfo.InvariantCulture) + int.Parse(fields[2], System.Globalization.CultureInfo.InvariantCulture);
        return der[offset..(offset + length)];
    }
}
