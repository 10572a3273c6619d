namespace CiCompliance.Tool.CommandLine;

/// <summary>Every option of every verb. One option, one name: <c>--range</c> and <c>CICOMPLIANCE_RANGE</c>.</summary>
internal static class OptionTable
{
    public static readonly OptionDefinition Project = new("project", "DIR", new("the Go module's folder (default: here)", "Go 模块目录(默认:当前目录)"));
    public static readonly OptionDefinition Config = new("config", "FILE",
        new("policy file outside the repository (default: compliance.yml of --base)", "仓库之外的策略文件(默认:--base 中的 compliance.yml)"));
    public static readonly OptionDefinition Out = new("out", "DIR", new("evidence folder (default: artifacts/compliance)", "证据目录(默认:artifacts/compliance)"));
    public static readonly OptionDefinition Format = new("format", "text|json", new("form of the answer on standard output", "标准输出的格式"));
    public static readonly OptionDefinition Language = new("language", "zh|en", new("language of messages", "消息语言"));
    public static readonly OptionDefinition Quiet = new("quiet", null, new("no progress, only errors and the answer", "不显示进度,只显示错误和结果"));
    public static readonly OptionDefinition Help = new("help", null, new("this help", "显示帮助"));
    public static readonly OptionDefinition Version = new("version", null, new("the tool's version", "显示版本"));

    public static readonly OptionDefinition Repository = new("repository", "NAME",
        new("the repository's identity; must equal the policy's", "仓库标识,必须与策略一致"));
    public static readonly OptionDefinition Base = new("base", "REV",
        new("protected revision before the commits to verify (excluded)", "待验证提交之前的受保护版本(不含)"));
    public static readonly OptionDefinition Range = new("range", "A..B|ci",
        new("the same as --base A --commit B; ci: what GitHub Actions, GitLab CI or Jenkins say", "等同于 --base A --commit B;ci:取自 GitHub Actions、GitLab CI 或 Jenkins"));
    public static readonly OptionDefinition Protected = new("protected", "REV",
        new("revision whose policy and trust count (default: --base)", "以其策略和信任库为准的版本(默认:--base)"));
    public static readonly OptionDefinition Commit = new("commit", "REV", new("what is built and verified (default: HEAD)", "构建和验证的提交(默认:HEAD)"));
    public static readonly OptionDefinition Trust = new("trust", "FILE",
        new("trust store outside the repository (default: .cicompliance/trust.json of --base)", "仓库之外的信任库(默认:--base 中的 .cicompliance/trust.json)"));
    public static readonly OptionDefinition Go = new("go", "PATH", new("the go command (default: the first on PATH)", "go 命令(默认:PATH 中的第一个)"));
    public static readonly OptionDefinition ModuleCache = new("module-cache", "DIR",
        new("module cache to start from; its origin is unknown, so never a pass", "起始模块缓存;来源未知,因此不会判为通过"));
    public static readonly OptionDefinition Stages = new("stages", "A,B", new("only these stages", "只运行这些阶段"));
    public static readonly OptionDefinition Demonstration = new("demonstration", null,
        new("demonstration run: everything signed says so", "演示运行:所有签名内容都会注明"));

    public static readonly OptionDefinition ExpectDigest = new("expect-digest", "sha256:HEX",
        new("the evidence folder as an earlier job handed it over; compared before it is used", "前一作业交接的证据目录摘要;使用目录前先核对"));

    public static readonly OptionDefinition Resume = new("resume", null,
        new("complete evidence that an earlier run left because its log could not be reached: record, assess and seal", "完成此前因日志不可达而留待的证据:记录、评估并封存"));

    public static readonly OptionDefinition Unsealed = new("unsealed", null,
        new("the evidence folder was handed over without a seal; one in it is refused", "交接的证据目录未封存;其中若有封存则拒绝"));

