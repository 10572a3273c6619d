using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;

namespace CiCompliance.Core.Tests.GoProxy.Publishers;

/// <summary>What a folder of signatures may hold, and what comes of it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PublisherVerifierTests : IDisposable
{
    private readonly TempDirectory temporary = new();
    private readonly List<TestPublisher> publishers = [];
    private readonly FolderSignatures folder;

    public PublisherVerifierTests()
    {
        Directory.CreateDirectory(temporary.Combine("signatures"));
        folder = new(temporary.Combine("signatures"));
    }

    public void Dispose()
    {
        publishers.ForEach(publisher => publisher.Dispose());
        temporary.Dispose();
    }

    [TestCase(KeyAlgorithm.Ed25519)]
    [TestCase(KeyAlgorithm.EcdsaP256)]
    [TestCase(KeyAlgorithm.Sm2)]
    [TestCase(KeyAlgorithm.OpenPgp)]
    public async Task EachAlgorithm_PassesOrIsRefusedForItsReason(KeyAlgorithm algorithm)
    {
        var publisher = Publisher(algorithm);
        Should(await VerifyAsync(publisher.Key), PublisherOutcome.MissingSignature, GoProxyDiagnostics.MissingSignature, "no publisher's signature");

        var signature = publisher.Sign(Modules.Statement);
        Write(signature);
        var answer = await VerifyAsync(publisher.Key);
        answer.Outcome.ShouldBe(PublisherOutcome.Valid);
        answer.Finding.ShouldBeNull();
        (answer.Accepted!.KeyId, answer.Accepted.KeyName, answer.Accepted.Source).ShouldBe((publisher.Key.Id, "Team", folder.Name));

        Should(await VerifyAsync(publisher.Key, zip: Modules.Hash(9)), PublisherOutcome.InvalidSignature, GoProxyDiagnostics.InvalidSignature, "another zip");
        Should(await VerifyAsync(publisher.Key, goMod: Modules.Hash(9)), PublisherOutcome.InvalidSignature, GoProxyDiagnostics.InvalidSignature, "another go.mod");
        Should(await VerifyAsync(publisher.Key with { Repositories = ["git.example.cn/other"] }), PublisherOutcome.KeyNotAllowed, GoProxyDiagnostics.KeyNotAllowed, "not trusted for this path");
        Should(await VerifyAsync(), PublisherOutcome.KeyNotAllowed, GoProxyDiagnostics.KeyNotAllowed, publisher.Key.Id[..16]);
        Should(await VerifyAsync(publisher.Key with { Role = KeyRole.EvidenceP256, Repositories = [] }), PublisherOutcome.KeyNotAllowed, GoProxyDiagnostics.KeyNotAllowed, "something else");
        Should(await VerifyAsync(publisher.Key with { ValidUntil = DateTimeOffset.UtcNow.AddDays(-1) }), PublisherOutcome.KeyNotAllowed, GoProxyDiagnostics.KeyNotAllowed, "valid until");
        Should(await VerifyAsync(publisher.Key with { ValidFrom = DateTimeOffset.UtcNow.AddDays(1) }), PublisherOutcome.KeyNotAllowed, GoProxyDiagnostics.KeyNotAllowed, "not valid at");
        foreach (var reason in Enum.GetValues<RevocationReason>())
        {
            Should(await VerifyAsync(publisher.Key with { Revocation = new(reason, DateTimeOffset.UtcNow.AddDays(-1)) }), PublisherOutcome.KeyNotAllowed, GoProxyDiagnostics.KeyNotAllowed, "Team");
        }

        signature.Signature[^1] ^= 1;
        Write(signature);
        Should(await VerifyAsync(publisher.Key), PublisherOutcome.InvalidSignature, GoProxyDiagnostics.InvalidSignature, "'Team'");
    }

    [Test]
    public async Task KeyIdOfAnotherPublisher_MakesTheSignatureFail()
    {
        var (signer, named) = (Publisher(KeyAlgorithm.Ed25519), Publisher(KeyAlgorithm.Ed25519));
        Write(signer.Sign(Modules.Statement) with { KeyId = named.Key.Id });
        Should(await VerifyAsync(signer.Key, named.Key), PublisherOutcome.InvalidSignature, GoProxyDiagnostics.InvalidSignature, named.Key.Id[..16]);
    }

    [Test]
    public async Task SignatureOverThePayloadAlone_IsNone()
    {
        var publisher = Publisher(KeyAlgorithm.OpenPgp);
        Write(new ModuleSignature(publisher.Key.Id, publisher.Gpg!.Run(null, Modules.Statement.Json, "--detach-sign").Output));
        Should(await VerifyAsync(publisher.Key), PublisherOutcome.InvalidSignature, GoProxyDiagnostics.InvalidSignature, "does not match");
    }

    [Test]
    public async Task OpenPgpKeyThatItsCertificateRevokes_IsNotAllowed()
    {
        var publisher = Publisher(KeyAlgorithm.OpenPgp);
        Write(publisher.Sign(Modules.Statement));
        publisher.Gpg!.RunInteractive(at: null, "y\n0\n\ny\n", "--output", temporary.Combine("revocation"), "--gen-revoke", publisher.Key.Id);
        publisher.Gpg.Import(await File.ReadAllBytesAsync(temporary.Combine("revocation")));
        Should(await VerifyAsync(publisher.Key with { PublicKey = publisher.Gpg.Export(publisher.Key.Id) }), PublisherOutcome.KeyNotAllowed, GoProxyDiagnostics.KeyNotAllowed, "revoked");
    }

    [Test]
    public async Task GoodSignatureBesideOthers_Counts()
    {
        var (good, stranger) = (Publisher(KeyAlgorithm.Sm2), Publisher(KeyAlgorithm.Ed25519));
        var bad = stranger.Sign(Modules.Statement);
        Write(bad, good.Sign(Modules.Statement));
        var answer = await VerifyAsync(good.Key);
        (answer.Outcome, answer.Accepted!.KeyId).ShouldBe((PublisherOutcome.Valid, good.Key.Id));
        answer.Refused.ShouldHaveSingleItem().KeyId.ShouldBe(stranger.Key.Id);
    }

    [TestCase("git.example.cn/team", "git.example.cn/team", true)]
    [TestCase("git.example.cn/team", "git.example.cn/team/lib/v2", true)]
    [TestCase("git.example.cn", "git.example.cn/team", true)]
    [TestCase("git.example.cn/team", "git.example.cn/teamwork", false)]
    [TestCase("git.example.cn/team", "git.example.cn/Team/lib", false)]
    [TestCase("git.example.cn/team", "git.example.cn.evil.example/team", false)]
    [TestCase("git.example.cn/team/lib", "git.example.cn/team", false)]
    [TestCase("", "git.example.cn/team", false)]
    [TestCase(null, "git.example.cn/team", false)]
    public async Task Prefix_CoversWholePathElementsOnly(string? prefix, string path, bool isCovered)
    {
        var publisher = Publisher(KeyAlgorithm.Ed25519);
        var module = new ModuleVersion(path, "v1.0.0");
        var statement = ModuleStatement.Create(module, Modules.ZipHash, Modules.GoModHash);
        folder.Write(statement, ModuleSignatures.Over(statement, [publisher.Sign(statement)]));
        var answer = await Verifier([publisher.Key with { Repositories = prefix is null ? [] : [prefix] }]).VerifyAsync(module, Modules.ZipHash, Modules.GoModHash, CancellationToken.None);
        answer.Outcome.ShouldBe(isCovered ? PublisherOutcome.Valid : PublisherOutcome.KeyNotAllowed);
    }

    [Test]
    public async Task FileOfAnotherModuleOrType_IsInvalid()
    {
        var publisher = Publisher(KeyAlgorithm.Ed25519);
        var other = ModuleStatement.Create(new("git.example.cn/team/other", "v1.2.3"), Modules.ZipHash, Modules.GoModHash);
        folder.Write(Modules.Statement, ModuleSignatures.Over(other, [publisher.Sign(other)]));
        Should(await VerifyAsync(publisher.Key), PublisherOutcome.InvalidSignature, GoProxyDiagnostics.InvalidSignature, "git.example.cn/team/other@v1.2.3");

        folder.Write(Modules.Statement, ModuleSignatures.Over(Modules.Statement, [publisher.Sign(Modules.Statement)]) with { PayloadType = "text/plain" });
        Should(await VerifyAsync(publisher.Key), PublisherOutcome.InvalidSignature, GoProxyDiagnostics.InvalidSignature, "payload type");

        folder.Write(Modules.Statement, ModuleSignatures.Over(Modules.Statement, [publisher.Sign(Modules.Statement)]) with { Payload = "{}"u8.ToArray() });
        Should(await VerifyAsync(publisher.Key), PublisherOutcome.InvalidSignature, GoProxyDiagnostics.InvalidSignature, "no statement");
    }

    [TestCase("")]
    [TestCase("not json")]
    [TestCase("{}")]
    public async Task FileThatIsNoSignatureFile_IsInvalid(string content)
    {
        temporary.Write("signatures/" + ModuleSignatures.PathOf(Modules.Lib), content);
        Should(await VerifyAsync(), PublisherOutcome.InvalidSignature, GoProxyDiagnostics.InvalidSignature, "no signature file");
    }

    [Test]
    public async Task FolderThatIsNotThere_IsDownAndNotEmpty()
    {
        Directory.Delete(folder.Name);
        Should(await VerifyAsync(), PublisherOutcome.ServiceDown, GoProxyDiagnostics.SignatureServiceDown, "not there");
    }

    [Test]
    public async Task FileThatIsAFolder_IsDown()
    {
        Directory.CreateDirectory(Path.Combine(folder.Name, ModuleSignatures.PathOf(Modules.Lib)));
        Should(await VerifyAsync(), PublisherOutcome.ServiceDown, GoProxyDiagnostics.SignatureServiceDown, "cannot be read");
    }

    [Test]
    public async Task SourceThatIsDown_HidesNothingAndIsNeverMissing()
    {
        var publisher = Publisher(KeyAlgorithm.Ed25519);
        var down = new FolderSignatures(temporary.Combine("unmounted"));
        Should(await VerifyAsync([down, folder], publisher.Key), PublisherOutcome.ServiceDown, GoProxyDiagnostics.SignatureServiceDown, "unmounted");
        Should(await VerifyAsync([folder, down], publisher.Key), PublisherOutcome.ServiceDown, GoProxyDiagnostics.SignatureServiceDown, "unmounted");

        Write(publisher.Sign(Modules.Statement));
        var answer = await VerifyAsync([down, folder], publisher.Key);
        answer.Outcome.ShouldBe(PublisherOutcome.Valid);
        answer.Silent.ShouldHaveSingleItem().Source.ShouldBe(down.Name);

        // It may be the one with the good signature: what was found elsewhere decides nothing yet.
        (await VerifyAsync([folder, down])).Outcome.ShouldBe(PublisherOutcome.ServiceDown);
    }

    [Test]
    public async Task NoSources_LetNothingPass() => (await VerifyAsync(Array.Empty<ISignatureSource>())).Outcome.ShouldBe(PublisherOutcome.MissingSignature);

    [Test]
    public async Task Texts_WithTheLongestNames_FitWhatTheGoCommandShows()
    {
        var (publisher, longest) = (Publisher(KeyAlgorithm.Ed25519), new string('名', 300));
        var far = new FolderSignatures(temporary.Combine(new string('d', 200), new string('e', 200)));
        Write(publisher.Sign(Modules.Statement));
        var key = publisher.Key with { Name = longest };
        foreach (var answer in new[]
        {
            await VerifyAsync([far], key), await VerifyAsync([], key), await VerifyAsync(key, goMod: Modules.Hash(9)),
            await Verifier([key]).VerifyAsync(new("git.example.cn/" + new string('m', 900), "v1.0.0"), Modules.ZipHash, Modules.GoModHash, CancellationToken.None),
            await VerifyAsync(key with { Repositories = ["x.example"] }), await VerifyAsync(key with { ValidUntil = DateTimeOffset.UnixEpoch }),
        })
        {
            foreach (var language in Enum.GetValues<Language>())
            {
                var (code, finding) = (answer.Finding!.Diagnostic.Code, answer.Finding);
                var text = $"{code} {finding.Origin}\n{finding.What.In(language)}\n{finding.Fix.In(language)}\n";
                text.Split('\n').Length.ShouldBe(4);

                // The go command counts two more for each line.
                (Encoding.UTF8.GetByteCount(text) + 6).ShouldBeLessThanOrEqualTo(648, text);
                text.Where(c => c != '\n').ShouldAllBe(c => !SafeText.IsUnsafe(c));
            }
        }
    }

    private static void Should(PublisherAnswer answer, PublisherOutcome outcome, Diagnostic diagnostic, string words)
    {
        answer.Outcome.ShouldBe(outcome, answer.Finding?.What.En);
        answer.Finding!.Diagnostic.ShouldBe(diagnostic);
        answer.Finding.What.En.ShouldContain(words);
        answer.Finding.What.Zh.ShouldNotBe(answer.Finding.What.En);
        answer.Accepted.ShouldBeNull();
    }

    private TestPublisher Publisher(KeyAlgorithm algorithm)
    {
        publishers.Add(TestPublisher.Create(algorithm, Modules.Prefix));
        return publishers[^1];
    }

    private void Write(params ModuleSignature[] signatures) => folder.Write(Modules.Statement, ModuleSignatures.Over(Modules.Statement, signatures));

    private Task<PublisherAnswer> VerifyAsync(params TrustedKey[] keys) => VerifyAsync([folder], keys);

    private static Task<PublisherAnswer> VerifyAsync(ISignatureSource[] sources, params TrustedKey[] keys) =>
        Verifier(keys, sources).VerifyAsync(Modules.Lib, Modules.ZipHash, Modules.GoModHash, CancellationToken.None);

    private Task<PublisherAnswer> VerifyAsync(TrustedKey key, string? zip = null, string? goMod = null) =>
        Verifier([key]).VerifyAsync(Modules.Lib, zip ?? Modules.ZipHash, goMod ?? Modules.GoModHash, CancellationToken.None);

    private PublisherVerifier Verifier(TrustedKey[] keys) => Verifier(keys, [folder]);

    private static PublisherVerifier Verifier(TrustedKey[] keys, ISignatureSource[] sources) =>
        new(new TrustStore(TrustStore.CurrentVersion, keys), sources, new SignatureVerifier(), new OpenPgpSignatureVerifier(TimeProvider.System), TimeProvider.System);
}
