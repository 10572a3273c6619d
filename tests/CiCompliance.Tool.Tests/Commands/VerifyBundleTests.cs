using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.Testing.Sigstore;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Tests.Commands;

public sealed class VerifyBundleTests
{
    private readonly TempDirectory temporary = new();
    private readonly TestSigstore world = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [OneTimeSetUp]
    public void WriteFiles()
    {
        var issued = world.Issue();
        File.WriteAllBytes(temporary.Combine("app"), TestSigstore.Artifact);
        File.WriteAllBytes(temporary.Combine("root.json"), world.Root.ToJson());
        File.WriteAllBytes(temporary.Combine("certified.json"), world.SignV2(issued, TestSigstore.Envelope(issued.Key)).ToJson());
        File.WriteAllBytes(temporary.Combine("keyed.json"), world.SignWithKey(key, TestSigstore.Message(key)).ToJson());
        temporary.Write("key.pub", key.ExportSubjectPublicKeyInfoPem() + "\n");
        temporary.Write("key.pem", key.ExportPkcs8PrivateKeyPem() + "\n");
        temporary.Write("broken.json", "{}");
    }

    [OneTimeTearDown]
    public void RemoveFiles()
    {
        key.Dispose();
        temporary.Dispose();
    }

    [Test]
    public async Task VerifyBundle_OfAGoodOne_Passes()
    {
        var keyed = await RunAsync("--bundle", "keyed.json", "--key", "key.pub", "app");
        keyed.Messages.ShouldBeEmpty();
        keyed.ExitCode.ShouldBe(0);
        keyed.Answer.ShouldContain("verdict: pass");

        var certified = await RunAsync("--bundle=certified.json", "--certificate-identity", TestSigstore.Identity, "--certificate-oidc-issuer", TestSigstore.Issuer, Digest);
        certified.Messages.ShouldBeEmpty();
        certified.ExitCode.ShouldBe(0);
    }

    [Test]
    public async Task VerifyBundle_WithJson_GivesEachCheckAndReason()
    {
        temporary.Write("other", "another");

        var run = await RunAsync("--bundle", "keyed.json", "--key", "key.pub", "other", "--format", "json");

        run.ExitCode.ShouldBe(1);
        var answer = JsonNode.Parse(run.Answer)!;
        answer["verdict"]!.GetValue<string>().ShouldBe("fail");
        answer["findings"]!.AsArray().Select(finding => finding!["code"]!.GetValue<string>()).ShouldBe(["CIC2103", "CIC2104", "CIC2107"]);
        answer["stages"]![0]!["checks"]!.AsArray().Select(check => $"{check!["id"]} {check["verdict"]}")
            .ShouldBe(["signature fail", "artifact fail", "log entry fail", "inclusion pass", "checkpoint pass", "log time pass"]);
    }

    [Test]
    public async Task VerifyBundle_WhenADigestIsAFilesName_TakesTheFile()
    {
        await File.WriteAllTextAsync(temporary.Combine(Digest), "another");
        try
        {
            (await RunAsync("--bundle", "keyed.json", "--key", "key.pub", Digest)).ExitCode.ShouldBe(1);
        }
        finally
        {
            File.Delete(temporary.Combine(Digest));
        }

        (await RunAsync("--bundle", "keyed.json", "--key", "key.pub", Digest)).ExitCode.ShouldBe(0);
    }

    [TestCase("CIC0003", "--bundle", "keyed.json", "app")]
    [TestCase("CIC0003", "--bundle", "keyed.json", "--certificate-identity", "x", "app")]
    [TestCase("CIC0003", "--bundle", "keyed.json", "--certificate-oidc-issuer", "x", "app")]
    [TestCase("CIC0003", "--bundle", "keyed.json", "--key", "key.pub", "--certificate-identity", "x", "--certificate-oidc-issuer", "y", "app")]
    [TestCase("CIC0003", "--bundle", "keyed.json", "--key", "key.pub")]
    [TestCase("CIC0003", "--key", "key.pub", "app")]
    [TestCase("CIC0007", "--bundle", "missing.json", "--key", "key.pub", "app")]
    [TestCase("CIC0007", "--bundle", "keyed.json", "--key", "key.pub", "missing")]
    [TestCase("CIC0007", "--bundle", "keyed.json", "--key", "key.pub", "sha256:abcd")]
    [TestCase("CIC0020", "--bundle", "keyed.json", "--key", "missing.pub", "app")]
    [TestCase("CIC2121", "--bundle", "keyed.json", "--key", "key.pem", "app")]
    [TestCase("CIC2121", "--bundle", "keyed.json", "--key", "app", "app")]
    [TestCase("CIC2119", "--bundle", "keyed.json", "--key", "key.pub", "app", "--trusted-root", "broken.json")]
    [TestCase("CIC0007", "--bundle", "keyed.json", "--key", "key.pub", "app", "--trusted-root", "missing.json")]
    public async Task VerifyBundle_WhenSomethingIsMissing_SaysUsage(string code, params string[] args)
    {
        var run = await RunAsync(args);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain(code);
        run.Messages.ShouldNotContain("PRIVATE KEY");
    }

    [Test]
    public async Task VerifyBundle_WithoutATrustedRoot_SaysUsage()
    {
        var run = await ToolRun.InProcessAsync(Parts, temporary.Path, ["verify", "bundle", "--bundle", "keyed.json", "--key", "key.pub", "app"]);

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("--trusted-root");
    }

    [Test]
    public async Task VerifyBundle_OfAVersionThatIsNotRead_CannotDecide()
    {
        temporary.Write("newer.json", """{"mediaType":"application/vnd.dev.sigstore.bundle.v9+json"}""");

        var run = await RunAsync("--bundle", "newer.json", "--key", "key.pub", "app");

        run.ExitCode.ShouldBe(3);
        run.Messages.ShouldContain("CIC2101");
    }

    [Test]
    public async Task VerifyBundle_OfAKeyThatSignsMoreThanTheDigest_NeedsTheFile()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var content = new SignedContent.Message(null, p384.SignData(TestSigstore.Artifact, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence));
        await File.WriteAllBytesAsync(temporary.Combine("p384.json"), world.SignWithKey(p384, content).ToJson());
        temporary.Write("p384.pub", p384.ExportSubjectPublicKeyInfoPem());

        (await RunAsync("--bundle", "p384.json", "--key", "p384.pub", "app")).ExitCode.ShouldBe(0);
        var alone = await RunAsync("--bundle", "p384.json", "--key", "p384.pub", Digest);
        alone.ExitCode.ShouldBe(3);
        alone.Messages.ShouldContain("CIC2122");
    }

    private static string Digest => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(TestSigstore.Artifact));

    private static Composition Parts => new(ToolHost.Current());

    private Task<ToolRun> RunAsync(params string[] args) => ToolRun.InProcessAsync(Parts, temporary.Path,
        ["verify", "bundle", .. args, .. args.Contains("--trusted-root") ? (string[])[] : ["--trusted-root", "root.json"]]);
}