    public static readonly OptionDefinition Form = new("form", "shell|go.env|dockerfile",
        new("lines for a shell (default), for Go's environment file, or for a Dockerfile", "输出为 shell(默认)、Go 环境文件或 Dockerfile 的行"));

    public static readonly OptionDefinition Sm2Key = Key("sm2-key", "SM2 signing key", "SM2 签名密钥");
    public static readonly OptionDefinition Sm2KeyPassphrase = Key("sm2-key-passphrase", "its passphrase", "其口令");
    public static readonly OptionDefinition Sm2Certificates = new("sm2-certificates", "FILE", new("its certificate chain, PEM", "其证书链,PEM"));
    public static readonly OptionDefinition P256Key = Key("p256-key", "P-256 signing key", "P-256 签名密钥");
    public static readonly OptionDefinition P256KeyPassphrase = Key("p256-key-passphrase", "its passphrase", "其口令");
    public static readonly OptionDefinition P256Certificates = new("p256-certificates", "FILE", new("its certificate chain, PEM", "其证书链,PEM"));
    public static readonly OptionDefinition LogKey = Key("log-key", "key of the embedded log, P-256", "内置日志密钥,P-256");
    public static readonly OptionDefinition LogKeyPassphrase = Key("log-key-passphrase", "its passphrase", "其口令");
    public static readonly OptionDefinition LogSm2Key = Key("log-sm2-key", "SM2 key that co-signs checkpoints", "为检查点联署的 SM2 密钥");
    public static readonly OptionDefinition LogSm2KeyPassphrase = Key("log-sm2-key-passphrase", "its passphrase", "其口令");

    public static readonly OptionDefinition ProxyToken = Key("proxy-token-file", "token that the policy's module proxy wants for private modules", "策略中的模块代理读取私有模块所需的令牌");
    public static readonly OptionDefinition Token = Key("token", "GitHub token; without it only the job's own page is written", "GitHub 令牌;省略时仅写入作业自身页面");
    public static readonly OptionDefinition Release = new("release", "TAG", new("release to attach the evidence to", "要附上证据的发行版"));

    public static readonly OptionDefinition Artifact = new("artifact", "FILE", new("the binary that was received", "收到的二进制文件"));
    public static readonly OptionDefinition Policy = new("policy", "FILE", new("the auditor's own policy", "审计方自己的策略"));
    public static readonly OptionDefinition Checkpoint = new("checkpoint", "FILE", new("last checkpoint the auditor saw", "审计方上次看到的检查点"));
    public static readonly OptionDefinition ConsistencyProof = new("consistency-proof", "FILE", new("proof from that checkpoint to this one", "从该检查点到当前检查点的一致性证明"));
    public static readonly OptionDefinition Witnesses = new("witnesses", "N", new("how many trusted witnesses must have co-signed (default: 0)", "需要的受信联署数量(默认:0)"));
    public static readonly OptionDefinition MinimumTool = new("minimum-tool", "VERSION", new("refuse evidence of older tools", "拒绝更早版本工具生成的证据"));
    public static readonly OptionDefinition AllowDemonstration = new("allow-demonstration", null, new("accept a demonstration run", "接受演示运行"));

