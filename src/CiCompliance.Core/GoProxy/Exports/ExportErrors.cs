using CiCompliance.Go;
using CiCompliance.Go.Sumdb;

namespace CiCompliance.GoProxy.Exports;

internal static class ExportErrors
{
    public static CiComplianceException Refused(string origin, LocalizedText what, Exception? cause = null) => new(GoProxyDiagnostics.ExportRefused, origin, what,
        new("Take nothing from it; fetch the export again from those who made it, and their key by another way", "请勿使用;请重新向制作者获取导出,并经其他途径获取其公钥"), cause);

    public static CiComplianceException Contradicted(ModuleVersion module, SumdbRecord known) => new(GoProxyDiagnostics.ExportContradicts, module.ToString(),
        new($"the export has another content than this proxy recorded: {known.Zip}", $"导出的内容与本代理的记录不同:{known.Zip}"),
        new("Nothing was taken in; find out which of both is the module, and tell those who run the other proxy", "未导入任何内容;请查明哪一方才是该模块,并告知另一代理的管理者"));

    public static CiComplianceException NotEmpty(string path) => new(GoProxyDiagnostics.ExportUnusable, path,
        new("the folder is not empty", "目录非空"), new("Name a new folder", "请指定新目录"));

    public static CiComplianceException NotUsable(string path, Exception cause) => new(GoProxyDiagnostics.ExportUnusable, path,
        new($"it cannot be read or written: {cause.Message}", $"无法读写:{cause.Message}"), new("Look at the disk and its permissions", "请检查磁盘与权限"), cause);
}
