using CiCompliance.Cryptography;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>Whole runs whose log is our own <c>serve log</c>, through each of its two APIs.</summary>
[TestFixture(LogApi.V1)]
[TestFixture(LogApi.V2)]
public sealed class OwnLogServerTests(LogApi api)
{
    private readonly SignatureVerifier verifier = new();
    private TempDirectory temp = null!;
    private ForgeKey key = null!;
    private LogServer? server;

    private string Folder => temp.Combine("log");

    [SetUp]
    public void CreateLog()
    {
        temp = new TempDirectory();
        key = new ForgeKey(temp.Path, "served-log", KeyAlgorithm.EcdsaP256, KeyRole.Log, "served.example.test");
        LogStore.Create(Folder, "served.example.test", key.Signer, [], verifier, TimeProvider.System).Dispose();
    }

    [TearDown]
    public async Task RemoveLogAsync()
    {
        await StopAsync();
        key.Dispose();
        temp.Dispose();
    }

    [Test]
    public async Task Run_IsRecordedThereAndVerifies()
    {
        var address = await StartAsync("127.0.0.1:0");
        using var forge = new EvidenceForge(Section(address, ""), key.Trusted with { Independent = true });

        var report = forge.Verify();

        report.Verdict.ShouldBe(Verdict.Pass, string.Join("\n", report.Findings.Select(finding => finding.What.En)));
        // Rekor v1 promises a time, v2 does not.
        report.Rows.Single(row => row.Id == "time").Detail.En.Contains("nobody independent proves the time", StringComparison.Ordinal).ShouldBe(api == LogApi.V2);
        await StopAsync();
        using var store = LogStore.Open(Folder, null, verifier, TimeProvider.System);
        store.VerifyAll(CancellationToken.None);
        store.Checkpoint.Size.ShouldBeGreaterThan(1);
    }

    [Test]
    public async Task Run_WhoseServerIsDown_IsRecordedWhenItIsResumed()
    {
        var address = await StartAsync("127.0.0.1:0");
        await StopAsync();
        using var forge = new EvidenceForge(Section(address, ", offline: allowed"), key.Trusted, mayFail: true);
        PipelineRunner.ExitCodeOf(forge.Results).ShouldBe(ExitCode.Undecided);
        PipelineRunner.ExitCodeOf(forge.Resume()).ShouldBe(ExitCode.Undecided, "it is still down");
        forge.Verify().Verdict.ShouldBe(Verdict.Fail);

        await StartAsync(new Uri(address).Authority);

        PipelineRunner.ExitCodeOf(forge.Resume()).ShouldBe(ExitCode.Compliant);
        forge.Verify().Verdict.ShouldBe(Verdict.Pass);
    }

    private string Section(string address, string more) => $"{{ kind: external, url: \"{address}\", api: {(api == LogApi.V1 ? "v1" : "v2")}{more} }}";

    private async Task<string> StartAsync(string listen)
    {
        server = await LogServer.StartAsync(new ServerOptions(Folder, listen), key.Signer, verifier, TextWriter.Null, TimeProvider.System, CancellationToken.None);
        return server.Address;
    }

    private async Task StopAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
