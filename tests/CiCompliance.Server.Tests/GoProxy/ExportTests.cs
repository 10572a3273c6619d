using System.Diagnostics;
using System.Net;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Configuration;
using CiCompliance.GoProxy.Exports;
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

    [Test]
    public async Task Import_OfEachFile_HasItsLineInTheDecisions()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        await using var inside = await ImportedAsync(Export(outside, key), key);

        ((string?)inside.DecisionsOf("recording").ShouldHaveSingleItem()["authority"]).ShouldBe(key.KeyId);
        var passed = inside.DecisionsOf("passed");
        passed.Select(line => ((string?)line["module"], (string?)line["version"], (string?)line["file"])).ShouldBe([("example.com/a", "v1.0.0", "zip"), ("example.com/a", "v1.0.0", "go.mod")]);
        passed.Select(line => (string?)line["h1"]).Order().ShouldBe(outside.DecisionsOf("passed").Select(line => (string?)line["h1"]).Order());
    }

    [TestCase("example.com", null, null, true)]
    [TestCase("example.com/a", null, null, true)]
    [TestCase("example.org", null, null, false)]
    [TestCase("example.com", -1, null, false)]
    [TestCase("example.com", 1, null, true)]
    [TestCase("example.com", null, RevocationReason.Compromised, false)]
    public async Task Import_OfASignedModule_PassesWhereItsPublisherIsTrustedHereToo(string prefix, int? validDays, RevocationReason? revoked, bool passes)
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync(Signed);
        var publisher = new TrustedKey(StandInPublishers.KeyId, "publisher", KeyRole.Publisher, KeyAlgorithm.Ed25519, [1], [prefix],
            ValidUntil: validDays is { } days ? DateTimeOffset.UtcNow.AddDays(days) : null, Revocation: revoked is { } reason ? new(reason, DateTimeOffset.UtcNow.AddDays(-1)) : null);
        await using var inside = await ImportedAsync(Export(outside, key), key, Signed, publisher);
        inside.Public.Add("example.com/a", "v1.0.0", Files);
        inside.Publishers.Refusal = _ => GoProxyDiagnostics.MissingSignature;

        foreach (var file in new[] { "zip", "mod" })
        {
            var answer = await inside.GetAsync($"/example.com/a/@v/v1.0.0.{file}");
            answer.Status.ShouldBe(passes ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
            answer.Text.StartsWith("CIC7103 ", StringComparison.Ordinal).ShouldBe(!passes);
        }

        inside.DecisionsOf("passed").ShouldAllBe(line => (string?)line["signer"] == (passes ? StandInPublishers.KeyId : ""));
    }

    [Test]
    public async Task Import_ByAKeyForOtherModules_IsRefused()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        var export = Export(outside, key);
        await using var inside = await RunningProxy.StartAsync();
        await inside.StopServerAsync();

        (await Should.ThrowAsync<CiComplianceException>(() => ImportAsync(inside, export, key, scope: ["example.co", "example.com/b"]))).Diagnostic.Code.ShouldBe("CIC7130");
        inside.KeepsNothing();
        (await ImportAsync(inside, export, key, scope: ["example.org", "example.com"])).ShouldBe(1);
    }

    [TestCase("manifest.json")]
    [TestCase("manifest.dsse.json")]
    public async Task Import_WithAPipeInTheManifestsPlace_IsRefusedAndDoesNotWait(string name)
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        var export = Export(outside, key);
        File.Delete(Path.Combine(export, name));
        using (var make = Process.Start("mkfifo", [Path.Combine(export, name)]))
        {
            await make.WaitForExitAsync();
            make.ExitCode.ShouldBe(0);
        }

        await using var inside = await RunningProxy.StartAsync();
        await inside.StopServerAsync();

        // A thread of its own: who opens a pipe waits without end.
        (await Should.ThrowAsync<CiComplianceException>(() => Task.Run(() => ImportAsync(inside, export, key)).WaitAsync(TimeSpan.FromSeconds(60)))).Diagnostic.Code.ShouldBe("CIC7130");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Export_OfAFileThatTheDiskSpoilt_LeavesTheVersionOutAndSaysSo(bool isCut)
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        outside.Public.Add("example.com/b", "v1.0.0", new Dictionary<string, string> { ["go.mod"] = "module example.com/b\n", ["large.go"] = new('b', 5000) });
        (await outside.GetAsync("/example.com/b/@v/v1.0.0.mod")).Status.ShouldBe(HttpStatusCode.OK);
        (await outside.GetAsync("/example.com/b/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
        var zip = outside.Public.ZipOf("example.com/b", "v1.0.0");
        var kept = outside.Cached("files").Single(file => File.ReadAllBytes(file).AsSpan().SequenceEqual(zip));
        zip[^1] ^= 1;
        await File.WriteAllBytesAsync(kept, isCut ? zip[..^1] : zip);

        var export = Export(outside, key, spoilt: 1);

        Directory.GetFiles(Path.Combine(export, "files"), "*", SearchOption.AllDirectories).ShouldNotContain(file => Path.GetFileName(file) == Path.GetFileName(kept));
        await using var inside = await ImportedAsync(export, key);
        (await inside.GetAsync("/example.com/a/@v/v1.0.0.zip")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task Export_IsNoUse_SoThatWhatNobodyAsksForStillGoes()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        await using var outside = await FilledAsync();
        var old = DateTime.UtcNow.AddDays(-80);
        foreach (var file in outside.Cached("files"))
        {
            File.SetLastWriteTimeUtc(file, old);
        }

        Export(outside, key);

        outside.Cached("files").ShouldAllBe(file => File.GetLastWriteTimeUtc(file) < DateTime.UtcNow.AddDays(-79));
    }

    private static GoProxyConfiguration Signed(GoProxyConfiguration configuration) => configuration with { Rules = configuration.Rules with { Signed = ["example.com"] } };

    private static async Task<RunningProxy> FilledAsync(Func<GoProxyConfiguration, GoProxyConfiguration>? configure = null)
    {
        var proxy = await RunningProxy.StartAsync(configure);
        proxy.Public.Add("example.com/a", "v1.0.0", Files);
        foreach (var file in new[] { "info", "mod", "zip" })
        {
            (await proxy.GetAsync($"/example.com/a/@v/v1.0.0.{file}")).Status.ShouldBe(HttpStatusCode.OK);
        }

        return proxy;
    }

    private static string Export(RunningProxy proxy, GeneratedKey key, int spoilt = 0)
    {
        using var signer = key.OpenSigner();
        var target = proxy.Directory.Combine("export");
        GoProxyFolder.Export(proxy.Path, target, [], signer, new DigestCalculator(), proxy.Clock, CancellationToken.None).ShouldBe(new ExportedModules(1, spoilt));
        return target;
    }

    private static async Task<RunningProxy> ImportedAsync(
        string export, GeneratedKey key, Func<GoProxyConfiguration, GoProxyConfiguration>? configure = null, TrustedKey? publisher = null)
    {
        var inside = await RunningProxy.StartAsync(configure ?? (configuration => configuration with { Upstreams = [], Sumdb = null }));
        try
        {
            await inside.StopServerAsync();
            (await ImportAsync(inside, export, key, publisher)).ShouldBe(1);
            await inside.StartServerAsync();
            return inside;
        }
        catch
        {
            await inside.DisposeAsync();
            throw;
        }
    }

    /// <param name="scope">Prefixes that the export's key is trusted for; null: none is named.</param>
    private static Task<int> ImportAsync(RunningProxy proxy, string export, GeneratedKey key, TrustedKey? publisher = null, string[]? scope = null)
    {
        var outside = new TrustedKey(key.KeyId, "outside", KeyRole.GoproxyExport, key.Algorithm, key.PublicKey, scope ?? []);
        var trust = new TrustStore(TrustStore.CurrentVersion, publisher is null ? [outside] : [outside, publisher]);
        return GoProxyFolder.ImportAsync(proxy.Path, export, trust, proxy.Signer, proxy.Sm2, proxy.Verifier, proxy.Events, proxy.Clock, CancellationToken.None);
    }
}
