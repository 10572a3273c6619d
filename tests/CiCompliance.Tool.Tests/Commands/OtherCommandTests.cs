using System.Text.Json;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence.Verification;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Testing;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Tests.Commands;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OtherCommandTests : IDisposable
{
    private static readonly string Commit = new('a', 40);

    private readonly TempDirectory temporary = new();
    private readonly FakeComposition parts = new();
    private readonly string trust;

    public OtherCommandTests() => trust = temporary.Combine("trust.json");

    public void Dispose() => temporary.Dispose();

    [Test]
    public async Task VerifyEvidence_WhenNothingIsExpected_Is2()
    {
        var run = await RunAsync("verify", "evidence", temporary.Path, "--trust", trust);
        var half = await RunAsync("verify", "evidence", temporary.Path, "--trust", trust, "--repository", "r");

        (run.ExitCode, half.ExitCode).ShouldBe((2, 2));
        run.Messages.ShouldContain("CIC2210");
        half.Messages.ShouldContain("CIC2210");
    }

    [TestCase(Verdict.Pass, 0)]
    [TestCase(Verdict.Fail, 1)]
    [TestCase(Verdict.Undecided, 3)]
    public async Task VerifyEvidence_GivesTheVerdict(Verdict verdict, int exitCode)
    {
        File.WriteAllBytes(trust, ToolRun.NoKeys);
        Directory.CreateDirectory(temporary.Combine("evidence"));
        parts.EvidenceResult = new VerificationReport([new(4, "seal.sm2", Basis.Recomputed, verdict, new("recomputed", "重新计算"))], []);

        var run = await RunAsync("verify", "evidence", temporary.Combine("evidence"), "--trust", trust, "--repository", "r", "--commit", Commit);

        run.ExitCode.ShouldBe(exitCode, run.Messages);
        run.Answer.ShouldContain("seal.sm2");
        parts.Expected.ShouldNotBeNull().AllowDemonstration.ShouldBeFalse();
    }

    [Test]
    public async Task VerifyEvidence_WhenTrustLiesInTheFolder_IsRefused()
    {
        File.WriteAllBytes(trust, ToolRun.NoKeys);

        (await RunAsync("verify", "evidence", temporary.Path, "--trust", trust, "--repository", "r", "--commit", Commit)).Messages.ShouldContain("CIC2211");
    }

    [Test]
    public async Task VerifyEvidence_WhenTheCommitIsAbbreviated_IsRefused() =>
        (await RunAsync("verify", "evidence", temporary.Path, "--trust", trust, "--repository", "r", "--commit", "abc123")).Messages.ShouldContain("CIC2210");

    [Test]
    public async Task TrustImport_AddsThenUpdatesThenChangesNothing()
    {
        Keyring(Key("k1", KeyRole.Committer));

        (await ImportAsync()).Answer.ShouldContain("added     committer     openpgp     k1");
        (await ImportAsync("--repository", "github.com/acme/app", "--valid-until", "2030-01-01")).Answer.ShouldContain("updated");
        (await ImportAsync("--repository", "github.com/acme/app", "--valid-until", "2030-01-01")).Answer.ShouldContain("unchanged");

        var key = TrustStore.Parse(File.ReadAllBytes(trust)).Keys.ShouldHaveSingleItem();
        key.Repositories.ShouldBe(["github.com/acme/app"]);
        key.ValidUntil.ShouldBe(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Directory.GetFiles(temporary.Path, "*.partial").ShouldBeEmpty();
    }

    [Test]
    public async Task TrustImport_OnlyWhereAsked_LetsAKeySignUntouched()
    {
        Keyring(Key("k1", KeyRole.Committer));

        await ImportAsync("--no-touch-required");
        TrustStore.Parse(File.ReadAllBytes(trust)).Keys.ShouldHaveSingleItem().NoTouchRequired.ShouldBeTrue();
        await ImportAsync();
        TrustStore.Parse(File.ReadAllBytes(trust)).Keys.ShouldHaveSingleItem().NoTouchRequired.ShouldBeFalse();
    }

    [TestCase(KeyRole.Log, "log")]
    [TestCase(KeyRole.Tsa, "tsa")]
    public async Task TrustImport_WithoutIndependent_TakesItBack(KeyRole role, string word)
    {
        Keyring(Key("k1", role));

        await ImportItAsync("--independent");
        TrustStore.Parse(File.ReadAllBytes(trust)).Keys.ShouldHaveSingleItem().Independent.ShouldBeTrue();
        (await ImportItAsync("--independent")).Answer.ShouldContain("unchanged");
        (await ImportItAsync()).Answer.ShouldContain("updated");
        TrustStore.Parse(File.ReadAllBytes(trust)).Keys.ShouldHaveSingleItem().Independent.ShouldBeFalse();

        Task<ToolRun> ImportItAsync(params string[] rest) =>
            RunAsync(["trust", "import", temporary.Write("k.pem", "k"), "--role", word, "--trust", trust, .. rest]);
    }

    [Test]
    public async Task TrustImport_WhenDry_WritesNothing()
    {
        Keyring(Key("k1", KeyRole.Committer));

        (await ImportAsync("--dry-run")).Answer.ShouldContain("added");

        File.Exists(trust).ShouldBeFalse();
    }

    [Test]
    public async Task TrustImport_WhenTheKeyHasAnotherRoleOrIsCompromised_IsRefused()
    {
        Keyring(Key("k1", KeyRole.Committer));
        File.WriteAllBytes(trust, new TrustStore(1, [Key("k1", KeyRole.Log)]).ToJson());
        (await ImportAsync()).Messages.ShouldContain("CIC0022");

        File.WriteAllBytes(trust, new TrustStore(1, [Key("k1", KeyRole.Committer) with { Revocation = new(RevocationReason.Compromised, DateTimeOffset.UnixEpoch) }]).ToJson());
        (await ImportAsync()).Messages.ShouldContain("CIC0022");
    }

    [Test]
    public async Task TrustImport_WhenTheStoreIsRevokedAsRetired_KeepsTheRevocation()
    {
        Keyring(Key("k1", KeyRole.Committer));
        File.WriteAllBytes(trust, new TrustStore(1, [Key("k1", KeyRole.Committer) with { Revocation = new(RevocationReason.Retired, DateTimeOffset.UnixEpoch) }]).ToJson());

        await ImportAsync("--repository", "r");

        TrustStore.Parse(File.ReadAllBytes(trust)).Keys[0].Revocation.ShouldNotBeNull();
    }

    [Test]
    public async Task TrustImport_WhenItCannotBeWritten_Is3()
    {
        Keyring(Key("k1", KeyRole.Committer));

        var run = await RunAsync("trust", "import", temporary.Write("k.gpg", "k"), "--role", "committer", "--trust", "/proc/nowhere/trust.json");

        run.ExitCode.ShouldBe(3);
        run.Messages.ShouldContain("CIC0021");
    }

    [TestCase("--role", "boss")]
    [TestCase("--valid-from", "tomorrow")]
    public async Task TrustImport_WhenAValueIsWrong_Is2(string option, string value)
    {
        Keyring(Key("k1", KeyRole.Committer));
        string[] role = option == "--role" ? [] : ["--role", "committer"];

        (await RunAsync(["trust", "import", temporary.Write("k.gpg", "k"), "--trust", trust, option, value, .. role])).Messages.ShouldContain("CIC0004");
    }

    [Test]
    public async Task Init_WritesAPolicyOnceForTheModuleThatIsThere()
    {
        temporary.Write("go.mod", "module github.com/acme/app/v2\n\ngo 1.23\n");
        temporary.Write("cmd/server/main.go", "package main\n");
        temporary.Write("cmd/lib/lib.go", "package lib\n");

        var run = await RunAsync("init");
        var again = await RunAsync("init");

        run.ExitCode.ShouldBe(0, run.Messages);
        File.ReadAllText(temporary.Combine("compliance.yml")).ShouldBe("repository: github.com/acme/app\npackages: [./cmd/server]\n");
        again.ExitCode.ShouldBe(2);
        again.Messages.ShouldContain("CIC0015");
    }

    [Test]
    public async Task Init_WhenThePlaceIsALink_DoesNotFollowIt()
    {
        temporary.Write("go.mod", "module m\n");
        File.CreateSymbolicLink(temporary.Combine("compliance.yml"), temporary.Combine("elsewhere"));

        (await RunAsync("init")).Messages.ShouldContain("CIC0015");

        File.Exists(temporary.Combine("elsewhere")).ShouldBeFalse();
    }

    [Test]
    public async Task Init_WhenThereIsNoModule_Is2() => (await RunAsync("init")).Messages.ShouldContain("CIC0016");

    [TestCase("--index 3", 0, "inclusion of 3")]
    [TestCase("--from 2", 0, "consistency of 2 and")]
    [TestCase("--from 2 --to 5", 0, "consistency of 2 and 5")]
    [TestCase("--from 5 --to 2", 2, "")]
    [TestCase("--index 3 --from 2", 2, "")]
    [TestCase("", 2, "")]
    [TestCase("--index -1", 2, "")]
    public async Task LogProve_ProvesOneThing(string rest, int exitCode, string answer)
    {
        var run = await RunAsync(["log", "prove", "logdir", .. rest.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        run.ExitCode.ShouldBe(exitCode);
        run.Answer.ShouldContain(answer);
    }

    [Test]
    public async Task LogInit_TakesTheKeyByFileOnly()
    {
        (await RunAsync("log", "init", "logdir", "--origin", "log.acme")).ExitCode.ShouldBe(2);
        (await RunAsync("log", "init", "logdir", "--origin", "log.acme", "--log-key", temporary.Write("k.pem", "k"))).Answer.ShouldContain("log.acme");
    }

    [Test]
    public async Task EnvPin_PrintsWhatAShellCanRead()
    {
        var (project, options) = ToolRun.Project(temporary);

        var run = await ToolRun.InProcessAsync(parts, project, ["env", "pin", .. options]);

        run.Answer.ShouldBe("export GOFLAGS=''\nexport GOSUMDB='sum.golang.org https://goproxy.cn/sumdb/sum.golang.org'\n");
    }

    [TestCase("go.env", "GOFLAGS=-mod=readonly\n", "ENV ")]
    [TestCase("dockerfile", "ENV GOFLAGS=-mod=readonly\n", "export")]
    public async Task EnvPin_InAnotherForm_HasNoFolders(string form, string expected, string unexpected)
    {
        var (project, options) = ToolRun.Project(temporary);

        var run = await ToolRun.InProcessAsync(parts, project, ["env", "pin", "--form", form, .. options]);

        run.Answer.ShouldContain(expected);
        run.Answer.ShouldNotContain(unexpected);
        run.Answer.ShouldNotContain("PATH=");
        (await ToolRun.InProcessAsync(parts, project, ["env", "pin", "--form", "goenv", .. options])).Messages.ShouldContain("CIC0004");
    }

    [Test]
    public async Task VerifyBinary_OfFiles_NeedsNoRepository()
    {
        var text = temporary.Write("text", new string('x', 4096));

        var run = await RunAsync("verify", "binary", text, "/nonexistent");

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC6001");
        run.Messages.ShouldContain("CIC6002");
        run.Answer.ShouldContain("verdict: undecided");
        (await RunAsync("verify", "binary", text)).ExitCode.ShouldBe(3);
    }

    [Test]
    public async Task Doctor_AsJson_ListsEveryRowWithItsFix()
    {
        var (project, options) = ToolRun.Project(temporary);

        var run = await ToolRun.InProcessAsync(parts, project, ["doctor", "--format", "json", .. options], new() { ["PATH"] = "/nonexistent" });

        run.ExitCode.ShouldBe(2);
        var json = JsonDocument.Parse(run.Answer).RootElement;
        var rows = json.GetProperty("prerequisites").EnumerateArray().ToDictionary(row => row.GetProperty("name").GetString()!, row => row);
        rows["git"].GetProperty("status").GetString().ShouldBe("missing");
        rows["git"].GetProperty("fix").GetString().ShouldNotBeNullOrEmpty();
        rows["clock"].GetProperty("status").GetString().ShouldBe("ok");
        rows["gpg"].GetProperty("needed").GetBoolean().ShouldBeFalse();
        json.GetProperty("findings").EnumerateArray().ShouldContain(finding => finding.GetProperty("code").GetString() == "CIC0010");
    }

    [Test]
    public async Task Doctor_WhenGoIsOlderThanTheModuleAsksFor_SaysSo()
    {
        var (project, options) = ToolRun.Project(temporary);
        temporary.Write("project/go.mod", "module m\n\ngo 1.99\n");
        var go = temporary.Write("tools/go", "#!/bin/sh\necho go version go1.23.4 linux/amd64\n");
        File.SetUnixFileMode(go, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var run = await ToolRun.InProcessAsync(parts, project, ["doctor", .. options], new() { ["PATH"] = temporary.Combine("tools") + ":/usr/bin:/bin" });

        run.ExitCode.ShouldBe(2);
        run.Answer.ShouldContain("go.mod asks for 1.99");
    }

    [Test]
    public void Stage_OfAnUnknownName_IsNotAvailable() =>
        Should.Throw<CiComplianceException>(() => new Composition(ToolHost.Current()).Stage("nonsense")).Diagnostic.ShouldBe(ToolDiagnostics.NotAvailable);

    private static TrustedKey Key(string id, KeyRole role) => new(id, "Li", role, KeyAlgorithm.OpenPgp, [1], []);

    private void Keyring(params TrustedKey[] keys) => parts.Keyring = _ => keys;

    private Task<ToolRun> ImportAsync(params string[] rest) =>
        RunAsync(["trust", "import", temporary.Write("k.gpg", "k"), "--role", "committer", "--trust", trust, .. rest]);

    private Task<ToolRun> RunAsync(params string[] args) => ToolRun.InProcessAsync(parts, temporary.Path, args);
}
