using System.Globalization;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;

namespace CiCompliance.GoProxy;

/// <summary>What the proxy says when it gives nothing: <see cref="DiagnosticKind.NotCompliant"/> becomes 403, <see cref="DiagnosticKind.Undecided"/> 503.</summary>
internal static class Refusals
{
    private static LocalizedText Alarmed => new("Don't use this version; those who run the proxy have an alarm", "请勿使用该版本;代理管理者已收到告警");

    public static CiComplianceException Denied(ModuleVersion module, DeniedModules rule) => new(GoProxyDiagnostics.Denied, module.ToString(),
        rule.Reason is { } reason
            ? new($"the organisation's proxy denies it: {reason}", $"本组织的代理拒绝该模块:{reason}")
            : new("the organisation's proxy denies it", "本组织的代理拒绝该模块"),
        new("Use another version or module, or ask those who run the proxy", "请改用其他版本或模块,或联系代理的管理者"));

    public static CiComplianceException TooYoung(ModuleVersion module, TimeSpan age, TimeSpan minimum) => new(GoProxyDiagnostics.TooYoung, module.ToString(),
        new($"it has been public for {Hours(age)} h as far as can be proved; the policy wants {Hours(minimum)} h",
            $"可证明的公开时间为 {Hours(age)} 小时;策略要求 {Hours(minimum)} 小时"),
        new($"Take an older version, or try again in {Hours(minimum - age, up: true)} h", $"请使用更早的版本,或 {Hours(minimum - age, up: true)} 小时后重试"));

    public static CiComplianceException InvalidHash(ModuleVersion module, string file, string expected, string actual, string source, bool isKept) =>
        new(GoProxyDiagnostics.InvalidHash, module.ToString(),
            new($"{file} from {source} has {actual}, recorded is {expected}", $"{source} 给出的 {file} 为 {actual},记录为 {expected}"),
            isKept
                ? new("Don't use this version; the file is in quarantine, and those who run the proxy have an alarm", "请勿使用该版本;文件已隔离,代理管理者已收到告警")
                : Alarmed);

    public static CiComplianceException RecordChanged(ModuleVersion module, SumdbRecord known, string database, SumdbRecord other) =>
        new(GoProxyDiagnostics.InvalidHash, module.ToString(),
            new($"{database} now says {other.Zip}, it was recorded as {known.Zip}", $"{database} 现为 {other.Zip},原记录为 {known.Zip}"),
            Alarmed);

    public static CiComplianceException BadZip(ModuleVersion module, string source, string what, bool isKept, Exception? cause) => new(GoProxyDiagnostics.BadZip, module.ToString(),
        new($"what {source} gives is no module zip: {SafeText.Line(what, 200)}", $"{source} 给出的不是模块 zip:{SafeText.Line(what, 200)}"),
        isKept ? new("Don't use this version; the file is in quarantine", "请勿使用该版本;文件已隔离") : Alarmed, cause);

    public static CiComplianceException SourceFailed(string origin, Exception cause) => new(GoProxyDiagnostics.SourceFailed, origin,
        new(cause.Message, cause.Message),
        new("Try again; if it lasts, tell those who run the proxy", "请重试;若持续出现,请联系代理的管理者"), cause);

    public static CiComplianceException NotRecorded(ModuleVersion module, string database) => new(GoProxyDiagnostics.NotRecorded, module.ToString(),
        new($"{database} has no record of it", $"{database} 中没有它的记录"),
        new("Check path and version; a private module must be named in the proxy's configuration", "请检查路径与版本;私有模块须在代理配置中列出"));

    public static CiComplianceException DatabaseUnavailable(string origin, string database, Exception cause)
    {
        var why = cause is CiComplianceException known ? known.Finding.What : new(cause.Message, cause.Message);
        return new(GoProxyDiagnostics.DatabaseUnavailable, origin,
            new($"{database} gives no answer: {SafeText.Line(why.En, 200)}", $"{database} 没有答复:{SafeText.Line(why.Zh, 200)}"),
            new("Try again; without its answer nothing new is let through", "请重试;没有其答复时不放行任何新模块"), cause);
    }

    public static CiComplianceException DatabaseFalse(string origin, string database, string what, Exception? cause) => new(GoProxyDiagnostics.DatabaseFalse, origin,
        new($"what is said in the name of {database} is false: {SafeText.Line(what, 200)}", $"以 {database} 名义给出的内容不实:{SafeText.Line(what, 200)}"),
        new("Don't build; those who run the proxy have an alarm", "请勿构建;代理管理者已收到告警"), cause);

    public static CiComplianceException StorageFailed(string origin, Exception cause) => new(GoProxyDiagnostics.StorageFailed, origin,
        new($"it cannot be kept or read: {SafeText.Line(cause.Message, 200)}", $"无法保存或读取:{SafeText.Line(cause.Message, 200)}"),
        new("Those who run the proxy look at its disk; try again then", "请代理管理者检查磁盘后重试"), cause);

    public static CiComplianceException Busy(ModuleVersion module) => new(GoProxyDiagnostics.Busy, module.ToString(),
        new("too many requests for modules that are not here yet are waiting", "等待获取尚未缓存模块的请求过多"),
        new("Try again in a minute", "请一分钟后重试"));

    public static CiComplianceException OtherSpelling(ModuleVersion module) => new(GoProxyDiagnostics.Denied, module.ToString(),
        new("it is a private module's path in another spelling", "这是某私有模块路径的另一种写法"),
        new("Write the path as its go.mod does", "请按其 go.mod 中的写法书写路径"));

    private static string Hours(TimeSpan time, bool up = false) =>
        (up ? Math.Ceiling(time.TotalHours) : Math.Floor(time.TotalHours)).ToString("0", CultureInfo.InvariantCulture);
}
