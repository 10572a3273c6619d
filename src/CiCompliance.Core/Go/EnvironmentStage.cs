using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Pipeline;
using CiCompliance.Processes;

namespace CiCompliance.Go;

/// <summary>Stage <c>environment</c>: finds the go command, judges the environment around it, and has the go command itself confirm the pins.</summary>
/// <param name="ambient">The whole environment of this process, given by the door.</param>
public sealed class EnvironmentStage(IProcessRunner processes, IDigestCalculator digests, IReadOnlyDictionary<string, string> ambient) : IStage
{
    public string Name => "environment";

    internal GorootVerifier Goroot { get; init; } = new(digests);

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var options = context.Options;
        context.Progress.Report(new("asking the go command", "正在查询 go 命令"));
        var empty = Path.Combine(context.WorkDirectory, "empty");
        WorkTree.Delete(empty);
        Directory.CreateDirectory(empty);
        var go = await GoCommand.LocateAsync(processes, options.GoExecutable, options.ProjectDirectory, ambient, empty, cancellationToken);
        var pins = GoEnvironmentPins.Create(context.Policy, context.WorkDirectory, go.Executable);
        pins.Prepare();
        var report = await new GoEnvironmentVerifier(processes)
            .VerifyAsync(go, context.Policy, options.ProjectDirectory, ambient, cancellationToken);
        var resolved = await GoCommand.EnvAsync(processes, go.Executable, empty, pins.Variables, GoEnvironmentPins.Resolved, cancellationToken);
        var ineffective = Compare(pins, resolved, go.Minor);
        context.Progress.Report(new("checking the toolchain's files", "正在检查工具链文件"));
        var goroot = VerifyGoroot(go, cancellationToken);
        using var binary = File.OpenRead(go.RealPath);
        context.Evidence.Write(EvidencePaths.Environment, new EnvironmentRecord(
            new(go.Executable, go.Version, go.Goroot, digests.Compute(binary, cancellationToken), goroot.Packages, goroot.Tools),
            report.Settings,
            Redacted(pins.Variables),
            Redacted(resolved)).ToJson());
        List<Check> checks =
        [
            new("environment.go", Verdict.Pass, new($"{go.Version}, {go.Executable}", $"{go.Version},{go.Executable}")),
            new("environment.toolchain", GoEnvironmentVerifier.VerdictOf(goroot.Finding), goroot.Finding?.What
                ?? new($"as installed by {string.Join(", ", goroot.Packages)}", $"与 {string.Join("、", goroot.Packages)} 安装的一致")),
            new("environment.pins", ineffective.Count == 0 ? Verdict.Pass : Verdict.Fail, ineffective.Count == 0
                ? new("the go command confirms every pinned value", "go 命令确认了所有固定值") : ineffective[0].What),
            .. report.Checks,
        ];
        return new(Name, checks, [.. report.Findings, .. ineffective, .. goroot.Finding is null ? Array.Empty<Finding>() : [goroot.Finding]]);
    }

    private GorootReport VerifyGoroot(GoCommand go, CancellationToken cancellationToken)
    {
        try
        {
            return Goroot.Verify(go.Goroot, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(GoEnvironmentDiagnostics.Unreadable, go.Goroot,
                new($"the toolchain's files cannot be read ({e.Message})", $"无法读取工具链文件({e.Message})"), new("Correct its permissions, or install Go again", "请修正权限,或重新安装 Go"), e);
        }
    }

    private static List<Finding> Compare(GoEnvironmentPins pins, IReadOnlyDictionary<string, string> resolved, int goMinor)
    {
        var findings = new List<Finding>();
        foreach (var name in GoEnvironmentPins.Resolved.Where(name => (name != "GOTOOLCHAIN" || goMinor >= 21) && (name != "GOAUTH" || goMinor >= 24)))
        {
            // go env prints GOENV=off as empty.
            var expected = name == "GOENV" ? "" : pins.Variables[name];
            if (resolved[name] != expected && !(name == "GOENV" && resolved[name] == "off"))
            {
                findings.Add(new(GoEnvironmentDiagnostics.PinIneffective, name,
                    new($"pinned to '{Redaction.Value(name, expected)}', but the go command says '{Redaction.Value(name, resolved[name])}'",
                        $"固定为 '{Redaction.Value(name, expected)}',但 go 命令得到 '{Redaction.Value(name, resolved[name])}'"),
                    new("Look into GOROOT/go.env and what the go command on PATH really is", "请检查 GOROOT/go.env 以及 PATH 上的 go 命令究竟是什么")));
            }
        }

        return findings;
    }

    private static SortedDictionary<string, string> Redacted(IReadOnlyDictionary<string, string> values) =>
        new(values.ToDictionary(pair => pair.Key, pair => Redaction.Value(pair.Key, pair.Value)), StringComparer.Ordinal);
}
