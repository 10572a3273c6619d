using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Go;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GoProxyExportTests : IDisposable
{
    private static readonly ModuleVersion Module = new("example.com/words", "v0.1.0");

    private readonly TempDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    [Test]
    public async Task Export_ThenImport_CarriesWhatWasKept()
    {
        await PrepareAsync();

        var export = await RunAsync("goproxy", "export", "media", "--path", "outside", "--export-key", "export.pem");
        export.ExitCode.ShouldBe(0, export.Messages);
        export.Answer.ShouldStartWith("1 module version");
        var import = await ImportAsync("trust.json");

        import.ExitCode.ShouldBe(0, import.Messages);
        import.Answer.ShouldStartWith("1 module version");
        StoreOf("inside").Find(Module)!.Zip.ShouldBe(StoreOf("outside").Find(Module)!.Zip);
        new FileInfo(temporary.Combine("inside", "sumdb", "entries")).Length.ShouldBeGreaterThan(0);
        (await ImportAsync("trust.json")).ExitCode.ShouldBe(0);
    }

    [Test]
    public async Task Export_OfOtherPaths_LeavesItOut()
    {
        await PrepareAsync();

        (await RunAsync("goproxy", "export", "media", "--path", "outside", "--export-key", "export.pem", "--prefix", "example.com/word")).Answer.ShouldStartWith("0 module version");
        (await RunAsync("goproxy", "export", "media2", "--path", "outside", "--export-key", "export.pem", "--prefix", "example.org", "--prefix", "example.com")).Answer.ShouldStartWith("1 module version");
    }

    [Test]
    public async Task Export_OfAFileThatTheDiskSpoilt_SaysThatItIsLeftOut()
    {
        await PrepareAsync();
        foreach (var file in Directory.GetFiles(temporary.Combine("outside", "cache", "files"), "*", SearchOption.AllDirectories))
        {
            var content = await File.ReadAllBytesAsync(file);
            content[^1] ^= 1;
            await File.WriteAllBytesAsync(file, content);
        }

        var run = await RunAsync("goproxy", "export", "media", "--path", "outside", "--export-key", "export.pem");

        run.ExitCode.ShouldBe(0, run.Messages);
        run.Answer.ShouldStartWith("0 module versions exported\n1 left out");
    }

    [Test]
    public async Task TrustImport_OfAnExportsKeyForWhatIsNoModulePath_IsRefused()
    {
        await PrepareAsync();
        string[] import = ["trust", "import", "export.pub", "--role", "goproxy-export", "--name", "outside", "--trust", "scoped.json"];
        var refused = await RunAsync([.. import, "--repository", "git.example.cn//team"]);
        refused.ExitCode.ShouldBe(2);
        refused.Messages.ShouldContain("it is no module path");
    }

    [Test]
    public async Task Import_OfAnotherKeysExport_IsRefused_AndTakesNothing()
    {
        await PrepareAsync();
        (await RunAsync("goproxy", "export", "media", "--path", "outside", "--export-key", "export.pem")).ExitCode.ShouldBe(0);
        await File.WriteAllBytesAsync(temporary.Combine("none.json"), ToolRun.NoKeys);

        var run = await ImportAsync("none.json");

        run.ExitCode.ShouldBe(1);
        run.Messages.ShouldContain("CIC7130");
        StoreOf("inside").Find(Module).ShouldBeNull();
        new FileInfo(temporary.Combine("inside", "sumdb", "entries")).Length.ShouldBe(0);
    }

    [Test]
    public async Task Export_IntoAFolderThatIsNotEmpty_IsRefused()
    {
        await PrepareAsync();
        temporary.Write("media/somebody's", "x");

        var run = await RunAsync("goproxy", "export", "media", "--path", "outside", "--export-key", "export.pem");

        run.ExitCode.ShouldBe(2);
        run.Messages.ShouldContain("CIC7132");
        Directory.GetFileSystemEntries(temporary.Combine("media")).ShouldHaveSingleItem();
    }

    [Test]
    public async Task WithoutFolderOrKey_IsRefused()
    {
        await PrepareAsync();
        string[][] incomplete =
        [
            ["export", "media", "--export-key", "export.pem"], ["export", "media", "--path", "outside"], ["import", "media", "--path", "inside", "--trust", "trust.json"],
            ["import", "media", "--path", "inside", "--sumdb-key", "inside.pem"],
        ];
        foreach (var options in incomplete)
        {
            var run = await RunAsync(["goproxy", .. options]);
            run.ExitCode.ShouldBe(2);
            run.Messages.ShouldContain("CIC0003");
        }
    }

    private FileModuleStore StoreOf(string proxy) => new(temporary.Combine(proxy, "cache"), 1 << 20, TimeProvider.System);

    /// <summary>Two proxies, one module version in the first, and a trust store with the export's key.</summary>
    private async Task PrepareAsync()
    {
        foreach (var proxy in new[] { "outside", "inside" })
        {
            (await RunAsync("goproxy", "init", proxy, "--name", $"sum.{proxy}.test", "--new-key", proxy + ".pem")).ExitCode.ShouldBe(0);
        }

        var store = StoreOf("outside");
        store.Prepare();
        const string goMod = "module example.com/words\n";
        var zip = FixtureModuleProxy.Zip(Module, new Dictionary<string, string> { ["go.mod"] = goMod, ["words.go"] = "package words\n" });
        var stored = (Zip: Keep(store, zip, FixtureModuleProxy.HashOf(zip, Module)), GoMod: Keep(store, Encoding.UTF8.GetBytes(goMod), ModuleZip.HashGoMod(Encoding.UTF8.GetBytes(goMod))));
        store.Change(Module, empty => empty with { Zip = stored.Zip, GoMod = stored.GoMod, Source = "https://proxy.test" });

        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        key.Save(temporary.Combine("export.pem"));
        using var signer = key.OpenSigner();
        var trusted = new TrustedKey(signer.KeyId, "outside", KeyRole.GoproxyExport, signer.Algorithm, signer.PublicKey, [], null, null, null);
        await File.WriteAllBytesAsync(temporary.Combine("trust.json"), new TrustStore(TrustStore.CurrentVersion, [trusted]).ToJson());
    }

    private static StoredFile Keep(FileModuleStore store, byte[] content, string h1)
    {
        using var file = store.CreateUnverified();
        File.WriteAllBytes(file.Path, content);
        var stored = new StoredFile(Convert.ToHexStringLower(SHA256.HashData(content)), content.Length, h1);
        store.Keep(file, stored.Sha256);
        return stored;
    }

    private Task<ToolRun> ImportAsync(string trust) => RunAsync("goproxy", "import", "media", "--path", "inside", "--trust", trust, "--sumdb-key", "inside.pem");

    private Task<ToolRun> RunAsync(params string[] arguments) => ToolRun.InProcessAsync(new FakeComposition(), temporary.Path, arguments);
}
