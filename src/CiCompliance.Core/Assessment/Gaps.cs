using CiCompliance.Attestations;
using CiCompliance.Pipeline;
using CiCompliance.Policy;

namespace CiCompliance.Assessment;

/// <summary>What a run leaves open: first what its own setting costs, then what no run of this tool can show.</summary>
internal static class Gaps
{
    private const string Origin = "source-origin";
    private const string Build = "build-integrity";
    private const string Delivery = "delivery-intact";

    private static readonly Gap[] OfEveryRun =
    [
        new("self-check", true, [],
            new("This is a self-check of one pipeline run, not a 等级测评. An accredited body judges the whole graded system by GB/T 28448-2019",
                "这是对一次流水线运行的自查，不是等级测评。等级测评由具备资质的测评机构依据 GB/T 28448-2019 对整个定级系统进行")),
        new("paraphrase", true, [],
            new("Clauses are paraphrased from secondary copies, no official text was read. Each row shows how its number is known; check it against the bought standard",
                "条款为根据二手资料的转述，未读取官方文本。各行标明编号的来历，请以正式购买的标准核对")),
        new("no-such-section", true, [],
            new("GB/T 22239-2019 has no section on software supply chains at level 3. The three items are a grouping of this report",
                "GB/T 22239-2019 三级没有“软件供应链安全”章节。三个项目是本报告自行归纳的")),
        new("certified-module", true, [Build, Delivery],
            new("No certified cryptographic module took part: SM2 and SM3 run in a software library without a certificate number (8.1.10.9 b, GB/T 37092)",
                "没有经认证的密码模块参与：SM2 与 SM3 由无证书编号的软件库实现（8.1.10.9 b、GB/T 37092）")),
        new("approvals", true, [Origin, Build],
            new("Reviews and approvals are not visible to the tool: a signed commit says who made it, not who approved it (8.1.9.4 f, 8.1.10.6 g, 8.1.10.10 a)",
                "评审与审批记录对本工具不可见：已签名的提交说明由谁提交，不说明由谁批准（8.1.9.4 f、8.1.10.6 g、8.1.10.10 a）")),
        new("root-of-trust", true, [Build],
            new("Trusted verification (8.1.4.6, may) needs a hardware root of trust on the device; a signed build log does not stand in for it",
                "可信验证（8.1.4.6，可）需要设备上的硬件可信根；经签名的构建日志不能替代")),
        new("job-controlled-runner", true, [Build],
            new("The tool runs inside the job that it watches. By itself that is SLSA Build L1, and interruption of the record cannot be excluded (8.1.4.3 d)",
                "本工具运行于其所检查的任务之内，自身仅达 SLSA Build L1，且不能排除记录被中断（8.1.4.3 d）")),
        new("no-scans", true, [Build],
            new("No vulnerability, malware or static-analysis scan is part of this run (8.1.4.4 e, 8.1.4.5, 8.1.9.4 e)",
                "本次运行不含漏洞、恶意代码或静态分析扫描（8.1.4.4 e、8.1.4.5、8.1.9.4 e）")),
        new("backup", true, [Build],
            new("Backups of log and evidence are not visible to the tool (8.1.4.3 c)", "日志与证据的备份情况对本工具不可见（8.1.4.3 c）")),
        new("personal-information", true, [Origin],
            new("The evidence holds names and e-mail addresses of commit authors: personal information, to be minimised on export (GB/T 35273)",
                "证据中含有提交者的姓名与邮箱，属于个人信息，导出时应最小化（GB/T 35273）")),
    ];

    public static IReadOnlyList<Gap> Of(AssessmentInput input, IReadOnlyList<string> missingStages) =>
        [.. OfThisRun(input, missingStages), .. OfEveryRun];

    private static IEnumerable<Gap> OfThisRun(AssessmentInput input, IReadOnlyList<string> missingStages)
    {
        if (input.Run.Mode != RunMode.Production)
        {
            yield return Here("demonstration", [],
                "Demonstration: the keys lived for this run only. Nothing here is evidence, and no clause is supported",
                "演示运行：密钥仅存在于本次运行。此处内容均不构成证据，不支持任何条款");
        }

        if (missingStages.Count > 0)
        {
            var names = string.Join(", ", missingStages);
            yield return Here("stage-missing", [], $"Required stages have no result: {names}", $"必需的阶段没有结果：{names}");
        }

        var waived = StageCatalog.Names.Except(StageCatalog.RequiredBy(input.Policy), StringComparer.Ordinal).ToList();
        if (waived.Count > 0)
        {
            var names = string.Join(", ", waived);
            yield return Here("stages-waived", [], $"The policy does not require these stages: {names}", $"策略未要求以下阶段：{names}");
        }

        foreach (var gap in OfPolicy(input.Policy).Concat(OfTimeAndKeys(input)).Concat(OfHost(input.Host)))
        {
            yield return gap;
        }
    }

