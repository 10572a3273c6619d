namespace CiCompliance.Policy;

/// <summary>The policy that <c>cicompliance init</c> writes. A test reads it with <see cref="PolicyReader"/>.</summary>
public static class PolicyTemplate
{
    public const string FileName = "compliance.yml";

    /// <param name="repository">As <see cref="CompliancePolicy.Repository"/>.</param>
    /// <param name="packages">Main packages to build, <c>./cmd/app</c>; none: all of the module's. What a policy cannot name is left out.</param>
    /// <exception cref="ArgumentException">Not a repository identity.</exception>
    public static string Text(string repository, IReadOnlyList<string> packages) =>
        PolicyValues.Repository(repository) is { } objection
            ? throw new ArgumentException($"'{repository}': {objection.What.En}", nameof(repository))
            : $"""
            # Policy of cicompliance. It is read from the protected base revision; the tree under test may only tighten it.
            # cicompliance 策略文件。从受保护的基线版本读取；待测代码树只能收紧，不能放宽。
            version: 1

            # Identity of the repository, as statements name it and trust keys are bound to it.
            # 仓库标识：声明中写入的名称，信任密钥亦与之绑定。
            repository: {repository}

            # Who may sign what; left out: every committer of the trust store may sign everything. 谁可以为哪些内容签名;省略表示信任库中的提交者均可。
            # source:
            #   match-committer: on    # off | on: a signer must be whom the committer line names. on 表示签名者须为 committer 行所列之人。
            #   forge: merges          # refused | merges | allowed: what the forge's own key may sign. 平台自身密钥可签名的范围。
            #   rules:
            #     - name: deployment
            #       paths: ["deploy/**", "compliance.yml", ".cicompliance/**"]
            #       signers: ["*@ops.example.cn"]

            go:
              # Where modules come from: goproxy.cn, goproxy.io, aliyun, cicompliance (your own proxy), or custom (these two need proxy and sumdb).
              # 模块来源：goproxy.cn、goproxy.io、aliyun、cicompliance（自有代理）；或 custom（后两者须填写 proxy 与 sumdb）。
              provider: goproxy.cn
              # Whether modules may be fetched past the proxy. 是否允许绕过代理直接获取模块。
              direct: refused          # refused | allowed

            dependencies:
              # vendor/ is compared with the proven module zips; source-signed relies on commit signatures alone and is shown as a gap.
              # vendor/ 与已证明的模块压缩包逐文件比对；source-signed 仅依赖提交签名，并在报告中列为缺口。
              vendor: verified         # verified | source-signed

            build:
              packages: [{Packages(packages)}]
              targets: [linux/amd64]   # goos/goarch
              cgo: false
              # shared reuses the build cache of other jobs and is shown as a gap. shared 会复用其他任务的构建缓存，并列为缺口。
              cache: fresh             # fresh | shared

            binary:
              # Static outputs have no PIE and no RELRO to show; allow them for scratch images only.
              # 静态产物无法体现 PIE 与 RELRO；仅在 scratch 镜像场景允许。
              static: refused          # refused | allowed
              # Shared libraries an output may need. 产物允许依赖的共享库。
              needed: [libc.so.6, libpthread.so.0, libdl.so.2, libresolv.so.2, ld-linux-*]

            log:
              # persistent: the organisation's own log, kept in a folder outside the tree. external: a Rekor server (url: https://…; api: v1 | v2;
              # or signing-config: FILE outside the tree); with offline: allowed a run that can't reach it may be completed by record --resume.
              # ephemeral: made for one run, proves nothing about time, refused in CI unless ephemeral-in-ci: allowed.
              # persistent：本组织自有日志，保存在代码树之外的目录；external：Rekor 服务器（url: https://…；api: v1 | v2；
              # 或 signing-config: 代码树之外的文件）；offline: allowed 时无法连通日志的运行可由 record --resume 补完；
              # ephemeral：仅存在于一次运行，不能证明时间；CI 中默认拒绝，除非 ephemeral-in-ci: allowed。
              kind: persistent
              path: ../transparency-log
              # Others that vouch for it: witnesses: [https://…] with cosignatures: N, and timestamp-authority: https://… (RFC 3161).
              # 第三方佐证：witnesses: [https://…] 与 cosignatures: N，以及 timestamp-authority: https://…（RFC 3161）。

            # Stages that must pass. Left out: all of them. 必须通过的阶段；省略表示全部。
            # stages: [environment, source, dependencies, build, binary, sbom, sign, record, assess, seal]

            """.ReplaceLineEndings("\n");

    /// <summary>A policy with its <c>log</c> section replaced by a log that lives for one run, for a demonstration.</summary>
    public static string WithEphemeralLog(string policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var inLog = false;
        var kept = policy.ReplaceLineEndings("\n").Split('\n').Where(line =>
        {
            inLog = line.StartsWith("log:", StringComparison.Ordinal) || (inLog && (line.Length == 0 || line[0] is ' ' or '#'));
            return !inLog;
        });
        return string.Join('\n', kept).TrimEnd('\n') + "\nlog:\n  kind: ephemeral\n  ephemeral-in-ci: allowed\n";
    }

    private static string Packages(IReadOnlyList<string> packages) =>
        packages.Where(package => PolicyValues.Package(package) is null).Select(package => $"\"{package}\"").ToList() is { Count: > 0 } found
            ? string.Join(", ", found) : "\"./...\"";
}
