using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Processes;

namespace CiCompliance.Go;

/// <summary>
/// Stage <c>dependencies</c>: every go.sum line of the verified tree against the pinned checksum database, and a module cache that this run filled itself against both.
/// The folders that go extracts into that cache come from these zips within this run; a cache that was there before is never passed.
/// </summary>
/// <param name="ambient">The whole environment of this process, given by the door.</param>
/// <param name="readSecret">Reads what <see cref="RunOptions.ProxyTokenFile"/> names, bounded, and refuses a file that others can read.</param>
public sealed class DependenciesStage(
    IProcessRunner processes, IDigestCalculator digests, ISignatureVerifier signatures, IReadOnlyDictionary<string, string> ambient, Func<string, byte[]> readSecret) : IStage
{
    public string Name => "dependencies";

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var input = DependencyInput.Read(context);
        var pins = await PinsAsync(context, cancellationToken);
        var token = context.Options.ProxyTokenFile is { } reference ? ProxyToken.Read(reference, readSecret, context.Policy.Go, pins.Pins.Source) : null;
        var findings = new List<Finding>(input.Findings);
        var checks = new List<Check>();
        IReadOnlyList<ModuleRow> rows = [];
        SumdbResult? sumdb = null;
        if (input.GoSum.Entries.Count > 0)
        {
            context.Progress.Report(new(
                $"asking {pins.Pins.Source.Sumdb.Key.Name} for {input.GoSum.Entries.Count} module versions", $"正在向 {pins.Pins.Source.Sumdb.Key.Name} 查询 {input.GoSum.Entries.Count} 个模块版本"));
            using var http = ModuleHttp.Create(token);
            var client = new SumdbClient(pins.Pins.Source.Sumdb, pins.Pins.Source.Proxies, signatures, http, context.Clock);
            var lookup = client.LookupAsync([.. input.GoSum.Entries.Select(entry => entry.Module)], cancellationToken);
            var download = input.NeedsZips ? DownloadAsync(context, input, pins, token, cancellationToken) : Task.FromResult<IReadOnlyList<Finding>>([]);
            await Task.WhenAll(lookup, download);
            sumdb = await lookup;
            findings.AddRange(sumdb.Findings);
            findings.AddRange(await download);
            rows = await AssessAsync(input, new ModuleCache(pins.Pins.ModuleCache), sumdb, findings, context.Options.ModuleCache is null, cancellationToken);
        }

        checks.Add(Summary("dependencies.sumdb", rows.Count == 0 ? new("no modules", "没有依赖模块")
            : new($"{rows.Count(row => row.Verdict == Verdict.Pass)} of {rows.Count} module versions proved", $"{rows.Count} 个模块版本中 {rows.Count(row => row.Verdict == Verdict.Pass)} 个已证明"),
            rows.Select(row => row.Verdict).Concat(sumdb?.Findings.Select(finding => GoEnvironmentVerifier.VerdictOf(finding)) ?? [])));
        checks.Add(CheckCache(context, rows, findings));
        checks.Add(CheckVendor(context, input, pins.Pins, rows, findings, cancellationToken));
        Write(context, input, pins.Pins, rows, sumdb, token is not null);
        return new(Name, checks, findings);
    }

    private async Task<(GoCommand Go, GoEnvironmentPins Pins)> PinsAsync(StageContext context, CancellationToken cancellationToken)
    {
        var empty = Path.Combine(context.WorkDirectory, "empty");
        WorkTree.Delete(empty);
        var go = await GoCommand.LocateAsync(processes, context.Options.GoExecutable, context.Options.ProjectDirectory, ambient, empty, cancellationToken);
        var pins = GoEnvironmentPins.Create(context.Policy, context.WorkDirectory, go.Executable).WithNetwork(ambient);
        if (context.Options.ModuleCache is { } cache)
        {
            pins = pins.With(KeyValuePair.Create("GOMODCACHE", cache));
        }
        else
        {
            WorkTree.Delete(pins.ModuleCache);
        }

        pins.Prepare();
        return (go, pins);
    }

    private async Task<IReadOnlyList<Finding>> DownloadAsync(
        StageContext context, DependencyInput input, (GoCommand Go, GoEnvironmentPins Pins) with, ProxyToken? token, CancellationToken cancellationToken)
    {
        var scratch = Path.Combine(context.WorkDirectory, "modules");
        WorkTree.Delete(scratch);
        var module = input.WriteScratch(scratch);
        // A go.mod before 1.17 lists only direct requirements; without names go would download the whole graph, also what go.sum holds no zip line for.
        IReadOnlyList<ModuleVersion> named = input.GoMod.ListsWholeBuild ? [] : [.. input.GoSum.Entries.Where(entry => entry.Zip is not null).Select(entry => entry.Module)];
        var findings = new List<Finding>();
        // Nothing but these two sees the token; they run no code of a module.
        using (var netrc = token?.Lend(with.Go.Minor))
        {
            var pins = with.Pins.With(netrc?.Variables ?? []);
            if (named.Count > 0)
            {
                findings.AddRange(await new ModuleDownload(processes).LoadGraphAsync(with.Go, pins, module, cancellationToken));
            }

            if (findings.Count == 0)
            {
                findings.AddRange(await new ModuleDownload(processes).RunAsync(with.Go, pins, module, named, cancellationToken));
            }
        }

        findings.AddRange(input.CheckUnchanged(module));
        return findings;
    }

    private async Task<IReadOnlyList<ModuleRow>> AssessAsync(
        DependencyInput input, ModuleCache cache, SumdbResult sumdb, List<Finding> findings, bool isOwnCache, CancellationToken cancellationToken)
    {
        var listed = input.GoSum.Entries.ToDictionary(entry => entry.Module);
        var zips = await cache.HashZipsAsync(input.GoSum.Entries.Where(entry => entry.Zip is not null).Select(entry => entry.Module), digests, cancellationToken);
        var rows = new List<ModuleRow>();
        foreach (var entry in input.GoSum.Entries)
        {
            var goMod = cache.GoModOf(entry.Module);
            var (row, finding) = ModuleAssessment.Assess(entry, sumdb.Outcomes.GetValueOrDefault(entry.Module), zips.GetValueOrDefault(entry.Module),
                entry.GoMod is not null && File.Exists(goMod) ? ModuleZip.HashGoMod(await File.ReadAllBytesAsync(goMod, cancellationToken)) : null,
                input.NeedsZip(entry));
            rows.Add(row);
            findings.AddRange(finding is null ? [] : [finding]);
        }

        if (isOwnCache)
        {
            findings.AddRange(Unlisted(cache, listed));
        }

        return rows;
    }

    private static IEnumerable<Finding> Unlisted(ModuleCache cache, Dictionary<ModuleVersion, GoSumEntry> listed)
    {
        try
        {
            return [.. cache.Files().Where(file => !listed.TryGetValue(file.Module, out var entry) || (file.IsZip ? entry.Zip : entry.GoMod) is null)
                .Select(file => new Finding(DependencyDiagnostics.CacheUnlisted, file.Module.ToString(),
                    new($"the cache holds its {(file.IsZip ? "zip" : "go.mod")}, and go.sum has no line for that", $"缓存中有其 {(file.IsZip ? "zip" : "go.mod")},而 go.sum 中没有对应的行"),
                    new("Run go mod tidy, look at the difference and commit it", "请运行 go mod tidy,检查差异并提交")))];
        }
        catch (FormatException e)
        {
            return [new(DependencyDiagnostics.CacheUnlisted, "module cache", new(e.Message, $"缓存中有异常文件:{e.Message}"),
                new("Find out what else writes into the work directory", "请查明还有什么程序写入工作目录"))];
        }
    }

    private static Check CheckCache(StageContext context, IReadOnlyList<ModuleRow> rows, List<Finding> findings)
    {
        if (context.Options.ModuleCache is { } given)
        {
            var finding = new Finding(DependencyDiagnostics.CacheOriginUnknown, given,
                new("this module cache was there before the run: what go extracted from it earlier cannot be vouched for", "该模块缓存在运行之前就已存在:无法担保其中先前解压的内容"),
                new("Run without --module-cache", "请不带 --module-cache 运行"));
            findings.Add(finding);
            return new("dependencies.cache", Verdict.Undecided, finding.What);
        }

        var relevant = findings.Where(finding => finding.Diagnostic.Code is "CIC1120" or "CIC1121" or "CIC1122" or "CIC1123" or "CIC1124" or "CIC1126" or "CIC1127").ToList();
        var zips = rows.Count(row => row.Sha256 is not null);
        return relevant.Count > 0
            ? Summary("dependencies.cache", relevant[0].What, relevant.Select(finding => GoEnvironmentVerifier.VerdictOf(finding)))
            : zips == 0 ? new("dependencies.cache", Verdict.NotApplicable, new("no module zip was needed", "不需要模块 zip"))
            : new("dependencies.cache", Verdict.Pass, new($"{zips} module zips, downloaded into an empty cache and hashed", $"{zips} 个模块 zip,下载到空缓存并已计算哈希"));
    }

    private static Check CheckVendor(
        StageContext context, DependencyInput input, GoEnvironmentPins pins, IReadOnlyList<ModuleRow> rows, List<Finding> findings, CancellationToken cancellationToken)
    {
        const string id = "dependencies.vendor";
        if (!input.HasVendor)
        {
            return new(id, Verdict.NotApplicable, new("no vendor folder", "没有 vendor 目录"));
        }

        if (context.Policy.Dependencies.Vendor == VendorPolicy.SourceSigned)
        {
            return new(id, Verdict.NotApplicable, new("covered by the commit signatures only, as the policy says", "按策略仅由提交签名覆盖"));
        }

        var cache = new ModuleCache(pins.ModuleCache);
        var proved = rows.Where(row => row is { Verdict: Verdict.Pass, Sha256: not null }).Select(row => new ModuleVersion(row.Path, row.Version)).ToHashSet();
        var found = input.VerifyVendor(module => proved.Contains(module) ? cache.ZipOf(module) : null, cancellationToken);
        findings.AddRange(found);
        return Summary(id, found.Count > 0 ? found[0].What : new("every file is as in the proved modules", "所有文件均与已证明的模块一致"),
            found.Count > 0 ? found.Select(finding => GoEnvironmentVerifier.VerdictOf(finding)) : [Verdict.Pass]);
    }

    private static void Write(StageContext context, DependencyInput input, GoEnvironmentPins pins, IReadOnlyList<ModuleRow> rows, SumdbResult? sumdb, bool hasToken)
    {
        var evidence = context.Evidence;
        var proved = sumdb?.Outcomes.Values.Where(outcome => outcome.Proof is not null).OrderBy(outcome => outcome.Id).ToList() ?? [];
        evidence.WriteLines(EvidencePaths.SumdbRecords, proved.Select(outcome => new SumdbRecordRow(outcome.Id!.Value, outcome.Record!.Text, outcome.Proof!).ToJson()));
        if (sumdb?.Head is { } head)
        {
            evidence.Write(EvidencePaths.SumdbTreeHead, head.Note);
        }
        else
        {
            evidence.Delete(EvidencePaths.SumdbTreeHead);
        }

        evidence.Write(EvidencePaths.Modules, new DependencyRecord(
            input.GoMod.Module,
            pins.Source.Proxy,
            rows.Count == 0 ? null : pins.Source.Sumdb.Key.ToString(),
            sumdb?.Head?.Size ?? 0,
            context.Options.ModuleCache is null ? CacheOrigin.Empty : CacheOrigin.Unknown,
            !input.HasVendor ? VendorMode.None : context.Policy.Dependencies.Vendor == VendorPolicy.SourceSigned ? VendorMode.SourceSigned : VendorMode.Verified,
            rows,
            hasToken && rows.Count > 0).ToJson());
    }

    private static Check Summary(string id, LocalizedText detail, IEnumerable<Verdict> verdicts) => new(id, verdicts.DefaultIfEmpty(Verdict.Pass).Worst(), detail);
}