    private static IEnumerable<Gap> OfPolicy(CompliancePolicy policy)
    {
        if (policy.Go.AllowDirect)
        {
            yield return Here("direct-allowed", [Origin],
                "The policy lets modules be fetched past the proxy (go.direct: allowed)", "策略允许绕过代理获取模块（go.direct: allowed）");
        }

        if (policy.Dependencies.Vendor == VendorPolicy.SourceSigned)
        {
            yield return Here("vendor-source-signed", [Origin],
                "A vendor folder is covered by commit signatures only, not compared with the checksum database (dependencies.vendor: source-signed)",
                "vendor 目录仅由提交签名覆盖，未与校验和数据库比对（dependencies.vendor: source-signed）");
        }

        if (policy.Build.Cache == BuildCachePolicy.Shared)
        {
            yield return Here("cache-shared", [Build],
                "The build reused a cache that other jobs write; what they left can reach the binary (build.cache: shared)",
                "构建复用了其他任务可写的缓存，其中的内容可能进入二进制（build.cache: shared）");
        }

        if (policy.Build.Cgo)
        {
            yield return Here("cgo", [Build],
                "C code is compiled with the host's compiler and headers, which no checksum database covers (build.cgo: true)",
                "C 代码由主机的编译器和头文件编译，不在校验和数据库覆盖范围内（build.cgo: true）");
        }

        if (policy.Binary.Static == StaticPolicy.Allowed)
        {
            yield return Here("static-allowed", [Build],
                "Static outputs are accepted; they have no PIE and no RELRO to show (binary.static: allowed)",
                "接受静态产物；其无法体现 PIE 与 RELRO(binary.static: allowed)");
        }
    }

    private static IEnumerable<Gap> OfTimeAndKeys(AssessmentInput input)
    {
        if (input.Log == LogKind.Ephemeral)
        {
            yield return Here("log-ephemeral", [Build, Delivery],
                "The transparency log was made in this run: it proves nothing about time, and nobody else can have seen it",
                "透明日志在本次运行中建立：不能证明时间，也没有其他人见过它");
        }
        else if (input.Log == LogKind.Persistent)
        {
            yield return Here("log-own", [Build],
                "The signer's own organisation runs the transparency log; witnesses or an auditor's earlier checkpoint show that it was not rewritten",
                "透明日志由签名方所在组织运行；须由见证方或审计方先前的检查点证明其未被改写");
        }

        if (!RunFacts.HasTrustedTime(input))
        {
            yield return Here("no-trusted-time", [Delivery],
                "No time-stamping authority took part: the time of signing is the signer's own word (39786 8.4 h)",
                "没有时间戳机构参与：签名时间仅为签名方自述（39786 8.4 h）");
        }

        if (input.Keys != KeyCustody.Hardware)
        {
            yield return Here("software-keys", [Delivery],
                "The signing keys are software keys, or nobody said otherwise: whoever can read the file can sign (39786 8.4 h)",
                "签名密钥为软件密钥，或未说明其保管方式：能读取文件者即可签名（39786 8.4 h）");
        }
    }

    private static IEnumerable<Gap> OfHost(HostFacts host)
    {
        if (string.IsNullOrWhiteSpace(host.Actor))
        {
            yield return Here("actor-unknown", [Build],
                "The host names no account that started the run (8.1.4.3 a, b)", "主机未给出启动本次运行的账户（8.1.4.3 a、b）");
        }

        if (host.RetentionDays is not { } days)
        {
            yield return Here("retention-unknown", [Delivery],
                $"How long the host keeps these files is not known; the law asks for six months, {RunFacts.RequiredRetentionDays} days here (8.1.5.4 d)",
                $"主机保存这些文件的期限未知；法律要求不少于六个月，此处按 {RunFacts.RequiredRetentionDays} 天计（8.1.5.4 d）");
        }
        else if (days < RunFacts.RequiredRetentionDays)
        {
            yield return Here("retention-short", [Delivery],
                $"The host keeps these files for {days} days, less than six months ({RunFacts.RequiredRetentionDays} days): export them (8.1.5.4 d)",
                $"主机仅保存这些文件 {days} 天，不足六个月（{RunFacts.RequiredRetentionDays} 天）：请导出留存（8.1.5.4 d）");
        }
    }

    private static Gap Here(string id, IReadOnlyList<string> items, string en, string zh) => new(id, false, items, new(en, zh));
}
