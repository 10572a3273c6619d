namespace CiCompliance.TransparencyLog;

internal static class LogErrors
{
    public static CiComplianceException Damaged(string path, string en, string zh, Exception? cause = null) =>
        new(LogDiagnostics.Damaged, path, new($"the log is damaged: {en}", $"日志已损坏:{zh}"),
            new("Restore the folder from a backup; never delete its checkpoint", "请从备份恢复该目录;切勿删除其检查点"), cause);

    public static CiComplianceException InUse(string path, Exception cause) =>
        new(LogDiagnostics.InUse, path, new("another process is writing this folder", "另一个进程正在写入此目录"),
            new("Wait for it to end; a log has one writer", "请等待其结束;一个日志只能有一个写入者"), cause);

    public static CiComplianceException NotALog(string path, string missing) =>
        new(LogDiagnostics.NotALog, path, new($"there is no {missing} in this folder", $"此目录中没有 {missing}"),
            missing == LogFolder.DescriptionName
                ? new("Create the log with cicompliance log init, or correct log.path in the policy", "请用 cicompliance log init 创建,或更正策略中的 log.path")
                : new("Create it with cicompliance goproxy init, or correct the folder's name", "请用 cicompliance goproxy init 创建,或更正目录名"));

    public static CiComplianceException NotEmpty(string path) =>
        new(LogDiagnostics.NotEmpty, path, new("the folder is not empty", "目录非空"),
            new("Choose an empty folder; an existing log is never created again", "请选择空目录;已有日志不会重新创建"));

    public static CiComplianceException SigningKey(string path) =>
        new(LogDiagnostics.SigningKey, path, new("the log's key also signs evidence", "日志密钥同时用于签署证据"),
            new("Make a key for the log alone with cicompliance keys", "请用 cicompliance keys 为日志单独生成密钥"));

    public static CiComplianceException WrongKey(string path) =>
        new(LogDiagnostics.WrongKey, path, new("the given key is not the P-256 key of this log", "所给密钥不是此日志的 P-256 密钥"),
            new("Give the key that the log was created with as --log-key", "请用 --log-key 指定创建该日志时的密钥"));

    public static CiComplianceException NotWritable(string path, Exception? cause) =>
        new(LogDiagnostics.NotWritable, path,
            new($"it cannot be read or written ({cause?.Message ?? "an earlier write failed"})", $"无法读写({cause?.Message ?? "之前的写入失败"})"),
            new("Look at the disk and its permissions, then run the stage again", "请检查磁盘与权限后重新运行该阶段"), cause);

    public static CiComplianceException BadName(string name) =>
        new(LogDiagnostics.BadName, name, new("a log's name is a host name in lower case", "日志名称须为小写主机名"),
            new("Choose one such as log.example.org", "请使用如 log.example.org 的名称"));

    public static CiComplianceException EntryTooLarge(string path, int length) =>
        new(LogDiagnostics.EntryTooLarge, path,
            new($"an entry has {length} bytes, more than {EntryFile.MaxBody}", $"条目为 {length} 字节,超过 {EntryFile.MaxBody}"),
            new("Log a digest instead of the content", "请记录摘要而非内容"));
}
