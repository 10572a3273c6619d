using System.Text.Json;
using CiCompliance.BinaryHardening;
using CiCompliance.Go;
using CiCompliance.Policy;
using CiCompliance.Processes;

namespace CiCompliance.Provenance;

/// <summary>One program that was built, and exactly how.</summary>
/// <param name="Name">Its name in the evidence folder: <c>cmd-goos-goarch</c>.</param>
/// <param name="File">Where the go command wrote it.</param>
internal sealed record BuiltProgram(
    string Name,
    string File,
    string Package,
    BuildTarget Target,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<PlannedFlag> Added,
    DateTimeOffset StartedOn,
    DateTimeOffset FinishedOn);

/// <summary>Lists and builds the main packages of one module: one go command a target, however many programs.</summary>
internal sealed class GoBuilder(IProcessRunner processes, Toolchain toolchain, string moduleDirectory, TimeProvider clock)
{
    private const int MaxShownOutput = 8000;

    /// <exception cref="CiComplianceException">No main package, a failing build, a plan that doesn't exist.</exception>
    public async Task<IReadOnlyList<BuiltProgram>> BuildAsync(
        CompliancePolicy policy, BuildTarget target, IReadOnlyDictionary<string, string> environment, string outputDirectory, CancellationToken cancellationToken)
    {
        var cgo = policy.Build.Cgo && target == toolchain.Host;
        var packages = await ListAsync(policy.Build.Packages, Over(environment, new Dictionary<string, string>
        {
            ["CGO_ENABLED"] = cgo ? "1" : "0",
            ["GOOS"] = target.Os,
            ["GOARCH"] = target.Arch,
        }), cancellationToken);
        var programs = Programs(packages, target);
        var plan = FlagPlan.For(toolchain.Version, target, toolchain.Host, cgo ? UseOf(packages) : CgoUse.None, policy.Binary.Static);
        var planned = Over(environment, plan.Environment);
        RequireCompiler(plan, planned);

        Directory.CreateDirectory(outputDirectory);
        string[] arguments = ["build", .. plan.Arguments, "-o", outputDirectory + Path.DirectorySeparatorChar, .. programs.Values.Select(package => package.ImportPath)];
        var started = clock.GetUtcNow();
        await RunAsync(arguments, planned, cancellationToken);
        var finished = clock.GetUtcNow();

        var files = Directory.GetFiles(outputDirectory).Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);
        return files.SetEquals(programs.Keys)
            ? [.. programs.Select(program => new BuiltProgram($"{program.Key}-{target.Os}-{target.Arch}", Path.Combine(outputDirectory, program.Key),
                program.Value.ImportPath, target, [toolchain.Executable, .. arguments], planned, plan.Added, started, finished))]
            : throw Failed(new("go build wrote other files than expected", "go build 的输出文件与预期不符"));
    }

    internal static IReadOnlyDictionary<string, string> Over(IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> changes)
    {
        var result = new SortedDictionary<string, string>(environment.ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            result[name] = value;
        }

        return result;
    }

    private static CgoUse UseOf(IReadOnlyList<GoPackage> packages)
    {
        var withC = packages.Where(package => package.CgoFiles is { Count: > 0 }).ToList();
        return withC.Count == 0 ? CgoUse.None : withC.All(package => package.Standard) ? CgoUse.StandardLibrary : CgoUse.Own;
    }

    private static SortedDictionary<string, GoPackage> Programs(IReadOnlyList<GoPackage> packages, BuildTarget target)
    {
        var programs = new SortedDictionary<string, GoPackage>(StringComparer.Ordinal);
        foreach (var package in packages.Where(package => package is { DepOnly: false, Name: "main", Module.Main: true }))
        {
            if (!IsName(package.ProgramName) || !programs.TryAdd(package.ProgramName, package))
            {
                throw new CiComplianceException(BuildDiagnostics.NamesCollide, package.ImportPath,
                    new($"its output name '{package.ProgramName}' is taken or is no file name", $"输出名 '{package.ProgramName}' 已被占用或不是合法文件名"),
                    new("Rename a package folder, or name fewer packages in build.packages", "请重命名目录,或在 build.packages 中减少包"));
            }
        }

        return programs.Count > 0 ? programs : throw new CiComplianceException(BuildDiagnostics.NoMainPackage, target.ToString(),
            new("no main package of this module matches build.packages", "没有与 build.packages 匹配的本模块 main 包"),
            new("Name main packages, for example ./cmd/...", "请指定 main 包,例如 ./cmd/..."));
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 128 && name[0] is not ('.' or '-')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '~');

    private async Task<IReadOnlyList<GoPackage>> ListAsync(
        IReadOnlyList<string> patterns, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        // The module's own main packages only: a pattern is no flag, and leads nowhere else.
        if (patterns.FirstOrDefault(pattern => pattern.Length == 0 || pattern[0] is '-' or '/' || pattern.Split('/').Contains("..")) is { } bad)
        {
            throw new CiComplianceException(BuildDiagnostics.BadBuildPolicy, "build.packages",
                new($"'{SafeText.Line(bad, 100)}' is no package pattern within the module", $"'{SafeText.Line(bad, 100)}' 不是模块内的包模式"),
                new("Use patterns such as ./cmd/...", "请使用 ./cmd/... 之类的模式"));
        }

        var output = await RunAsync(["list", "-buildvcs=false", "-deps", "-json=ImportPath,Name,DepOnly,Standard,CgoFiles,Module", .. patterns], environment, cancellationToken);
        try
        {
            return GoPackage.ParseAll(output);
        }
        catch (JsonException e)
        {
            throw Failed(new($"go list printed something else than packages: {e.Message}", $"go list 的输出不是包信息:{e.Message}"));
        }
    }

    private async Task<byte[]> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var result = await processes.RunAsync(new ProcessRequest(toolchain.Executable, arguments, moduleDirectory, environment), cancellationToken);
        if (result.ExitCode == 0)
        {
            return result.StandardOutput;
        }

        var text = SafeText.Lines(result.Error, MaxShownOutput).Trim();
        throw Failed(new($"go {arguments[0]} ended with {result.ExitCode}:\n{text}\n", $"go {arguments[0]} 以 {result.ExitCode} 结束:\n{text}\n"));
    }

    private void RequireCompiler(FlagPlan plan, IReadOnlyDictionary<string, string> environment)
    {
        var compiler = toolchain.CCompiler.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "gcc";
        if (!plan.NeedsCCompiler || File.Exists(compiler)
            || environment.GetValueOrDefault("PATH", "").Split(Path.PathSeparator).Any(folder => Path.IsPathFullyQualified(folder) && File.Exists(Path.Combine(folder, compiler))))
        {
            return;
        }

        var reason = plan.Added.Select(flag => flag.Reason).Last();
        throw new CiComplianceException(BuildDiagnostics.NoCCompiler, plan.Target.ToString(),
            new($"{compiler} is not on PATH: {reason.En}", $"PATH 中没有 {compiler}:{reason.Zh}"),
            new("Install gcc, or set build.cgo: false with Go 1.23 or newer", "请安装 gcc,或在 Go 1.23 及以上设置 build.cgo: false"));
    }

    // A program that doesn't build breaks no rule: there is nothing to judge, so the gate can't decide.
    private CiComplianceException Failed(LocalizedText what) => new(BuildDiagnostics.BuildFailed, toolchain.Executable, what,
        new("Correct it in the repository and commit; nothing was judged", "请在仓库中修正并提交;本次未作任何判定"));
}
