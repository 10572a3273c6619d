using System.IO.Compression;
using System.Text.Json.Nodes;
using CiCompliance.Cryptography;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>The verb as a process, and the verifier over what it wrote.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SignModuleTests : IDisposable
{
    private const string Module = "git.example.cn/team/lib@v1.2.3";
    private const string GoMod = "module git.example.cn/team/lib\n\ngo 1.23\n";

    private readonly TempDirectory temporary = new();
    private readonly List<TestPublisher> publishers = [];

    public void Dispose()
    {
        publishers.ForEach(publisher => publisher.Dispose());
        temporary.Dispose();
    }

    private string Signatures => temporary.Combine("signatures");

    [TestCase(KeyAlgorithm.Ed25519)]
    [TestCase(KeyAlgorithm.EcdsaP256)]
    [TestCase(KeyAlgorithm.Sm2)]
    [TestCase(KeyAlgorithm.OpenPgp)]
    public async Task SignModule_WithEachKind_IsWhatAProxyTakes(KeyAlgorithm algorithm)
    {
        var publisher = Publisher(algorithm);

        var run = Sign(publisher, "--zip", Zip(GoMod), "--format", "json");

        run.ExitCode.ShouldBe(0, run.Messages);
        var answer = JsonNode.Parse(run.Answer)!;
        answer["keys"]![0]!["id"]!.GetValue<string>().ShouldBe(publisher.Key.Id);
        answer["keys"]![0]!["change"]!.GetValue<string>().ShouldBe("added");
        answer["files"]![0]!.GetValue<string>().ShouldBe(Path.Combine(Signatures, "git.example.cn/team/lib/@v/v1.2.3.dsse.json"));
        (await VerifyAsync(publisher.Key)).Outcome.ShouldBe(PublisherOutcome.Valid);
        Directory.EnumerateFiles(Signatures, "*", SearchOption.AllDirectories).ShouldHaveSingleItem();
    }

    [Test]
    public async Task SignModule_ASecondTime_AddsToTheFileAndReplacesItsOwn()
    {
        var (one, two) = (Publisher(KeyAlgorithm.Sm2), Publisher(KeyAlgorithm.OpenPgp));
        Sign(one, "--zip", Zip(GoMod)).ExitCode.ShouldBe(0);
        Sign(two, "--zip", Zip(GoMod)).ExitCode.ShouldBe(0);
        Sign(one, "--zip", Zip(GoMod)).Answer.ShouldContain("updated");

        (await VerifyAsync(one.Key)).Outcome.ShouldBe(PublisherOutcome.Valid);
        (await VerifyAsync(two.Key)).Outcome.ShouldBe(PublisherOutcome.Valid);
        (await VerifyAsync(one.Key, two.Key)).Refused.ShouldBeEmpty();
    }

    [Test]
    public void SignModule_WhenTheVersionIsSignedAsSomethingElse_RefusesAndChangesNothing()
    {
        var publisher = Publisher(KeyAlgorithm.Ed25519);
        Sign(publisher, "--zip", Zip(GoMod)).ExitCode.ShouldBe(0);
        var before = File.ReadAllBytes(SignatureFile);

        var run = Sign(publisher, "--zip", Zip(GoMod, "package lib // changed\n"));

        run.ExitCode.ShouldBe(1);
        run.Messages.ShouldContain("CIC7141");
        run.Messages.ShouldContain("another zip");
        File.ReadAllBytes(SignatureFile).ShouldBe(before);
        File.WriteAllText(SignatureFile, "{}");
        Sign(publisher, "--zip", Zip(GoMod)).Messages.ShouldContain("CIC7141");
    }

    [Test]
    public async Task SignModule_OfAModuleCache_SignsWhatTheGoCommandDownloaded()
    {
        var publisher = Publisher(KeyAlgorithm.Ed25519);
        var cache = temporary.Combine("cache", "cache", "download", "git.example.cn", "team", "lib", "@v");
        Directory.CreateDirectory(cache);
        File.Copy(Zip(GoMod), Path.Combine(cache, "v1.2.3.zip"));
        await File.WriteAllTextAsync(Path.Combine(cache, "v1.2.3.mod"), GoMod);

        Sign(publisher, "--module-cache", temporary.Combine("cache")).ExitCode.ShouldBe(0);
        (await VerifyAsync(publisher.Key)).Outcome.ShouldBe(PublisherOutcome.Valid);

        await File.WriteAllTextAsync(Path.Combine(cache, "v1.2.3.mod"), GoMod + "// other\n");
        Refused(Sign(publisher, "--module-cache", temporary.Combine("cache")), "CIC7140", "not the go.mod in the zip");
        Refused(Sign(publisher, "--module-cache", temporary.Combine("empty")), "CIC7140", "v1.2.3.zip");
    }

    [Test]
    public void SignModule_WhenTheZipIsOfAnotherVersion_Refuses()
    {
        var publisher = Publisher(KeyAlgorithm.Ed25519);
        Refused(Sign(publisher, "--zip", Zip(GoMod, module: "git.example.cn/team/lib@v1.2.4")), "CIC7140", "outside");
        Refused(Sign(publisher, "--zip", temporary.Write("no.zip", "no zip")), "CIC7140", "no.zip");
        Directory.Exists(Signatures).ShouldBeFalse();
    }

    [Test]
    public void SignModule_WhenGpgCannotSign_SaysWhy()
    {
        var publisher = Publisher(KeyAlgorithm.OpenPgp);
        Refused(Run(publisher, "--openpgp", new string('0', 40), "--zip", Zip(GoMod)), "CIC7142", "no such key");
        Refused(Run(publisher, "--openpgp", "publisher@example.cn", "--zip", Zip(GoMod)), "CIC0004", "fingerprint");
        Refused(Run(publisher, "--openpgp", "--export-secret-keys", "--zip", Zip(GoMod)), "CIC000", "openpgp");
        var expired = publisher.Gpg!.Generate("old@example.cn", "ed25519", expire: "2024-02-01", at: "20240101T000000");
        Refused(Run(publisher, "--openpgp", expired, "--zip", Zip(GoMod)), "CIC7142", "gpg failed");

        // gpg takes the youngest key that may sign.
        publisher.Gpg.Run(at: null, "--quick-add-key", publisher.Key.Id, "rsa1024", "sign");
        Refused(Sign(publisher, "--zip", Zip(GoMod)), "CIC7143", "weaker than RSA 2048");
        File.Exists(SignatureFile).ShouldBeFalse();
    }

    [Test]
    public void SignModule_WhenTheFolderCannotBeWritten_SaysSo()
    {
        var publisher = Publisher(KeyAlgorithm.Ed25519);
        temporary.Write("signatures", "a file");
        Refused(Sign(publisher, "--zip", Zip(GoMod)), "CIC7144", "signatures");
    }

    [Test]
    public void SignModule_WithoutWhatItNeeds_SaysWhat()
    {
        var publisher = Publisher(KeyAlgorithm.Sm2);
        var zip = Zip(GoMod);
        Refused(Run(publisher, "--zip", zip), "CIC0003", "--publisher-key or --openpgp");
        Refused(Sign(publisher), "CIC0003", "--zip or --module-cache");
        Refused(Sign(publisher, "--zip", zip, "--module-cache", "."), "CIC0003", "two different");
        Refused(ToolRun.Process(["sign-module", Module, "--publisher-key", publisher.KeyFile, "--zip", zip], temporary.Path), "CIC0003", "--signatures or --log");
        Refused(ToolRun.Process(["sign-module", "git.example.cn/team/lib", "--publisher-key", publisher.KeyFile, "--zip", zip, "--signatures", Signatures], temporary.Path), "CIC0004", "no version");
        Refused(Run(publisher, "--publisher-key", "the secret itself", "--zip", zip), "CIC0020", "not shown");
    }

    [Test]
    public async Task SignModule_WithALog_IsFoundThere()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.EcdsaP256);
        key.Save(temporary.Combine("log.key"));
        var publisher = Publisher(KeyAlgorithm.EcdsaP256);
        var logKey = new TrustedKey(key.KeyId, "log.example.test", KeyRole.Log, KeyAlgorithm.EcdsaP256, key.PublicKey, []);
        var trust = new TrustStore(TrustStore.CurrentVersion, [logKey, publisher.Key]);
        await File.WriteAllBytesAsync(temporary.Combine("trust.json"), trust.ToJson());
        ToolRun.Process(["log", "init", temporary.Combine("log"), "--origin", "log.example.test", "--log-key", temporary.Combine("log.key")], temporary.Path).ExitCode.ShouldBe(0);
        using var server = ToolRun.Start(["serve", "log", "--path", temporary.Combine("log"), "--log-key", temporary.Combine("log.key"), "--listen", "127.0.0.1:0"], temporary.Path);
        try
        {
            var address = (await server.StandardOutput.ReadLineAsync())!;

            var run = ToolRun.Process(
                ["sign-module", Module, "--publisher-key", publisher.KeyFile, "--zip", Zip(GoMod), "--log", address, "--trust", temporary.Combine("trust.json")], temporary.Path);

            run.ExitCode.ShouldBe(0, run.Messages);
            run.Answer.ShouldContain("log entry ");
            using var source = new RekorSignatures(address, logKey, trust, new SignatureVerifier(), TimeSpan.FromSeconds(30), TimeProvider.System);
            (await VerifyAsync(trust, source)).Outcome.ShouldBe(PublisherOutcome.Valid);

            Refused(Sign(Publisher(KeyAlgorithm.Sm2), "--zip", Zip(GoMod), "--log", address, "--trust", temporary.Combine("trust.json")), "CIC0003", "P-256 and Ed25519 keys only");
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    [Test]
    public void TrustImport_OfAPublisher_NeedsPrefixesOfWholePathElements()
    {
        var publisher = Publisher(KeyAlgorithm.OpenPgp);
        File.WriteAllBytes(temporary.Combine("publisher.gpg"), publisher.Key.PublicKey);
        ToolRun Import(params string[] options) =>
            ToolRun.Process(["trust", "import", temporary.Combine("publisher.gpg"), "--role", "publisher", "--trust", temporary.Combine("trust.json"), .. options], temporary.Path);

        Refused(Import(), "CIC0003", "certain paths only");
        Refused(Import("--repository", "git.example.cn/team/"), "CIC0004", "no module path");
        Refused(Import("--repository", "https://git.example.cn/team"), "CIC0004", "no module path");
        Import("--repository", "git.example.cn/team").ExitCode.ShouldBe(0);
        var key = TrustStore.Parse(File.ReadAllBytes(temporary.Combine("trust.json"))).Keys.ShouldHaveSingleItem();
        (key.Role, key.Id, key.Repositories[0], key.Identities).ShouldBe((KeyRole.Publisher, publisher.Key.Id, "git.example.cn/team", null));
    }

    private string SignatureFile => Path.Combine(Signatures, "git.example.cn/team/lib/@v/v1.2.3.dsse.json");

    private static void Refused(ToolRun run, string code, string words)
    {
        run.ExitCode.ShouldBe(2, run.Messages);
        run.Messages.ShouldContain(code);
        run.Messages.ShouldContain(words);
    }

    private TestPublisher Publisher(KeyAlgorithm algorithm)
    {
        publishers.Add(TestPublisher.Create(algorithm, "git.example.cn/team"));
        return publishers[^1];
    }

    private ToolRun Sign(TestPublisher publisher, params string[] options) =>
        Run(publisher, [.. publisher.Gpg is null ? new[] { "--publisher-key", publisher.KeyFile } : ["--openpgp", publisher.Key.Id], .. options]);

    private ToolRun Run(TestPublisher publisher, params string[] options) =>
        ToolRun.Process(["sign-module", Module, "--signatures", Signatures, .. options], temporary.Path, publisher.Gpg?.Environment.ToDictionary());

    private string Zip(string goMod, string source = "package lib\n", string module = Module)
    {
        var path = temporary.Combine(Guid.NewGuid().ToString("N") + ".zip");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in new[] { ("go.mod", goMod), ("lib.go", source) })
        {
            using var entry = new StreamWriter(zip.CreateEntry($"{module}/{name}").Open());
            entry.Write(content);
        }

        return path;
    }

    private Task<PublisherAnswer> VerifyAsync(params TrustedKey[] keys) => VerifyAsync(new(TrustStore.CurrentVersion, keys), new FolderSignatures(Signatures));

    private async Task<PublisherAnswer> VerifyAsync(TrustStore trust, ISignatureSource source)
    {
        var statement = new ModuleFiles(Zip(GoMod), null).Read(new("git.example.cn/team/lib", "v1.2.3"), new TestDigests(), CancellationToken.None);
        return await new PublisherVerifier(trust, [source], new SignatureVerifier(), new OpenPgpSignatureVerifier(TimeProvider.System), TimeProvider.System)
            .VerifyAsync(statement.Module, statement.ZipHash, statement.GoModHash, CancellationToken.None);
    }
}
