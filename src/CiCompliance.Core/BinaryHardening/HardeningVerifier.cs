using CiCompliance.Go;
using CiCompliance.Policy;

namespace CiCompliance.BinaryHardening;

/// <summary>Judges a Linux program by its own bytes. Flags, build logs and build info are never asked.</summary>
public static class HardeningVerifier
{
    /// <exception cref="CiComplianceException">No ELF program that can be judged (CIC6001), or not readable (CIC6002).</exception>
    public static HardeningReport Verify(string path, BinaryPolicy policy)
    {
        try
        {
            using var file = ElfFile.Open(path);
            return Judge(file, policy);
        }
        catch (ElfFormatException e)
        {
            throw new CiComplianceException(HardeningDiagnostics.NotJudged, path,
                new($"it cannot be judged: {e.Message}", $"无法判定:{e.Message}"),
                new("Give the linked Linux program itself, whole and unpacked", "请提供完整、未加壳的 Linux 可执行文件"), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(HardeningDiagnostics.NotReadable, path,
                new($"it cannot be read ({e.GetType().Name})", $"无法读取({e.GetType().Name})"),
                new("Check the path and its permissions", "请检查路径与权限"), e);
        }
    }

    internal static HardeningReport Judge(ElfFile file, BinaryPolicy policy)
    {
        var kind = KindOf(file);
        var (buildInfo, buildInfoRow) = JudgeBuildInfo(file);
        return new HardeningReport(file.Machine.Format, file.Machine.GoArch, kind,
        [
            RelroRule.Judge(file, kind),
            JudgeBindNow(file, kind),
            JudgePie(kind, policy),
            JudgeStack(file),
            JudgeLoads(file),
            JudgeTextRelocations(file),
            JudgeStripped(file),
            JudgeRPath(file),
            JudgeNeeded(file, policy),
            buildInfoRow,
            JudgeInterpreter(file),
        ], buildInfo);
    }

    private static LinkKind KindOf(ElfFile file) => file switch
    {
        { IsPositionIndependent: false, Dynamic: null, Interpreter: null } => LinkKind.Static,
        { IsPositionIndependent: false } => LinkKind.Dynamic,
        { Interpreter: not null } => LinkKind.Pie,
        _ => ((file.Dynamic?.Value(ElfDynamicTable.Flags1) ?? 0) & 0x08000000) != 0 ? LinkKind.StaticPie : LinkKind.SharedObject,
    };

    private static HardeningProperty JudgeBindNow(ElfFile file, LinkKind kind) =>
        kind == LinkKind.Static ? Row(HardeningProperties.BindNow, Verdict.NotApplicable, "static: nothing is bound at run time", "静态链接:运行时无绑定")
        : RelroRule.BindsNow(file) ? Row(HardeningProperties.BindNow, Verdict.Pass, "BIND_NOW is set", "已设置 BIND_NOW")
        : Row(HardeningProperties.BindNow, Verdict.Fail, "BIND_NOW is not set: functions are bound lazily", "未设置 BIND_NOW:函数延迟绑定");

    private static HardeningProperty JudgePie(LinkKind kind, BinaryPolicy policy) => kind switch
    {
        LinkKind.Pie => Row(HardeningProperties.Pie, Verdict.Pass, "position-independent executable", "位置无关可执行文件(PIE)"),
        LinkKind.StaticPie => Row(HardeningProperties.Pie, Verdict.Pass, "static position-independent executable", "静态位置无关可执行文件(static-pie)"),
        LinkKind.Static when policy.Static == StaticPolicy.Allowed => Row(HardeningProperties.Pie, Verdict.NotApplicable,
            "static at a fixed address, which the policy allows", "固定地址的静态程序,策略允许"),
        LinkKind.Static => Row(HardeningProperties.Pie, Verdict.Fail,
            "static at a fixed address; build with -buildmode=pie or set binary.static: allowed", "固定地址的静态程序;请使用 -buildmode=pie 构建,或设置 binary.static: allowed"),
        LinkKind.Dynamic => Row(HardeningProperties.Pie, Verdict.Fail, "linked at a fixed address; build with -buildmode=pie", "链接到固定地址;请使用 -buildmode=pie 构建"),
        _ => Row(HardeningProperties.Pie, Verdict.Fail, "a shared object, not a program", "是共享库而非可执行程序"),
    };

    private static HardeningProperty JudgeStack(ElfFile file) => file.Single(ElfSegment.GnuStack) switch
    {
        null => Row(HardeningProperties.NxStack, Verdict.Fail, "PT_GNU_STACK is missing: the stack may be executable", "缺少 PT_GNU_STACK:栈可能可执行"),
        { IsExecutable: true } => Row(HardeningProperties.NxStack, Verdict.Fail, "the stack is executable", "栈可执行"),
        _ => Row(HardeningProperties.NxStack, Verdict.Pass, "the stack is not executable", "栈不可执行"),
    };

    private static HardeningProperty JudgeLoads(ElfFile file) =>
        file.Segments.Any(segment => segment is { Type: ElfSegment.Load, IsWritable: true, IsExecutable: true })
            ? Row(HardeningProperties.NoWx, Verdict.Fail, "a LOAD segment is writable and executable", "存在既可写又可执行的 LOAD 段")
            : Row(HardeningProperties.NoWx, Verdict.Pass, "no segment is writable and executable", "没有既可写又可执行的段");

    private static HardeningProperty JudgeTextRelocations(ElfFile file) =>
        file.Dynamic is { } dynamic && (dynamic.Has(ElfDynamicTable.TextRel) || ((dynamic.Value(ElfDynamicTable.Flags) ?? 0) & 4) != 0)
            ? Row(HardeningProperties.NoTextRel, Verdict.Fail, "the loader must write to code (TEXTREL)", "加载器需要改写代码段(TEXTREL)")
            : Row(HardeningProperties.NoTextRel, Verdict.Pass, "no text relocations", "没有代码段重定位");

    private static HardeningProperty JudgeStripped(ElfFile file)
    {
        var left = file.Sections.FirstOrDefault(section => section.Type == ElfSection.SymbolTable || section.Name == ".symtab"
            || section.Name.StartsWith(".debug_", StringComparison.Ordinal) || section.Name.StartsWith(".zdebug_", StringComparison.Ordinal));
        return left.Name is { } name
            ? Row(HardeningProperties.Stripped, Verdict.Fail, $"section {Shown(name)} is still there; link with -s -w", $"仍含有 {Shown(name)} 节;请用 -s -w 链接")
            : Row(HardeningProperties.Stripped, Verdict.Pass, "no symbol table and no debug information", "没有符号表和调试信息");
    }

    private static HardeningProperty JudgeRPath(ElfFile file) =>
        file.Dynamic is { } dynamic && (dynamic.Has(ElfDynamicTable.RPath) || dynamic.Has(ElfDynamicTable.RunPath))
            ? Row(HardeningProperties.NoRPath, Verdict.Fail, "an RPATH or RUNPATH says where libraries are looked for", "存在 RPATH 或 RUNPATH 库搜索路径")
            : Row(HardeningProperties.NoRPath, Verdict.Pass, "no RPATH or RUNPATH", "没有 RPATH 或 RUNPATH");

    private static HardeningProperty JudgeNeeded(ElfFile file, BinaryPolicy policy)
    {
        if (file.Dynamic is not { } dynamic)
        {
            return Row(HardeningProperties.Needed, Verdict.NotApplicable, "static: no libraries are loaded", "静态链接:不加载任何库");
        }

        // Audit and filter entries load libraries too, and run them first.
        var loaders = new[] { ElfDynamicTable.Audit, ElfDynamicTable.DepAudit, ElfDynamicTable.Auxiliary, ElfDynamicTable.Filter };
        if (loaders.Any(dynamic.Has))
        {
            return Row(HardeningProperties.Needed, Verdict.Fail, "an audit or filter library is loaded", "会加载审计(audit)或过滤(filter)库");
        }

        var needed = dynamic.Strings(ElfDynamicTable.Needed);
        return needed.FirstOrDefault(name => !policy.NeededLibraries.Any(allowed => Matches(allowed, name))) is { } unknown
            ? Row(HardeningProperties.Needed, Verdict.Fail,
                $"library {Shown(unknown)} is not in the policy's binary.needed", $"库 {Shown(unknown)} 不在策略 binary.needed 中")
            : Row(HardeningProperties.Needed, Verdict.Pass,
                needed.Count == 0 ? "no libraries are loaded" : $"only allowed libraries: {string.Join(", ", needed)}",
                needed.Count == 0 ? "不加载任何库" : $"仅加载允许的库:{string.Join(", ", needed)}");
    }

    // A star stands at the end only, and for a version: never for another name.
    private static bool Matches(string allowed, string name) => allowed.EndsWith('*')
        ? name.Length >= allowed.Length && name.StartsWith(allowed[..^1], StringComparison.Ordinal) && !name.Contains('/')
        : name == allowed;

    private static HardeningProperty JudgeInterpreter(ElfFile file) => file.Interpreter switch
    {
        null => Row(HardeningProperties.Interpreter, Verdict.NotApplicable, "no interpreter", "没有解释器"),
        var name when file.Machine.Interpreters.Contains(name) => Row(HardeningProperties.Interpreter, Verdict.Pass, name, name),
        var name => Row(HardeningProperties.Interpreter, Verdict.Fail,
            $"{Shown(name)} is not the machine's system loader", $"{Shown(name)} 不是该平台的系统加载器"),
    };

    private static (GoBuildInfo? Info, HardeningProperty Row) JudgeBuildInfo(ElfFile file)
    {
        try
        {
            var info = GoBuildInfo.Read(file);
            return (info, Row(HardeningProperties.BuildInfo, Verdict.Pass,
                $"{Shown(info.GoVersion)}, {info.Dependencies.Count} modules", $"{Shown(info.GoVersion)},{info.Dependencies.Count} 个模块"));
        }
        catch (BuildInfoException e)
        {
            return (null, Row(HardeningProperties.BuildInfo, Verdict.Fail,
                $"no readable Go build information: {e.Message}", $"没有可读的 Go 构建信息:{e.Message}"));
        }
    }

    private static string Shown(string name) => SafeText.Line(name, 200);

    private static HardeningProperty Row(string id, Verdict verdict, string en, string zh) => new(id, verdict, new(en, zh));
}
