using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Go;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Processes;
using CiCompliance.Source;

namespace CiCompliance.Provenance;

/// <summary>
/// <c>build</c>: writes the verified commit into a fresh folder, compares the module cache with the verified modules, builds every main
/// package for every target without network, and compares the source with the commit again. Writes <c>bin/</c> and the provenance.
/// </summary>
public sealed class BuildStage(
    ISourceCheckout checkout,
    IGoEnvironment environments,
    IDigestCalculator digests,
    IProcessRunner processes) : IStage
{
    private const int MaxRecordBytes = 256 << 20;

    // All that decides where the caller's own go command keeps its build cache.
    private static readonly string[] CacheVariables = ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "GOCACHE", "GOENV"];

    public string Name => "build";

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var source = context.Evidence.Read(EvidencePaths.Source, MaxRecordBytes, bytes => SourceRecord.Parse(bytes));
        var dependencies = context.Evidence.Read(EvidencePaths.Modules, MaxRecordBytes, bytes => DependencyRecord.Parse(bytes));
        var targets = Targets(context.Policy.Build);
        var folder = new BuildFolder(context.WorkDirectory, source.ModuleDirectory);
        folder.Prepare();
        BuildOutputs.Clear(context.Evidence);

        context.Progress.Report(new("writing the verified commit", "正在写出已验证的提交"));
        var entries = await checkout.WriteAsync(context.Options.ProjectDirectory, source.Commit, folder.Checkout, cancellationToken);

        var cacheFindings = await ModuleCacheVerifier.VerifyAsync(folder.ModuleCache, dependencies.Modules, cancellationToken);
        if (cacheFindings.Count > 0)
        {
            return new StageResult(Name, [new Check("build.module-cache", Verdict.Fail, new("the module cache was changed", "模块缓存被改动"))], cacheFindings);
        }

        var go = await environments.PrepareAsync(context, cancellationToken);
        var variables = await VariablesAsync(context.Policy.Build.Cache, go, folder, cancellationToken);
        var toolchain = await Toolchain.ReadAsync(go.Executable, folder.Module, variables, processes, cancellationToken);
        var toolDigests = Task.Run(toolchain.Digest, cancellationToken);
        var programs = await BuildAllAsync(context, toolchain, folder, targets, variables, cancellationToken);

        if (checkout.Rehash(folder.Checkout, entries, cancellationToken) is { Count: > 0 } changes)
        {
            return SourceChanged(source, changes);
        }

        var inputs = new BuildInputs(context.Run.Identity, context.Run.Host, source, dependencies, toolchain, await toolDigests, context.Policy.Build.Packages);
        var checks = new List<Check>
        {
            new("build.module-cache", Verdict.Pass, new($"{dependencies.Modules.Count} modules as verified", $"{dependencies.Modules.Count} 个模块与验证结果一致")),
            new("build.source", Verdict.Pass, new($"tree {source.Tree} before and after", $"构建前后的树均为 {source.Tree}")),
        };
        foreach (var program in programs)
        {
            var digest = BuildOutputs.Add(context.Evidence, program, digests, cancellationToken);
            context.Evidence.Write(EvidencePaths.Unsigned(program.Name, "provenance"), ProvenanceStatement.For(program, digest, inputs).ToJson());
            checks.Add(new Check($"build.output[{program.Name}]", Verdict.Pass, new($"sha256 {digest.Sha256}", $"sha256 {digest.Sha256}")));
        }

        return new StageResult(Name, checks, context.Policy.Build.Cache == BuildCachePolicy.Shared ? [SharedCache(variables["GOCACHE"])] : []);
    }

    private static List<BuildTarget> Targets(BuildPolicy policy)
    {
        try
        {
            return policy.Targets.Count > 0 ? [.. policy.Targets.Distinct().Select(BuildTarget.Parse)] : throw new FormatException("no target is named");
        }
        catch (FormatException e)
        {
            throw new CiComplianceException(BuildDiagnostics.BadBuildPolicy, "build.targets",
                new(e.Message, "目标应写作 goos/goarch,例如 linux/amd64"), new("Correct build.targets", "请修正 build.targets"), e);
        }
    }

    private async Task<List<BuiltProgram>> BuildAllAsync(
        StageContext context, Toolchain toolchain, BuildFolder folder, List<BuildTarget> targets, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        var builder = new GoBuilder(processes, toolchain, folder.Module, context.Clock);
        var programs = new List<BuiltProgram>();
        foreach (var target in targets)
        {
            context.Progress.Report(new($"building for {target}", $"正在构建 {target}"));
            programs.AddRange(await builder.BuildAsync(context.Policy, target, variables, folder.OutputOf(target), cancellationToken));
        }

        return programs;
    }

    private async Task<IReadOnlyDictionary<string, string>> VariablesAsync(
        BuildCachePolicy policy, GoEnvironment go, BuildFolder folder, CancellationToken cancellationToken)
    {
        var cache = policy == BuildCachePolicy.Shared ? await SharedCacheAsync(go, folder, cancellationToken) : folder.BuildCache;
        return GoBuilder.Over(go.Variables, new Dictionary<string, string>
        {
            ["GOCACHE"] = cache,
            ["GOMODCACHE"] = folder.ModuleCache,
            ["GOFLAGS"] = folder.HasVendor ? "-mod=vendor" : "-mod=readonly",
            ["GOPROXY"] = "off",
            ["GOTOOLCHAIN"] = "local",
            ["GOWORK"] = "off",
            ["GOENV"] = "off",
        });
    }

    private async Task<string> SharedCacheAsync(GoEnvironment go, BuildFolder folder, CancellationToken cancellationToken)
    {
        var ambient = CacheVariables.Where(go.Ambient.ContainsKey).ToDictionary(name => name, name => go.Ambient[name]);
        ambient["GOTOOLCHAIN"] = "local";
        var result = await processes.RunAsync(new ProcessRequest(go.Executable, ["env", "GOCACHE"], folder.Root, ambient) { MaxOutputBytes = 1 << 16 }, cancellationToken);
        var path = result.Output.Trim();
        return result.ExitCode == 0 && Path.IsPathFullyQualified(path) ? path : throw new CiComplianceException(ToolchainDiagnostics.Unusable, go.Executable,
            new("go env GOCACHE names no folder", "go env GOCACHE 未给出目录"), new("Set GOCACHE, or use build.cache: fresh", "请设置 GOCACHE,或使用 build.cache: fresh"));
    }

    private StageResult SourceChanged(SourceRecord source, IReadOnlyList<Finding> changes) => new(
        Name,
        [new Check("build.source", Verdict.Fail, new($"no longer tree {source.Tree} after the build", $"构建后不再是树 {source.Tree}"))],
        [.. changes, new Finding(BuildDiagnostics.SourceChanged, source.Commit,
            new("the files that were built are not those of the verified commit", "所构建的文件与已验证的提交不一致"),
            new("Find what writes into the source during the build; generated files belong into the commit", "请找出构建期间改写源码的程序;生成的文件应提交到仓库"))]);

    private static Finding SharedCache(string path) => new(BuildDiagnostics.SharedCache, path,
        new("another job could have put objects into this cache", "其他作业可能向此缓存写入对象"),
        new("Use build.cache: fresh for releases", "发布时请使用 build.cache: fresh"));
}
