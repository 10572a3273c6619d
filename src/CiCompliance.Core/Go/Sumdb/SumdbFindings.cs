namespace CiCompliance.Go.Sumdb;

internal static class SumdbFindings
{
    public static Finding Unavailable(string origin, string why) => new(DependencyDiagnostics.DatabaseUnavailable, origin,
        new($"the checksum database gave no answer ({why})", $"校验和数据库没有给出答复({why})"),
        new("Check that GOPROXY and the database can be reached from here and run again; nothing is believed without its answer",
            "请确认此处能访问 GOPROXY 和校验和数据库后重试;没有答复时一律不予采信"));

    public static Finding NoToken(ModuleVersion module) => new(DependencyDiagnostics.DatabaseUnavailable, module.ToString(),
        new("the module proxy says nothing of it without a token that it knows (/lookup answered 401)", "没有其认可的令牌,模块代理不提供该模块的信息(/lookup 返回 401)"),
        ProxyToken.GiveIt);

    public static Finding NotInDatabase(ModuleVersion module, string database) => new(DependencyDiagnostics.NotInDatabase, module.ToString(),
        new($"{database} has no record of it, so nobody but go.sum vouches for it", $"{database} 中没有它的记录,只有 go.sum 为其担保"),
        new("For a private module run a database of your own (cicompliance serve goproxy) and pin its key in the policy (go.sumdb); otherwise check path and version",
            "私有模块请运行自己的校验和数据库(cicompliance serve goproxy)并在策略中固定其密钥(go.sumdb);否则请检查路径与版本"));

    public static Finding FalseAnswer(ModuleVersion module, string why) => new(DependencyDiagnostics.FalseAnswer, module.ToString(),
        new($"the answer of the checksum database is false: {why}", $"校验和数据库的答复不可信:{why}"),
        new("Don't build with this proxy; compare its answer with the database itself", "请勿使用该代理构建;请与校验和数据库本身的答复比对"));

    public static Finding NotProved(ModuleVersion module) => new(DependencyDiagnostics.NotProved, module.ToString(),
        new("its record is not in the tree that the database signed", "它的记录不在数据库签名的树中"),
        new("Don't build with this proxy: it shows a record that the log doesn't hold", "请勿使用该代理构建:它给出了日志中没有的记录"));

    public static Finding Forked(string database, long older, long newer) => new(DependencyDiagnostics.Forked, database,
        new($"its signed tree heads of size {older} and {newer} are of different histories", $"其签名的树头(大小 {older} 与 {newer})属于不同的历史"),
        new("Keep both tree heads and tell the operator of the database: one of them was made for somebody", "请保留两个树头并告知数据库运营方:其中之一是为特定对象伪造的"));
}