    public static readonly OptionDefinition Role = new("role", "ROLE",
        new("committer, evidence-sm2, evidence-p256, log, witness, tsa, sumdb, publisher or goproxy-export", "committer、evidence-sm2、evidence-p256、log、witness、tsa、sumdb、publisher 或 goproxy-export"));
    public static readonly OptionDefinition Repositories = new("repository", "NAME",
        new("repository the key is trusted for; several times for several (default: every one); of a publisher or an export a path prefix of modules",
            "密钥受信任的仓库,可重复(默认:所有仓库);发布者与导出则为模块路径前缀"), Many: true);
    public static readonly OptionDefinition Committers = new("committer", "KEYRING",
        new("public keys that sign the repository's commits; several times for several files", "为仓库提交签名的公钥,可重复"), Many: true);
    public static readonly OptionDefinition Name = new("name", "NAME",
        new("the key's name; for a log or checksum database its host name, for a witness its line's name (default: what the file says; of init --sm2: user.name)",
            "密钥名称;日志与校验和数据库为其主机名,见证方为其签名行名称(默认:取自文件;init --sm2 为 user.name)"));
    public static readonly OptionDefinition ValidFrom = new("valid-from", "TIME", new("RFC 3339 time or date, UTC", "RFC 3339 时间或日期,UTC"));
    public static readonly OptionDefinition ValidUntil = new("valid-until", "TIME", new("RFC 3339 time or date, UTC", "RFC 3339 时间或日期,UTC"));
    public static readonly OptionDefinition Identity = new("identity", "MAIL",
        new("for committers: whose key it is, an address or *@example.cn; several times for several (default: what the file says)", "提交者密钥的持有人邮箱或 *@example.cn,可重复(默认:取自文件)"), Many: true);
    public static readonly OptionDefinition Forge = new("forge", null,
        new("for committers: the key is the forge's own; the policy says what it may sign", "提交者密钥属于代码托管平台自身;可签范围由策略规定"));
    public static readonly OptionDefinition NoTouchRequired = new("no-touch-required", null,
        new("for committers: what a security key (SSH sk-) signed counts also where nobody touched it", "提交者的安全密钥(SSH sk-)未被触摸时的签名也有效"));
    public static readonly OptionDefinition Branch = new("branch", "NAME", new("the branch that is judged, for the policy's rules about branches", "所判定的分支,用于策略中的分支规则"));
    public static readonly OptionDefinition Tag = new("tag", "NAME", new("the annotated tag that must have been built", "必须为其构建的附注标签"));
    public static readonly OptionDefinition Independent = new("independent", null,
        new("for a log or time-stamping authority that the signers don't run: the time it gives is proof; taken back by importing without it", "不由签名者运营的日志或时间戳机构:其时间可作为证明;不带该选项重新导入即撤回"));
    public static readonly OptionDefinition DryRun = new("dry-run", null, new("only show what would change", "只显示将要发生的更改"));

    public static readonly OptionDefinition Sm2 = new("sm2", null,
        new("set up this clone to sign commits with SM2, instead of writing a policy", "设置此克隆以用 SM2 签名提交,而不是生成策略"));
    public static readonly OptionDefinition Mail = new("mail", "MAIL", new("with --sm2: the signer's address (default: user.email)", "与 --sm2 同用:签名者邮箱(默认:user.email)"));
    public static readonly OptionDefinition Request = new("request", null,
        new("with --sm2: write a request for a certificate (PKCS #10) instead of a self-signed one", "与 --sm2 同用:生成证书请求(PKCS #10)而不是自签名证书"));

    public static readonly OptionDefinition Origin = new("origin", "NAME", new("the log's origin, a host name such as log.example.org", "日志来源名,为主机名,例如 log.example.org"));
    public static readonly OptionDefinition Index = new("index", "N", new("prove that entry N is in the log", "证明第 N 条在日志中"));
    public static readonly OptionDefinition From = new("from", "SIZE", new("prove that the log only grew since this size", "证明日志自此大小起只增不改"));
    public static readonly OptionDefinition To = new("to", "SIZE", new("up to this size (default: now)", "到此大小(默认:当前)"));

