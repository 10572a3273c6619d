using System.Net;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Server.GoProxy;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

internal sealed class ExportTests
{
    private static readonly Dictionary<string, string> Files = new() { ["go.mod"] = "module example.com/a\n", ["a.go"] = "package a\n" };

    [TestCase(KeyAlgorithm.Sm2)]
    [TestCase(KeyAlgorithm.EcdsaP256)]
    [TestCase(KeyAlgorithm.Ed25519)]
    public async Task Import_OfWhatAnotherProxyVerified_ServesItWithoutAWayOut(KeyAlgorithm algorithm)
    {
        using var key = KeyGenerator.Generate(algorithm);
        await using var outside = await FilledAsync();
        var export = Export(outside, key);

        await using var inside = await ImportedAsync(export, key);

        var zip = await inside.Client.GetByteArrayAsync(new Uri(inside.Address + "/example.com/a/@v/v1.0.0.zip"));
        zip.ShouldBe(outside.Public.ZipOf("example.com/a", "v1.0.0"));
        (await inside.GetAsync("/example.com/a/@v/list")).Text.ShouldBe("v1.0.0\n");
        (await inside.GetAsync("/example.com/a/@v/v1.0.0.info")).Text.ShouldContain("\"Version\":\"v1.0.0\"");
        (await inside.GetAsync($"/sumdb/{RunningProxy.Database}/lookup/example.com/a@v1.0.0")).Text.ShouldContain("example.com/a v1.0.0 h1:");
        inside.Public.Requests.ShouldBeEmpty();
        (await inside.GetAsync("/example.com/b/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Test]
    [Category(Peers.Category)]
    public async Task Build_ByAGoCommandWithoutAWayOut_PassesWithTheImport()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        await using var inside = await ImportedAsync(Export(outside, key), key);
        var project = inside.Directory.Combine("project");
        Directory.CreateDirectory(project);
        File.WriteAllText(Path.Combine(project, "go.mod"), "module example.com/app\n\ngo 1.19\n");
        File.WriteAllText(Path.Combine(project, "main.go"), "package main\n\nimport _ \"example.com/a\"\n\nfunc main() {}\n");

        var (exit, output) = inside.Go("go1.23", project, "inside", "get", "example.com/a@latest");

        exit.ShouldBe(0, output);
        (exit, output) = inside.Go("go1.23", project, "inside", "build", "-o", "app", ".");
        exit.ShouldBe(0, output);
    }

    [Test]
    public async Task Import_OfAFileThatWasChanged_IsRefusedAndNothingIsServed()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        var export = Export(outside, key);
        var zip = Directory.GetFiles(Path.Combine(export, "files"), "*", SearchOption.AllDirectories).OrderByDescending(file => new FileInfo(file).Length).First();
        var content = File.ReadAllBytes(zip);
        content[^30] ^= 1;
        File.WriteAllBytes(zip, content);

        (await Should.ThrowAsync<CiComplianceException>(() => ImportedAsync(export, key))).Diagnostic.Code.ShouldBe("CIC7130");
    }

    [Test]
    public async Task Import_OfAManifestThatWasChangedOrSignedByAnother_IsRefused()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        using var other = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        var export = Export(outside, key);

        (await Should.ThrowAsync<CiComplianceException>(() => ImportedAsync(export, other))).Diagnostic.Code.ShouldBe("CIC7130");
        File.AppendAllText(Path.Combine(export, "manifest.json"), " ");
        (await Should.ThrowAsync<CiComplianceException>(() => ImportedAsync(export, key))).Diagnostic.Code.ShouldBe("CIC7130");
        File.Delete(Path.Combine(export, "manifest.dsse.json"));
        (await Should.ThrowAsync<CiComplianceException>(() => ImportedAsync(export, key))).Diagnostic.Code.ShouldBe("CIC7130");
    }

    [Test]
    public async Task Import_OfAFileThatIsALink_IsRefused()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        var export = Export(outside, key);
        var zip = Directory.GetFiles(Path.Combine(export, "files"), "*", SearchOption.AllDirectories).OrderByDescending(file => new FileInfo(file).Length).First();
        File.Move(zip, outside.Directory.Combine("elsewhere"));
        File.CreateSymbolicLink(zip, outside.Directory.Combine("elsewhere"));

        (await Should.ThrowAsync<CiComplianceException>(() => ImportedAsync(export, key))).Diagnostic.Code.ShouldBe("CIC7130");
    }

    [Test]
    public async Task Import_ThatContradictsARecord_IsRefused()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        var export = Export(outside, key);
        await using var inside = await RunningProxy.StartAsync();
        inside.Public.Add("example.com/a", "v1.0.0", new Dictionary<string, string> { ["go.mod"] = "module example.com/a\n", ["a.go"] = "package other\n" });
        (await inside.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
        await inside.StopServerAsync();

        (await Should.ThrowAsync<CiComplianceException>(() => ImportAsync(inside, export, key))).Diagnostic.Code.ShouldBe("CIC7131");
    }

    [Test]
    public async Task Export_IntoAFolderThatIsNotEmpty_IsRefused()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        Export(outside, key);

        Should.Throw<CiComplianceException>(() => Export(outside, key)).Diagnostic.Code.ShouldBe("CIC7132");
    }

    [Test]
    public async Task Import_WhileTheProxyRuns_IsRefused()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();

        (await Should.ThrowAsync<CiComplianceException>(() => ImportAsync(outside, Export(outside, key), key))).Diagnostic.Code.ShouldBe("CIC4002");
    }

    private static async Task<RunningProxy> FilledAsync()
    {
        var proxy = await RunningProxy.StartAsync();
        proxy.Public.Add("example.com/a", "v1.0.0", Files);
        foreach (var file in new[] { "info", "mod", "zip" })
        {
            (await proxy.GetAsync($"/example.com/a/@v/v1.0.0.{file}")).Status.ShouldBe(HttpStatusCode.OK);
        }

        return proxy;
    }

    private static string Export(RunningProxy proxy, GeneratedKey key)
    {
        using var signer = key.OpenSigner();
        var target = proxy.Directory.Combine("export");
        GoProxyFolder.Export(proxy.Path, target, [], signer, new DigestCalculator(), proxy.Clock, CancellationToken.None).ShouldBe(1);
        return target;
    }

    private static async Task<RunningProxy> ImportedAsync(string export, GeneratedKey key)
    {
        var inside = await RunningProxy.StartAsync(configuration => configuration with { Upstreams = [], Sumdb = null });
        try
        {
            await inside.StopServerAsync();
            (await ImportAsync(inside, export, key)).ShouldBe(1);
            await inside.StartServerAsync();
            return inside;
        }
        catch
        {
            await inside.DisposeAsync();
            throw;
        }
    }

    private static Task<int> ImportAsync(RunningProxy proxy, string export, GeneratedKey key)
    {
        var trust = new TrustStore(TrustStore.CurrentVersion, [new(key.KeyId, "outside", KeyRole.GoproxyExport, key.Algorithm, key.PublicKey, [])]);
        return GoProxyFolder.ImportAsync(proxy.Path, export, trust, proxy.Signer, proxy.Sm2, proxy.Verifier, proxy.Events, proxy.Clock, CancellationToken.None);
    }
}
