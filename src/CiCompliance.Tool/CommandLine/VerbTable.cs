using CiCompliance.Tool.Commands;
using static CiCompliance.Tool.CommandLine.OptionTable;

namespace CiCompliance.Tool.CommandLine;

/// <summary>The map of the tool: every verb, and the class that runs it.</summary>
internal static class VerbTable
{
    private static readonly OperandDefinition Evidence = new("DIR", new("the evidence folder", "证据目录"));
    private static readonly OperandDefinition LogFolder = new("DIR", new("the log's folder", "日志目录"));

    public static IReadOnlyList<VerbDefinition> All { get; } =
    [
        new("init", new("write a starter compliance.yml; --sm2: set up a clone to sign with SM2", "生成初始 compliance.yml;--sm2:设置克隆以用 SM2 签名"),
            [Repository, Sm2, OptionTable.Name, Mail, Request, Sm2Key, Sm2KeyPassphrase, Sm2Certificates], parts => new InitCommand(parts)),
        new("demonstrate", new("write policy, throw-away keys and trust for a first run", "生成首次试运行所需的策略、一次性密钥和信任库"), [Repository, Committers],
            parts => new DemonstrateCommand(parts), new("DIR", new("a new folder outside the repository", "仓库之外的新目录"))),
        new("doctor", new("show what is missing here, and its fix", "检查缺失项并给出修复方法"), RunLike, parts => new DoctorCommand(parts)),
        new("run", new("run all stages and write the evidence folder", "运行全部阶段并写出证据目录"), [.. RunLike, Stages], parts => new RunCommand(parts)),
        new("env pin", new("pin the Go environment to the policy", "按策略固定 Go 环境"), [.. RunLike, Form], parts => new EnvPinCommand(parts)),
        new("env verify", new("check the effective Go environment; begins a run", "检查生效的 Go 环境;开始一次运行"), RunLike, parts => new EnvVerifyCommand(parts)),
        new("verify commits", new("verify the signatures of the commits in range", "验证范围内提交的签名"), RunLike, parts => new VerifyCommitsCommand(parts)),
        new("verify dependencies", new("compare modules with the checksum database", "将模块与校验和数据库比对"), RunLike, parts => new VerifyDependenciesCommand(parts)),
        new("build", new("build the verified commit in a fresh checkout", "在全新检出中构建已验证的提交"), RunLike, parts => new BuildCommand(parts)),
        new("verify binary", new("read the hardening from the binaries", "从二进制文件读取加固属性"), RunLike, parts => new VerifyBinaryCommand(parts),
            new("FILE", new("a Linux program to judge by itself; none: the outputs of the run", "单独判定的 Linux 程序;省略则判定本次运行的产物"), Min: 0, Many: true)),
        new("sbom", new("write the CycloneDX bill of materials", "生成 CycloneDX 物料清单"), RunLike, parts => new SbomCommand(parts)),
        new("sign", new("sign with SM2 and P-256", "用 SM2 和 P-256 签名"), RunLike, parts => new SignCommand(parts)),
        new("record", new("record the signatures in the transparency log", "将签名写入透明日志"), [.. RunLike, Resume], parts => new RecordCommand(parts)),
        new("assess", new("map the evidence to clauses, write the report", "将证据对应到条款并生成报告"), RunLike, parts => new AssessCommand(parts)),
        new("seal", new("close the evidence folder", "封存证据目录"), RunLike, parts => new SealCommand(parts)),
        new("publish github", new("show the evidence on the GitHub run", "在 GitHub 运行上展示证据"), [ExpectDigest, Unsealed, Trust, Token, OptionTable.Release], parts => new PublishGitHubCommand(parts)),
        new("publish folder", new("write report, summary and verdict for another CI", "为其他 CI 写出报告、摘要与结论"), [ExpectDigest, Unsealed, Trust], parts => new PublishFolderCommand(parts),
            new("DIR", new("where to", "目标目录"))),
        new("verify evidence", new("verify an evidence folder offline", "离线验证证据目录"),
            [Trust, Repository, Commit, Artifact, OptionTable.Policy, Checkpoint, ConsistencyProof, Witnesses, MinimumTool, OptionTable.Base, Branch, Tag, AllowDemonstration],
            parts => new VerifyEvidenceCommand(parts), Evidence),
        new("verify bundle", new("verify a Sigstore bundle offline", "离线验证 Sigstore bundle"),
            [OptionTable.Bundle, VerificationKey, CertificateIdentity, CertificateIssuer, OptionTable.TrustedRoot], parts => new VerifyBundleCommand(parts),
            new("ARTIFACT", new("the signed file, or sha256:HEX", "被签名的文件,或 sha256:HEX"))),
        new("sign-module", new("sign a module version for cicompliance serve goproxy", "为 cicompliance serve goproxy 签署模块版本"),
            [Zip, GoMod, SignedModuleCache, PublisherKey, PublisherKeyPassphrase, OpenPgp, Signatures, Log, Trust, OptionTable.Name], parts => new SignModuleCommand(parts),
            new("MODULE@VERSION", new("the version, for example git.example.cn/team/lib@v1.2.3", "版本,例如 git.example.cn/team/lib@v1.2.3"))),
        new("git-sign", new("sign and verify for git (gpg.x509.program); git calls it", "为 git 签名和验证(gpg.x509.program);由 git 调用"), [], _ => new GitSignCommand()),
        new("trust import", new("add public keys to a trust store", "将公钥加入信任库"), [Role, Repositories, OptionTable.Name, Identity, Forge, NoTouchRequired, ValidFrom, ValidUntil, Independent, Trust, DryRun],
            parts => new TrustImportCommand(parts), new("KEYRING", new("OpenPGP keyring, PEM public key or certificate", "OpenPGP 密钥环、PEM 公钥或证书"), Many: true)),
        new("trust explain", new("say why a commit or tag passes or not", "说明某个提交或标签为何通过或不通过"), [OptionTable.Base, OptionTable.Range, Protected, Branch, Trust],
            parts => new TrustExplainCommand(parts), new("REV", new("the commit or tag (default: HEAD)", "提交或标签(默认:HEAD)"), Min: 0)),
        new("log init", new("create the organisation's own log", "创建组织自有日志"), [Origin, LogKey, LogKeyPassphrase], parts => new LogInitCommand(parts), LogFolder),
        new("log checkpoint", new("print the log's current checkpoint", "输出日志当前检查点"), [], parts => new LogCheckpointCommand(parts), LogFolder),
        new("log prove", new("print a proof of inclusion or of growth", "输出包含证明或一致性证明"), [OptionTable.Index, From, To], parts => new LogProveCommand(parts), LogFolder),
        new("log monitor", new("check that a log only grew since the last look; keep both checkpoints as proof where it did not", "检查日志自上次查看后只增不改;否则保留两个检查点作为证据"),
            [Trust, OptionTable.Name, Seen, Api], parts => new LogMonitorCommand(parts), new("LOG", new("the log's folder, or the address of a Rekor server", "日志目录或 Rekor 服务器地址"))),
        new("serve log", new("serve the organisation's own log to Rekor clients", "以 Rekor 兼容服务器提供组织自有日志"),
            [OptionTable.Path, LogKey, LogKeyPassphrase, Listen, TlsCertificate, TlsKey, WriterTokens, WriterCa, InsecureHttp], parts => new ServeLogCommand(parts)),
        new("serve witness", new("co-sign the checkpoints of other parties' logs where they only grew", "为他方日志的检查点联署(仅当其只增不改)"),
            [OptionTable.Path, OptionTable.Name, WitnessKey, WitnessKeyPassphrase, Algorithm, Trust, Listen, TlsCertificate, TlsKey, InsecureHttp], parts => new ServeWitnessCommand(parts)),
        new("goproxy init", new("create a module proxy's folder and its checksum database", "创建模块代理的目录及其校验和数据库"),
            [OptionTable.Name, SumdbKey, SumdbKeyPassphrase, NewKey, SumdbSm2Key, SumdbSm2KeyPassphrase], parts => new GoProxyInitCommand(parts),
            new("DIR", new("the proxy's folder", "代理目录"))),
        new("goproxy export", new("write what a proxy verified, signed, for a site without a way out", "将代理已验证的内容签名导出,供隔离网络使用"),
            [OptionTable.Path, ExportKey, ExportKeyPassphrase, ModulePrefix], parts => new GoProxyExportCommand(parts), new("DIR", new("a new folder", "新目录"))),
        new("goproxy import", new("verify an export and take it into a proxy that is not running", "验证导出内容并导入未在运行的代理"),
            [OptionTable.Path, Trust, SumdbKey, SumdbKeyPassphrase, SumdbSm2Key, SumdbSm2KeyPassphrase], parts => new GoProxyImportCommand(parts),
            new("DIR", new("the export", "导出目录"))),
        new("serve goproxy", new("serve Go modules that were verified, with a checksum database of its own", "提供经过验证的 Go 模块及自有校验和数据库"),
            [OptionTable.Path, Rules, Trust, SumdbKey, SumdbKeyPassphrase, SumdbSm2Key, SumdbSm2KeyPassphrase, Listen, TlsCertificate, TlsKey, ReaderTokens, InsecureHttp],
            parts => new ServeGoProxyCommand(parts)),
    ];
}