    public static readonly OptionDefinition Api = new("api", "v1|v2", new("interface of a Rekor server (default: v1)", "Rekor 服务器的接口版本(默认:v1)"));
    public static readonly OptionDefinition Seen = new("seen", "FILE",
        new("where the last checkpoint seen is kept; written anew each time, and what verify evidence takes as --checkpoint", "保存上次所见检查点的文件;每次更新,可作为 verify evidence 的 --checkpoint"));
    public static readonly OptionDefinition Bundle = new("bundle", "FILE", new("the Sigstore bundle", "Sigstore bundle 文件"));
    public static readonly OptionDefinition VerificationKey = Key("key", "public key of the signer, PEM", "签名者公钥,PEM");
    public static readonly OptionDefinition CertificateIdentity = new("certificate-identity", "NAME",
        new("whom the certificate must name: the whole mail address, URI or user name", "证书必须载明的身份:完整的邮箱、URI 或用户名"));
    public static readonly OptionDefinition CertificateIssuer = new("certificate-oidc-issuer", "URL",
        new("who must have confirmed that identity", "确认该身份的 OIDC 签发者"));
    public static readonly OptionDefinition TrustedRoot = new("trusted-root", "FILE",
        new("Sigstore trusted root: logs, certificate and time-stamping authorities", "Sigstore 受信根:日志、证书机构与时间戳机构"));
    public static readonly OptionDefinition Path = new("path", "DIR", new("the folder of the log, of the module proxy, or of what the witness has seen", "日志目录、模块代理目录,或见证方所见内容的目录"));
    public static readonly OptionDefinition Listen = new("listen", "ADDRESS:PORT",
        new("where to listen (default: 127.0.0.1:3000, of a witness 127.0.0.1:7380, of a module proxy 127.0.0.1:8081); port 0 takes a free one", "监听地址(默认:127.0.0.1:3000,见证方为 127.0.0.1:7380,模块代理为 127.0.0.1:8081);端口 0 表示任选空闲端口"));
    public static readonly OptionDefinition TlsCertificate = new("tls-certificate", "FILE", new("the server's certificate and its chain, PEM", "服务器证书及其证书链,PEM"));
    public static readonly OptionDefinition TlsKey = Key("tls-key", "the certificate's key, PKCS#8 in PEM", "证书的密钥,PEM 形式的 PKCS#8");
    public static readonly OptionDefinition WriterTokens = Key("writer-token-file", "bearer tokens of those who may write, one a line", "允许写入者的 Bearer 令牌,每行一个");
    public static readonly OptionDefinition WriterCa = new("writer-ca", "FILE",
        new("CA certificates, PEM: who writes needs a client certificate of one of them", "CA 证书,PEM:写入者须有其签发的客户端证书"));
    public static readonly OptionDefinition WitnessKey = Key("witness-key", "the witness's own key", "见证方自己的密钥");
    public static readonly OptionDefinition WitnessKeyPassphrase = Key("witness-key-passphrase", "its passphrase", "其口令");
    public static readonly OptionDefinition Algorithm = new("algorithm", "ed25519|sm2|ecdsa-p256", new("of the witness's key (default: ed25519)", "见证方密钥的算法(默认:ed25519)"));
    public static readonly OptionDefinition Rules = new("rules", "FILE", new("the proxy's configuration (goproxy.yml)", "代理的配置(goproxy.yml)"));
    public static readonly OptionDefinition SumdbKey = Key("sumdb-key", "key of the proxy's checksum database, Ed25519", "代理校验和数据库的密钥,Ed25519");
    public static readonly OptionDefinition SumdbKeyPassphrase = Key("sumdb-key-passphrase", "its passphrase", "其口令");
    public static readonly OptionDefinition SumdbSm2Key = Key("sumdb-sm2-key", "SM2 key that signs its tree heads too", "同时签署其树头的 SM2 密钥");
    public static readonly OptionDefinition SumdbSm2KeyPassphrase = Key("sumdb-sm2-key-passphrase", "its passphrase", "其口令");
    public static readonly OptionDefinition NewKey = new("new-key", "FILE", new("make the database's key and write it to this new file", "生成数据库密钥并写入此新文件"));
    public static readonly OptionDefinition ExportKey = Key("export-key", "key that signs an export: SM2, Ed25519 or P-256", "签署导出内容的密钥:SM2、Ed25519 或 P-256");
    public static readonly OptionDefinition ExportKeyPassphrase = Key("export-key-passphrase", "its passphrase", "其口令");
    public static readonly OptionDefinition ModulePrefix = new("prefix", "PATH", new("only modules below this path; may stand several times", "仅限此路径下的模块;可重复给出"), Many: true);
    public static readonly OptionDefinition ReaderTokens = Key("reader-token-file", "tokens of those who may read private modules, one a line", "允许读取私有模块者的令牌,每行一个");
    public static readonly OptionDefinition InsecureHttp = new("insecure-http", null, new("listen beyond this machine without TLS, never with tokens", "在本机之外以无 TLS 方式监听,不得与令牌同用"));

