using System.Security.Cryptography;
using System.Text;
using CiCompliance.Assessment;
using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Digests;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Source;

namespace CiCompliance.Core.Tests.Assessment;

/// <summary>Runs to assess. The digests are made up: they only have to be stable.</summary>
internal static class RunFixture
{
    public static AssessmentInput Passing { get; } = new(
        new RunIdentity("0b6f3a52-6d0e-4c41-9a55-3a4d6d2f9c10", "github.com/acme/payments", "9f2c1e7ab04d5f6832917cc0de41a6b85e03f7d2",
            "44b1d0e27c9958f3ab60c1f2d7e8a9904a3b6c55", Digest("policy"), RunMode.Production, "0.1.0"),
        new DateTimeOffset(2026, 11, 20, 2, 14, 3, TimeSpan.Zero),
        new DateTimeOffset(2026, 11, 20, 2, 14, 41, TimeSpan.Zero),
        new HostFacts("github-actions", "li-wei", "11893442710", 90),
        Policy("version: 1\nrepository: github.com/acme/payments\ngo: { provider: goproxy.cn }\nlog: { kind: persistent, path: ../log }\n"),
        LogKind.Persistent,
        TrustedTime: false,
        KeyCustody.Software,
        [
            Stage("environment", 612, [Pass("environment.goproxy", "GOPROXY is https://goproxy.cn", "GOPROXY 为 https://goproxy.cn"),
                Pass("environment.gosumdb", "GOSUMDB is pinned", "GOSUMDB 已固定"), Pass("environment.bypass", "no bypass found", "未发现绕过设置")]),
            Stage("source", 1904, [Pass("source.commits", "214 commits are signed by trusted keys", "214 个提交均由受信密钥签名")]),
            Stage("dependencies", 6220, [Pass("dependencies.sumdb", "38 records with inclusion proofs", "38 条记录均有包含证明"),
                Pass("dependencies.cache", "38 module zips agree", "38 个模块压缩包一致"),
                new Check("dependencies.vendor", Verdict.NotApplicable, new("no vendor folder", "没有 vendor 目录"))]),
            Stage("build", 21_480, [Pass("build.tree", "the tree is unchanged after the build", "构建后代码树未变"), Pass("build.command", "the planned command ran", "执行了计划的命令")]),
            Stage("binary", 310, [.. new[] { "pie", "relro", "bindnow", "nx", "stripped", "needed", "rpath", "buildinfo" }
                .Select(property => Pass($"binary.{property}[payments]", "as required", "符合要求"))]),
            Stage("sbom", 95, [Pass("sbom.complete[payments]", "38 modules from the build info", "由构建信息得到 38 个模块")]),
            Stage("sign", 140, [Pass("sign.sm2", "4 statements signed with SM2", "4 份声明已用 SM2 签名"), Pass("sign.p256", "4 statements signed with P-256", "4 份声明已用 P-256 签名")]),
            Stage("record", 83_270, [Pass("record.inclusion", "4 entries with inclusion proofs", "4 个条目均有包含证明")]),
        ],
        [new DigestedFile("payments", 8_413_952, Digest("payments"))],
        [
            .. new[]
            {
                "attestations/payments.binary.sigstore.json", "attestations/payments.binary.sm2.dsse.json", "attestations/payments.provenance.sigstore.json",
                "attestations/payments.provenance.sm2.dsse.json", "bin/payments", "dependencies/modules.json", "dependencies/records.jsonl",
                "environment/environment.json", "evidence.json", "log/checkpoint", "policy/policy.json", "sbom/payments.cdx.json", "source/commits.jsonl",
                "source/source.json",
            }.Select((path, index) => new DigestedFile(path, 1000 + (index * 377), Digest(path))),
        ]);

    public static AssessmentInput Failing { get; } = Passing with
    {
        Stages =
        [
            Passing.Stages[0],
            Stage("source", 1850, [new Check("source.commits", Verdict.Fail, new("2 of 214 commits are not signed by a trusted key", "214 个提交中有 2 个未由受信密钥签名"))],
                [
                    new Finding(SourceDiagnostics.Unsigned, "commit 1d70c5a0be12",
                        new("the commit by zhao@example.cn carries no signature", "zhao@example.cn 的提交没有签名"),
                        new("Sign it (git commit --amend -S) and push again, or move the base past it", "请签名后重新推送（git commit --amend -S），或将基线移至其后")),
                    new Finding(SourceDiagnostics.UnknownKey, "commit 77a0e3b95c44",
                        new("it is signed by key 5FA1 09C3 77D2 E6B0, which the trust store does not hold", "由密钥 5FA1 09C3 77D2 E6B0 签名，信任库中没有该密钥"),
                        new("Import the committer's key after checking its fingerprint: cicompliance trust import", "核对指纹后导入该提交者的密钥：cicompliance trust import")),
                ]),
            .. Passing.Stages.Skip(2).Take(2),
            Stage("binary", 300, [Pass("binary.pie[payments]", "as required", "符合要求"), new Check("binary.relro[payments]", Verdict.Fail, new("partial RELRO", "仅部分 RELRO"))],
                [new Finding(new Diagnostic("CIC6003", DiagnosticKind.NotCompliant, "RELRO is not full"), "bin/payments",
                    new("BIND_NOW is missing, so the GOT stays writable", "缺少 BIND_NOW,GOT 保持可写"),
                    new("Build with -ldflags=-bindnow (Go 1.22.5 or newer)", "请使用 -ldflags=-bindnow 构建（Go 1.22.5 或更新）"))]),
        ],
    };

    public static AssessmentInput Undecided { get; } = Passing with
    {
        Stages =
        [
            .. Passing.Stages.Take(2),
            Stage("dependencies", 60_412, [],
                [new Finding(new Diagnostic("CIC1108", DiagnosticKind.Undecided, "The checksum database could not be reached"), "sum.golang.org",
                    new("three attempts ended without an answer", "三次尝试均无应答"),
                    new("Check the network to the proxy and run again", "请检查到代理的网络后重试"))]),
        ],
        Evidence = [.. Passing.Evidence.Where(file => file.Name is "evidence.json" or "policy/policy.json" || file.Name.StartsWith("source/", StringComparison.Ordinal))],
        Outputs = [],
    };

    public static AssessmentInput Demonstration { get; } = Passing with
    {
        Run = Passing.Run with { Mode = RunMode.Demonstration },
        Host = new HostFacts("local", null, null, null),
        Log = LogKind.Ephemeral,
        Policy = Policy("version: 1\nrepository: github.com/acme/payments\ngo: { provider: goproxy.cn }\nlog: { kind: ephemeral }\n"),
    };

    public static CompliancePolicy Policy(string yaml) => PolicyReader.Read(Encoding.UTF8.GetBytes(yaml), "compliance.yml");

    public static Check Pass(string id, string en = "as required", string zh = "符合要求") => new(id, Verdict.Pass, new(en, zh));

    public static StageOutcome Stage(string name, long milliseconds, IReadOnlyList<Check> checks, IReadOnlyList<Finding>? findings = null) =>
        new(name, new StageResult(name, checks, findings ?? []).Verdict, milliseconds, checks, findings ?? []);

    public static DigestSet Digest(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new(Convert.ToHexStringLower(SHA256.HashData(bytes)), Convert.ToHexStringLower(SHA256.HashData([0, .. bytes])));
    }
}
