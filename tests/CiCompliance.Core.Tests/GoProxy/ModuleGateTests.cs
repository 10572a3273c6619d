using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.GoProxy.Sources;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy;

/// <summary>A private module at the gate, where the record of decisions, the database or the disk fails.</summary>
public sealed class ModuleGateTests : IModuleSources, IModuleRecords, IModuleSignatures, IDecisionLog
{
    private static readonly ModuleVersion Lib = new("git.example.cn/team/lib", "v1.0.0");

    private readonly Dictionary<ModuleVersion, SumdbRecord> recorded = [];
    private readonly List<string> decisions = [];
    private TempDirectory directory = null!;
    private FileModuleStore store = null!;
    private ModuleGate gate = null!;
    private bool cannotWriteDown;
    private bool hasSource = true;
    private Exception? cannotRecord;

    public SourceList Public { get; } = new([]);

    [SetUp]
    public void SetUp()
    {
        recorded.Clear();
        decisions.Clear();
        (cannotWriteDown, cannotRecord, hasSource) = (false, null, true);
        directory = new();
        store = new(directory.Combine("cache"), 1 << 20, TimeProvider.System);
        store.Prepare();
        gate = new(new(["git.example.cn"], [], [], TimeSpan.Zero), this, null, this, this, store, this, TimeProvider.System, CancellationToken.None);
    }

    [TearDown]
    public void TearDown()
    {
        gate.Dispose();
        directory.Dispose();
    }

    [Test]
    public async Task Zip_WhosePassingCannotBeWrittenDown_DoesNotPassNorTheSecondTime()
    {
        cannotWriteDown = true;
        for (var i = 0; i < 2; i++)
        {
            (await Should.ThrowAsync<CiComplianceException>(() => gate.ZipAsync(Lib, CancellationToken.None))).Diagnostic.Code.ShouldBe("CIC7113");
            store.Find(Lib)?.Zip.ShouldBeNull();
        }

        cannotWriteDown = false;
        (await gate.ZipAsync(Lib, CancellationToken.None)).Zip.ShouldNotBeNull();
        decisions.ShouldBe(["CIC7113", "CIC7113", "recording by key", "passed go.mod", "passed zip"]);
        recorded.Count.ShouldBe(1);
    }

    [Test]
    public async Task Zip_ThatCannotBeRecorded_DoesNotPass()
    {
        cannotRecord = new IOException("the disk is full");
        (await Should.ThrowAsync<CiComplianceException>(() => gate.ZipAsync(Lib, CancellationToken.None))).Diagnostic.Code.ShouldBe("CIC7113");
        store.Find(Lib).ShouldBeNull();
        Directory.GetFiles(directory.Combine("cache", "files"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
        Directory.GetFiles(directory.Combine("cache", "unverified")).ShouldBeEmpty();
        decisions.ShouldBe(["recording by key", "CIC7113"]);
    }

    [Test]
    public async Task Info_IsKeptOfWhatPassedOnly()
    {
        (await gate.InfoAsync(Lib.Path, "main", CancellationToken.None)).Version.ShouldBe(Lib.Version);
        store.Find(Lib).ShouldBeNull();

        await gate.ZipAsync(Lib, CancellationToken.None);
        await gate.InfoAsync(Lib.Path, "main", CancellationToken.None);
        store.Find(Lib)!.HasInfo.ShouldBeTrue();
    }

    [Test]
    public async Task Zip_ThatIsKeptAndNotRecorded_IsLookedAtAgain()
    {
        await gate.ZipAsync(Lib, CancellationToken.None);
        decisions.Clear();
        recorded.Clear();

        (await gate.ZipAsync(Lib, CancellationToken.None)).Zip.ShouldNotBeNull();
        decisions.ShouldBe(["recording by key", "passed go.mod", "passed zip"]);
        recorded.Count.ShouldBe(1);
    }

    [Test]
    public async Task PrivateModule_WithoutAPlace_IsRefusedAndNotMissing()
    {
        hasSource = false;
        (await Should.ThrowAsync<CiComplianceException>(() => gate.ZipAsync(Lib, CancellationToken.None))).Diagnostic.Code.ShouldBe("CIC7101");
        (await Should.ThrowAsync<CiComplianceException>(() => gate.ListAsync(Lib.Path, CancellationToken.None))).Diagnostic.Code.ShouldBe("CIC7101");
    }

    public IModuleSource? FindPrivate(string path) => hasSource ? new Source() : null;

    public SumdbRecord? Find(ModuleVersion module) => recorded.GetValueOrDefault(module);

    public Task<SumdbRecord> RecordAsync(SumdbRecord record, CancellationToken cancellationToken) =>
        cannotRecord is { } failure ? Task.FromException<SumdbRecord>(failure) : Task.FromResult(recorded.TryAdd(record.Module, record) ? record : recorded[record.Module]);

    public Task<string> RequireAsync(SumdbRecord record, CancellationToken cancellationToken) => Task.FromResult("key");

    public Task PassedAsync(ModuleVersion module, string file, StoredModule stored) => WriteDownAsync("passed " + file);

    public Task RecordingAsync(SumdbRecord record, string authority) => WriteDownAsync("recording by " + authority);

    private Task WriteDownAsync(string decision)
    {
        decisions.Add(cannotWriteDown ? throw new IOException("the disk is full") : decision);
        return Task.CompletedTask;
    }

    public void Refused(ModuleVersion module, string file, Finding finding) => decisions.Add(finding.Diagnostic.Code);

    private sealed class Source : IModuleSource
    {
        private static readonly Dictionary<string, string> Files = new() { ["go.mod"] = "module git.example.cn/team/lib\n" };

        public string Name => "https://git.example.cn";

        public Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([Lib.Version]);

        public Task<ModuleInfo> ResolveAsync(string path, string query, CancellationToken cancellationToken) => Task.FromResult(new ModuleInfo(Lib.Version, null));

        public Task<ModuleInfo> ResolveLatestAsync(string path, CancellationToken cancellationToken) => Task.FromResult(new ModuleInfo(Lib.Version, null));

        public Task<byte[]> ReadGoModAsync(ModuleVersion module, CancellationToken cancellationToken) => Task.FromResult(Encoding.UTF8.GetBytes(Files["go.mod"]));

        public async Task DownloadZipAsync(ModuleVersion module, Stream destination, CancellationToken cancellationToken) =>
            await destination.WriteAsync(FixtureModuleProxy.Zip(module, Files), cancellationToken);
    }
}
