using CiCompliance.Go;
using CiCompliance.Policy;

namespace CiCompliance.BinaryHardening;

/// <summary>How much C a program brings in when cgo is on.</summary>
public enum CgoUse
{
    /// <summary>None, or cgo is off.</summary>
    None,

    /// <summary>Only through the standard library (net, os/user): linked internally, imports from libc.</summary>
    StandardLibrary,

    /// <summary>Its own or a module's <c>import "C"</c>: Go links such programs externally.</summary>
    Own,
}

/// <summary>One thing the plan adds to the fixed flags, and why.</summary>
public sealed record PlannedFlag(string Flag, LocalizedText Reason);

/// <summary>
/// The flags that make a hardened binary with the toolchain at hand: the fixed set, verbatim, and what makes it true. Nothing follows
/// from a plan; only the ELF it leads to is judged.
/// </summary>
/// <param name="Arguments">Behind <c>go build</c>.</param>
/// <param name="Environment">Over the environment of the go command.</param>
/// <param name="NeedsCCompiler">Whether the link or the packages call a C compiler.</param>
public sealed record FlagPlan(
    BuildTarget Target,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<PlannedFlag> Added,
    bool NeedsCCompiler)
{
    /// <summary>The fixed linker flags. By themselves they change nothing where Go links internally, which ignores -extldflags.</summary>
    public const string FixedLinkerFlags = "-s -w -extldflags '-z relro -z now'";

    private static readonly ToolchainVersion BindNowSince = new(1, 23);

    // 1.26 and later lay .got.plt in the last RELRO page; 1.25 was not measured and is treated alike: external links are right everywhere.
    private static readonly ToolchainVersion TailPageSince = new(1, 25);
    private static readonly ToolchainVersion Loong64InternalPieSince = new(1, 25);

    /// <param name="host">Where the go command runs: only there is a C compiler at hand.</param>
    /// <exception cref="CiComplianceException">No such build exists (CIC6004); says what to do.</exception>
    public static FlagPlan For(ToolchainVersion version, BuildTarget target, BuildTarget host, CgoUse cgo, StaticPolicy staticPolicy)
    {
        if (target.Os != "linux" || !ElfMachine.IsKnownGoArch(target.Arch))
        {
            throw Impossible(target, new($"outputs for {target} cannot be judged", $"无法判定 {target} 的产物"),
                new("Use linux/amd64, linux/arm64, linux/loong64 or linux/riscv64", "请使用 linux/amd64、linux/arm64、linux/loong64 或 linux/riscv64"));
        }

        if (cgo != CgoUse.None && target != host)
        {
            throw Impossible(target, new($"cgo needs a C compiler for {target}, and this is {host}", $"cgo 需要 {target} 的 C 编译器,当前主机为 {host}"),
                new("Build it on a machine of that kind, or set build.cgo: false", "请在该平台上构建,或设置 build.cgo: false"));
        }

        if (staticPolicy == StaticPolicy.Allowed)
        {
            return cgo == CgoUse.None ? PlainStatic(target) : StaticPie(target);
        }

        if (version >= BindNowSince && HasInternalPie(version, target.Arch) && !(version >= TailPageSince && cgo != CgoUse.None))
        {
            return InternalPie(target, cgo);
        }

        return target == host ? ExternalPie(version, target, cgo) : throw Impossible(target,
            new($"{version} links a hardened program for {target} only with a C compiler for it, and this is {host}",
                $"{version} 需要 {target} 的 C 编译器才能链接加固程序,当前主机为 {host}"),
            new(target.Arch == "riscv64" ? "Build it on a riscv64 machine, or set binary.static: allowed" : "Use a newer Go (1.25 builds amd64, arm64 and loong64), or set binary.static: allowed",
                target.Arch == "riscv64" ? "请在 riscv64 机器上构建,或设置 binary.static: allowed" : "请使用更新的 Go(1.25 支持 amd64、arm64、loong64),或设置 binary.static: allowed"));
    }

    private static bool HasInternalPie(ToolchainVersion version, string arch) => arch switch
    {
        "amd64" or "arm64" => true,
        "loong64" => version >= Loong64InternalPieSince,
        _ => false,
    };

    private static FlagPlan InternalPie(BuildTarget target, CgoUse cgo) => Plan(target, cgo != CgoUse.None, cgo != CgoUse.None, ["-buildmode=pie"],
        "-bindnow " + FixedLinkerFlags,
    [
        Pie,
        new("-bindnow", new("Go's own linker ignores -extldflags; this makes it bind at start and put the GOT inside RELRO",
            "Go 内部链接器忽略 -extldflags;此参数使其启动时绑定并将 GOT 置于 RELRO 内")),
    ]);

    private static FlagPlan ExternalPie(ToolchainVersion version, BuildTarget target, CgoUse cgo) => Plan(target, true, true, ["-buildmode=pie"],
        "-linkmode=external " + FixedLinkerFlags,
    [
        Pie,
        new("-linkmode=external", version < BindNowSince
            ? new("before Go 1.23 only the system linker makes full RELRO", "Go 1.23 之前只有系统链接器能实现完整 RELRO")
            : cgo != CgoUse.None
                ? new("this Go's own linker leaves imported addresses in the last, writable page of RELRO", "此版本 Go 的内部链接器会把导入地址留在 RELRO 可写的末页")
                : new("Go's own linker makes no position-independent programs for this machine", "Go 内部链接器不支持该平台的 PIE")),
        new("CGO_ENABLED=1", new("external linking needs cgo", "外部链接需要启用 cgo")),
    ]);

    private static FlagPlan StaticPie(BuildTarget target) => Plan(target, true, true, ["-buildmode=pie"],
        "-linkmode=external -s -w -extldflags '-static-pie -z relro -z now'",
    [
        Pie,
        new("-linkmode=external", new("static programs with C are linked by the system linker", "含 C 代码的静态程序由系统链接器链接")),
        new("-static-pie", new("the policy allows static outputs: this one runs without any library and is hardened all the same",
            "策略允许静态产物:该程序不依赖任何库,同时保持加固")),
    ]);

    private static FlagPlan PlainStatic(BuildTarget target) => Plan(target, false, false, [], FixedLinkerFlags,
    [
        new("CGO_ENABLED=0", new("the policy allows static outputs: no library, no GOT, so RELRO is not applicable",
            "策略允许静态产物:无库、无 GOT,RELRO 不适用")),
    ]);

    private static PlannedFlag Pie => new("-buildmode=pie", new("a program at a fixed address has no address space randomisation", "固定地址的程序无法启用地址随机化"));

    private static FlagPlan Plan(BuildTarget target, bool cgo, bool compiler, string[] mode, string linkerFlags, IReadOnlyList<PlannedFlag> added) =>
        new(target, ["-trimpath", "-buildvcs=false", .. mode, "-ldflags", linkerFlags],
            new Dictionary<string, string> { ["CGO_ENABLED"] = cgo ? "1" : "0", ["GOOS"] = target.Os, ["GOARCH"] = target.Arch }, added, compiler);

    private static CiComplianceException Impossible(BuildTarget target, LocalizedText what, LocalizedText fix) =>
        new(HardeningDiagnostics.NoHardenedBuild, target.ToString(), what, fix);
}
