namespace CiCompliance.Assessment;

public static partial class Clauses
{
    private static LocalizedText CertifiedModule => new(
        "A certified module of the second level or higher (GB/T 37092)",
        "二级及以上的经认证密码模块（GB/T 37092）");

    /// <summary>GB/T 39786-2021 level 3, GB/T 43698-2024 and GB/T 43848-2024 without numbers, SLSA.</summary>
    private static Clause[] Others =>
    [
        Gbt39786("8.3 e", new("Integrity of log records", "日志记录完整性"), Automation.Pipeline,
            new("Log records should keep their integrity by cryptography", "宜以密码技术保证日志记录的完整性"),
            ["sign", "record"], ["log/", "attestations/"], CertifiedModule),
        Gbt39786("8.3 f", new("Integrity and origin of important executables", "重要可执行程序完整性、来源真实性"), Automation.Pipeline,
            new("Important executables should keep their integrity, and their origin should be authentic, by cryptography",
                "宜以密码技术保证重要可执行程序的完整性及来源真实"),
            ["build", "sign"], ["bin/", "attestations/"],
            new("Verification where the program is installed or started, and " + CertifiedModule.En[..1].ToLowerInvariant() + CertifiedModule.En[1..],
                "在安装或启动处验证，以及" + CertifiedModule.Zh)),
        Gbt39786("8.4 f", new("Integrity of data in transit", "数据传输完整性"), Automation.Part,
            new("Important data should keep its integrity in transit by cryptography", "宜以密码技术保证重要数据传输的完整性"),
            ["sign"], ["attestations/"], CertifiedModule),
        Gbt39786("8.4 g", new("Integrity of data in storage", "数据存储完整性"), Automation.Part,
            new("Important data should keep its integrity in storage by cryptography", "宜以密码技术保证重要数据存储的完整性"),
            ["sign", "record"], ["attestations/", "log/"], CertifiedModule),
        Gbt39786("8.4 h", new("Non-repudiation", "不可否认性"), Automation.Part,
            new("Who did what should be undeniable, by cryptography, where the law may ask", "在可能涉及法律责任之处，宜以密码技术使行为不可否认"),
            ["sign", RunFacts.TrustedTime, RunFacts.HardwareKeys], ["attestations/", "log/"], CertifiedModule),
        new("gbt43698", "GB/T 43698-2024", "", new("Software supply chain: components, development, delivery", "软件供应链：组件使用、开发、交付"),
            Obligation.NotRead, Automation.Part, ClauseProvenance.Memory,
            new("External components are known and traced; what is delivered carries digests and signatures", "外部组件可知可溯，交付物附带摘要与签名"),
            ["dependencies", "sbom", "sign"], ["dependencies/", "sbom/", "attestations/"],
            new("Organisation, rules, people and suppliers; no clause numbers until the text is read", "机构、制度、人员与供应商；在读到原文之前不标注条款号")),
        new("gbt43848-origin", "GB/T 43848-2024", "", new("Open-source code: origin", "开源代码：来源"),
            Obligation.NotRead, Automation.Part, ClauseProvenance.Found,
            new("The origin of open-source code is assessed (group names from the 2023 draft)", "评价开源代码的来源（分组名称取自 2023 年草案）"),
            ["dependencies"], ["dependencies/"],
            new("Quality, intellectual property and management", "质量、知识产权与管理能力")),
        new("slsa-build-l1", "SLSA v1", "Build L1", new("Provenance exists", "存在来源证明"),
            Obligation.Voluntary, Automation.Pipeline, ClauseProvenance.Found,
            new("Provenance says how the output was built. Level 2 and up need a hosted platform that signs", "来源证明说明产物如何构建；二级及以上须由托管平台签名"),
            ["build"], ["attestations/"], null),
    ];
}
