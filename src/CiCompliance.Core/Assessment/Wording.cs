using System.Globalization;

namespace CiCompliance.Assessment;

/// <summary>The words of reports, in both languages.</summary>
internal static class Wording
{
    public static LocalizedText Of(Verdict verdict) => verdict switch
    {
        Verdict.Pass => new("Passed", "通过"),
        Verdict.Fail => new("Failed", "不通过"),
        Verdict.NotApplicable => new("Not applicable", "不适用"),
        _ => new("Undecided", "未判定"),
    };

    public static LocalizedText Of(ClauseStatus status) => status switch
    {
        ClauseStatus.Supported => new("Supported", "支持"),
        ClauseStatus.Partly => new("Partly", "部分支持"),
        ClauseStatus.NotApplicable => new("Not applicable", "不适用"),
        ClauseStatus.Demonstrated => new("Demonstrated", "仅演示"),
        _ => new("Not shown", "未体现"),
    };

    public static LocalizedText Of(Obligation obligation) => obligation switch
    {
        Obligation.Shall => new("shall", "应"),
        Obligation.Should => new("should", "宜"),
        Obligation.May => new("may", "可"),
        Obligation.Voluntary => new("voluntary", "自愿"),
        _ => new("text not read", "未读原文"),
    };

    public static LocalizedText Of(ClauseProvenance provenance) => provenance switch
    {
        ClauseProvenance.Found => new("found", "二手资料所载"),
        ClauseProvenance.Counted => new("counted", "推算编号"),
        _ => new("from memory", "未经核对"),
    };

    public static LocalizedText Stage(string name) => name switch
    {
        "environment" => new("Environment", "构建环境"),
        "source" => new("Source", "源代码"),
        "dependencies" => new("Dependencies", "依赖"),
        "build" => new("Build", "构建"),
        "binary" => new("Binary hardening", "二进制加固"),
        "sbom" => new("SBOM", "物料清单"),
        "sign" => new("Signatures", "签名"),
        "record" => new("Transparency log", "透明日志"),
        "assess" => new("Assessment", "条款对照"),
        "seal" => new("Seal", "封存"),
        _ => new(SafeText.Line(name, 64), SafeText.Line(name, 64)),
    };

    /// <summary>UTC for English, Beijing time for Chinese readers; both say which.</summary>
    public static LocalizedText Time(DateTimeOffset time) => new(
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
        time.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss '北京时间'", CultureInfo.InvariantCulture));

    public static string Duration(long milliseconds) => milliseconds switch
    {
        < 0 => "–",
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 100 / 10.0:0.0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 60_000} min {milliseconds / 1000 % 60:00} s"),
    };

    public static string Size(long bytes) => bytes.ToString("#,0", CultureInfo.InvariantCulture) + " B";
}