    public static readonly OptionDefinition PublisherKey = Key("publisher-key", "the publisher's key, Ed25519, P-256 or SM2", "发布者密钥,Ed25519、P-256 或 SM2");
    public static readonly OptionDefinition PublisherKeyPassphrase = Key("publisher-key-passphrase", "its passphrase", "其口令");
    public static readonly OptionDefinition OpenPgp = new("openpgp", "FINGERPRINT", new("sign with gpg and this key, which its agent holds", "用 gpg 及其代理保管的此密钥签名"));
    public static readonly OptionDefinition Zip = new("zip", "FILE", new("the version's module zip", "该版本的模块 zip"));
    public static readonly OptionDefinition GoMod = new("go-mod", "FILE", new("its go.mod (default: the one in the zip)", "其 go.mod(默认:取自 zip)"));
    public static readonly OptionDefinition SignedModuleCache = new("module-cache", "DIR", new("module cache (GOMODCACHE) that has the version", "含有该版本的模块缓存(GOMODCACHE)"));
    public static readonly OptionDefinition Signatures = new("signatures", "DIR",
        new("folder of signatures; one that is there for the version is added to", "签名目录;该版本已有的签名文件会追加"));
    public static readonly OptionDefinition Log = new("log", "URL", new("Rekor server that is to hold the signature as well", "同时保存签名的 Rekor 服务器"));

    /// <summary>Every verb has these.</summary>
    public static IReadOnlyList<OptionDefinition> Common { get; } = [Project, Config, Out, Format, Language, Quiet, Help];

    /// <summary>Verbs that run stages have these as well.</summary>
    public static IReadOnlyList<OptionDefinition> RunLike { get; } =
    [
        Repository, Base, Range, Commit, Protected, Branch, Trust, Sm2Key, Sm2KeyPassphrase, Sm2Certificates, P256Key, P256KeyPassphrase, P256Certificates,
        LogKey, LogKeyPassphrase, LogSm2Key, LogSm2KeyPassphrase, Go, ModuleCache, ProxyToken, Demonstration,
        ExpectDigest,
    ];

    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        .. Common, Version, .. RunLike, Stages, Resume, Form, Token, Release, Unsealed, Artifact, Policy, Checkpoint, ConsistencyProof, Witnesses, MinimumTool, Tag, AllowDemonstration,
        Role, Repositories, Committers, Name, Identity, Forge, NoTouchRequired, ValidFrom, ValidUntil, Independent, DryRun, Sm2, Mail, Request, Origin, Index, From, To, Api, Seen,
        Bundle, VerificationKey, CertificateIdentity, CertificateIssuer, TrustedRoot,
        Path, Listen, TlsCertificate, TlsKey, WriterTokens, WriterCa, InsecureHttp,
        WitnessKey, WitnessKeyPassphrase, Algorithm,
        Rules, SumdbKey, SumdbKeyPassphrase, SumdbSm2Key, SumdbSm2KeyPassphrase, NewKey, ReaderTokens, ExportKey, ExportKeyPassphrase, ModulePrefix,
        PublisherKey, PublisherKeyPassphrase, OpenPgp, Zip, GoMod, SignedModuleCache, Signatures, Log,
    ];

    private static OptionDefinition Key(string name, string en, string zh) =>
        new(name, "FILE|fd:N", new(en + ": a file or an inherited descriptor", zh + ":文件或继承的描述符"), Protected: true);
}
