namespace CiCompliance.Source;

/// <summary>The failures of reading a repository, worded once for all engines.</summary>
public static class SourceFailures
{
    public static CiComplianceException NotARepository(string directory, Exception? cause = null) =>
        new(SourceDiagnostics.NotARepository, directory,
            new("neither this folder nor one above it is a git repository", "此目录及其上级目录均不是 git 仓库"),
            new("Give a folder of a clone with --project", "请用 --project 指定克隆仓库中的目录"), cause);

    public static CiComplianceException UnknownRevision(string revision) =>
        new(SourceDiagnostics.UnknownRevision, Printable(revision),
            new("no commit, or more than one, has this name", "没有提交或有多个提交与此名称对应"),
            new("Fetch it, or give the full commit id", "请先获取该提交,或给出完整提交号"));

    /// <summary>A lightweight tag has no object that could be signed: where a rule is about its name, that is a refusal.</summary>
    public static Finding LightweightTag(string name) => new(SourceDiagnostics.Unsigned, "tag " + Printable(name),
        new("it is a lightweight tag, or was fetched as one, and a rule of the policy wants it signed", "它是轻量标签,或被作为轻量标签获取,而策略规则要求其签名"),
        new("Make it with git tag -s; in GitHub Actions fetch it again: git fetch --force origin tag NAME", "请用 git tag -s 创建;GitHub Actions 中请重新获取:git fetch --force origin tag NAME"));

    public static CiComplianceException Missing(string oid) =>
        new(SourceDiagnostics.MissingObject, $"object {oid}",
            new("the repository lacks it, as a partial clone does", "仓库缺少该对象(例如部分克隆)"),
            new("Clone again without --filter, or run: git fetch --refetch --no-filter origin", "请不带 --filter 重新克隆,或运行:git fetch --refetch --no-filter origin"));

    public static CiComplianceException Corrupt(string oid, Exception? cause = null) =>
        new(SourceDiagnostics.CorruptObject, $"object {oid}",
            new("the bytes stored under this id have another id", "存于此编号下的内容与编号不符"),
            new("Run git fsck and clone again from a place you trust", "请运行 git fsck,并从可信来源重新克隆"), cause);

    public static CiComplianceException Malformed(string origin, string why) =>
        new(SourceDiagnostics.MalformedObject, origin,
            new($"the object is malformed: {why}", $"对象格式错误:{why}"),
            new("Rewrite the commit that brought it in; git fsck names it", "请重写引入它的提交;git fsck 会指出该对象"));

    public static CiComplianceException TooLarge(string origin, LocalizedText what) =>
        new(SourceDiagnostics.TooLarge, origin, what,
            new("Make it smaller, or verify a shorter range with --base", "请缩小该对象,或用 --base 验证更短的范围"));

    public static CiComplianceException ObjectTooLarge(string oid, long size, long maxBytes) =>
        TooLarge($"object {oid}", new($"it has {size} bytes, more than {maxBytes}", $"大小为 {size} 字节,超过 {maxBytes}"));

    public static CiComplianceException UnsafeTree(string origin, LocalizedText what) =>
        new(SourceDiagnostics.UnsafeTree, Printable(origin), what,
            new("Rename or remove it in a new signed commit", "请在新的签名提交中重命名或删除它"));

    public static CiComplianceException EngineFailed(string engine, LocalizedText what, Exception? cause = null) =>
        new(SourceDiagnostics.EngineFailed, engine, what,
            new("Run git fsck in the repository; if it is clean, run again", "请在仓库中运行 git fsck;若无误请重试"), cause);

    public static CiComplianceException NoEngine() =>
        new(SourceDiagnostics.NoEngine, "git",
            new("git is not on PATH, and libgit2 cannot read this repository", "PATH 中没有 git,且 libgit2 无法读取此仓库"),
            new("Install git 2.36 or later", "请安装 git 2.36 或更高版本"));

    /// <summary>A name from the repository or the command line, safe for a terminal and short.</summary>
    internal static string Printable(string text) => SafeText.Line(text, 300);
}
