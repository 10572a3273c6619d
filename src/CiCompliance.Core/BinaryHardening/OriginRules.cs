using CiCompliance.Attestations;
using CiCompliance.Go;
using CiCompliance.Provenance;

namespace CiCompliance.BinaryHardening;

/// <summary>Whether a binary's own build information agrees with the verified modules and with the recorded command.</summary>
public static class OriginRules
{
    /// <param name="moduleDirectory">As in <c>source.json</c>: a folder replacement must stay inside the tree.</param>
    /// <param name="output">The binary as it is now.</param>
    public static IReadOnlyList<HardeningProperty> Judge(
        HardeningReport report, DependencyRecord dependencies, string moduleDirectory, RecordedBuild build, Subject output) =>
    [
        Row("digest", build.Subject == output ? null : ("another file than the one that was built", "不是所构建的文件")),
        Modules(report.BuildInfo is { } info ? WrongModule(info, dependencies, moduleDirectory, build) : Nothing, dependencies.Vendor),
        Row("command", report.BuildInfo is { } settings ? OtherCommand(report, settings, build) : Nothing),
    ];

    // A vendor folder that only the commit signatures cover was compared with nothing.
    private static HardeningProperty Modules((string En, string Zh)? problem, VendorMode vendor) =>
        problem is null && vendor == VendorMode.SourceSigned
            ? new("modules", Verdict.NotApplicable, new("built from the vendor folder, which only the commit signatures cover", "由 vendor 目录构建,仅受提交签名保护"))
            : Row("modules", problem);

    private static (string En, string Zh) Nothing => ("no build information to compare", "没有可比对的构建信息");

    private static (string En, string Zh)? WrongModule(GoBuildInfo info, DependencyRecord dependencies, string moduleDirectory, RecordedBuild build)
    {
        if (info.Main?.Path != dependencies.GoModule || info.Main.Replacement is not null)
        {
            return ("the main module is not the verified one", "主模块不是已验证的模块");
        }

        var verified = dependencies.Modules.Where(module => module.Verdict is Verdict.Pass or Verdict.NotApplicable && module.ZipH1 is not null)
            .Select(module => (module.Path, module.Version, module.ZipH1!)).ToHashSet();

        // With -mod=vendor the go command records no hash; the folder itself was compared with the proven zips.
        if (dependencies.Vendor != VendorMode.None && build.Environment.GetValueOrDefault("GOFLAGS") == "-mod=vendor")
        {
            verified.UnionWith([.. verified.Select(module => (module.Path, module.Version, ""))]);
        }

        foreach (var module in info.Dependencies)
        {
            var built = module.Effective;
            var known = module.Replacement is { Version: "" } folder ? IsInTree(folder.Path, moduleDirectory) : verified.Contains((built.Path, built.Version, built.Sum));
            if (!known)
            {
                var name = SafeText.Line($"{built.Path}@{built.Version}", 200);
                return ($"{name} is not among the verified modules with that hash", $"{name} 不在已验证的模块之中,或哈希不同");
            }
        }

        return null;
    }

    private static bool IsInTree(string path, string moduleDirectory)
    {
        if (!path.StartsWith("./", StringComparison.Ordinal) && !path.StartsWith("../", StringComparison.Ordinal) && path is not ("." or ".."))
        {
            return false;
        }

        var depth = moduleDirectory.Split('/', StringSplitOptions.RemoveEmptyEntries).Length;
        foreach (var element in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            depth += element switch { "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
            {
                return false;
            }
        }

        return true;
    }

    private static (string En, string Zh)? OtherCommand(HardeningReport report, GoBuildInfo info, RecordedBuild build)
    {
        var expected = new Dictionary<string, string?>
        {
            ["-trimpath"] = build.Command.Contains("-trimpath") ? "true" : null,
            ["CGO_ENABLED"] = build.Environment.GetValueOrDefault("CGO_ENABLED"),
            ["GOOS"] = build.Target.Split('/')[0],
            ["GOARCH"] = build.Target.Split('/')[^1],
            // The checkout has no .git, and -buildvcs=false says so.
            ["vcs"] = null,
            ["vcs.revision"] = null,
            ["vcs.modified"] = null,
            ["-tags"] = null,
            ["-gcflags"] = null,
            ["-asmflags"] = null,
            ["-race"] = null,
            ["-cover"] = null,
        };
        var other = expected.FirstOrDefault(setting => info.Setting(setting.Key) != setting.Value).Key;
        if (other is not null)
        {
            return ($"{other} is recorded as '{Shown(info.Setting(other))}', and the command says '{Shown(expected[other])}'",
                $"{other} 记录为 '{Shown(info.Setting(other))}',而命令为 '{Shown(expected[other])}'");
        }

        // -trimpath keeps -ldflags out; where it stands, it must be ours.
        var linker = build.Command.SkipWhile(argument => argument != "-ldflags").Skip(1).FirstOrDefault();
        return info.Setting("-ldflags") is { } recorded && recorded != linker ? ("-ldflags are not those of the command", "-ldflags 与命令不一致")
            : IsOtherMode(info, build) ? ("another -buildmode than the command's", "-buildmode 与命令不一致")
            : info.GoVersion != build.GoVersion ? ($"built by {Shown(info.GoVersion)} instead of {Shown(build.GoVersion)}", $"由 {Shown(info.GoVersion)} 构建,应为 {Shown(build.GoVersion)}")
            : info.Path != build.Package ? ("another main package", "main 包不同")
            : report.GoArch != expected["GOARCH"] ? ("machine code for another target", "机器码与目标平台不符")
            : null;
    }

    // Go 1.19 records no build mode at all; the ELF says whether it is position-independent.
    private static bool IsOtherMode(GoBuildInfo info, RecordedBuild build) => info.Setting("-buildmode") is { } recorded
        && recorded != (build.Command.FirstOrDefault(argument => argument.StartsWith("-buildmode=", StringComparison.Ordinal))?["-buildmode=".Length..] ?? "exe");

    private static string Shown(string? value) => SafeText.Line(value ?? "", 100);

    private static HardeningProperty Row(string id, (string En, string Zh)? problem) => problem is { } text
        ? new(id, Verdict.Fail, new(text.En, text.Zh))
        : new(id, Verdict.Pass, new("as recorded", "与记录一致"));
}
