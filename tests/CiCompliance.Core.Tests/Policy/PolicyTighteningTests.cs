using CiCompliance.Policy;

namespace CiCompliance.Core.Tests.Policy;

public sealed class PolicyTighteningTests
{
    private const string Loose = """
        version: 1
        repository: github.com/acme/app
        go: { provider: goproxy.cn, direct: allowed }
        dependencies: { vendor: source-signed }
        build: { packages: [./cmd/...], targets: [linux/amd64, linux/arm64], cgo: true, cache: shared }
        binary: { static: allowed, needed: [libc.so.6, ld-linux-*] }
        log: { kind: ephemeral, ephemeral-in-ci: allowed }
        stages: [source, build]

        """;

    [Test]
    public void Apply_WhenTreeOnlyTightens_GivesTheTreesPolicy()
    {
        var tree = PolicyFixture.Read("""
            version: 1
            repository: github.com/acme/app
            go: { provider: goproxy.cn }
            build: { packages: [./cmd, ./cmd/app, ./cmd/tools/...], targets: [linux/arm64] }
            binary: { needed: [ld-linux-x86-64.so.2] }
            log: { kind: ephemeral }
            """);

        var merge = PolicyTightening.Apply(PolicyFixture.Read(Loose), tree, "tree:compliance.yml");

        merge.Findings.ShouldBeEmpty();
        merge.Policy.ShouldBe(tree);
    }

    [TestCase("witnesses: [\"https://a.example.cn\"]", "log.cosignatures")]
    [TestCase("", "log.cosignatures")]
    [TestCase("witnesses: [\"https://a.example.cn\", \"https://b.example.cn\"], cosignatures: 1", "log.cosignatures")]
    public void Apply_WhenTreeWantsFewerWitnesses_NamesIt(string log, string key)
    {
        var strict = PolicyFixture.Read(PolicyFixture.With("../log", "../log, witnesses: [\"https://a.example.cn\", \"https://b.example.cn\"]"));

        var merge = PolicyTightening.Apply(strict, PolicyFixture.Read(PolicyFixture.With("../log", log.Length == 0 ? "../log" : "../log, " + log)), "tree:compliance.yml");

        merge.Policy.ShouldBeNull();
        merge.Findings.ShouldHaveSingleItem().What.En.ShouldContain(key);
    }

    [TestCase("acme/app", "acme/other", "repository")]
    [TestCase("goproxy.cn", "aliyun", "go.provider")]
    [TestCase("go: { provider: goproxy.cn }", "go: { provider: goproxy.cn, direct: allowed }", "go.direct")]
    [TestCase("log: {", "dependencies: { vendor: source-signed }\nlog: {", "dependencies.vendor")]
    [TestCase("log: {", "build: { targets: [linux/amd64, linux/arm64] }\nlog: {", "build.targets")]
    [TestCase("log: {", "build: { cgo: true }\nlog: {", "build.cgo")]
    [TestCase("log: {", "build: { cache: shared }\nlog: {", "build.cache")]
    [TestCase("log: {", "binary: { static: allowed }\nlog: {", "binary.static")]
    [TestCase("log: {", "binary: { needed: [libevil.so.1] }\nlog: {", "binary.needed")]
    [TestCase("log: {", "binary: { needed: [libc.so.*] }\nlog: {", "binary.needed")]
    [TestCase("log: {", "stages: [environment, source, dependencies, build, binary, sbom, sign, record, assess]\nlog: {", "stages")]
    [TestCase("../log", "./log", "log.path")]
    [TestCase("../log", "../log, timestamp-authority: \"https://tsa.example.cn\"", "log.timestamp-authority")]
    [TestCase("../log", "../log, witnesses: [\"https://w.example.cn\"]", "log.witnesses")]
    public void Apply_WhenTreeWeakensAKey_NamesIt(string text, string weaker, string key)
    {
        var merge = PolicyTightening.Apply(PolicyFixture.Read(PolicyFixture.Minimal), PolicyFixture.Read(PolicyFixture.With(text, weaker)), "tree:compliance.yml");

        merge.Policy.ShouldBeNull();
        var finding = merge.Findings.ShouldHaveSingleItem();
        finding.Diagnostic.ShouldBe(PolicyDiagnostics.Weakened);
        finding.What.En.ShouldContain($"'{key}'");
    }

    [TestCase("api: v2", "api: v1", "log.api")]
    [TestCase("https://t.example.cn", "https://u.example.cn", "log.tiles")]
    [TestCase("api: v2", "api: v2, offline: allowed", "log.offline")]
    public void Apply_WhenTreeWeakensAKeyOfAnExternalLog_NamesIt(string text, string weaker, string key)
    {
        var strict = PolicyFixture.With("kind: persistent, path: ../log", "kind: external, url: https://rekor.example.cn, api: v2" + (key == "log.tiles" ? ", tiles: https://t.example.cn" : ""));

        PolicyTightening.Apply(PolicyFixture.Read(strict), PolicyFixture.Read(strict.Replace(text, weaker, StringComparison.Ordinal)), "t")
            .Findings.ShouldHaveSingleItem().What.En.ShouldContain($"'{key}'");
    }

    [Test]
    public void Apply_WhenTreeChangesTheSigningConfig_NamesIt()
    {
        var strict = PolicyFixture.With("kind: persistent, path: ../log", "kind: external, signing-config: ../sc.json");

        PolicyTightening.Apply(PolicyFixture.Read(strict), PolicyFixture.Read(strict.Replace("../sc.json", "../other.json", StringComparison.Ordinal)), "t")
            .Findings.ShouldHaveSingleItem().What.En.ShouldContain("'log.signing-config'");
    }

    [Test]
    public void Apply_WhenTreeChangesTheLog_NamesEveryKeyOfIt() =>
        PolicyTightening.Apply(PolicyFixture.Read(PolicyFixture.Minimal),
                PolicyFixture.Read(PolicyFixture.With("persistent, path: ../log", "external, url: https://rekor.example.cn")), "t")
            .Findings.Count.ShouldBe(3);

    [TestCase("./cmd/...", "./cmdother", false)]
    [TestCase("./cmd/...", "./cmd", true)]
    [TestCase("./...", "./cmd/app/...", true)]
    [TestCase("./cmd/app", "./cmd/...", false)]
    [TestCase("./...", ".", true)]
    public void Apply_WhenPackagesAreNarrowedOrMoved_ComparesPatterns(string allowed, string wanted, bool accepted)
    {
        CompliancePolicy With(string package) => PolicyFixture.Read(PolicyFixture.Minimal + $"build: {{ packages: [{package}] }}\n");

        (PolicyTightening.Apply(With(allowed), With(wanted), "t").Policy is not null).ShouldBe(accepted);
    }

    [Test]
    public void Apply_WhenBothAreTheSame_GivesIt() =>
        PolicyTightening.Apply(PolicyFixture.Read(Loose), PolicyFixture.Read(Loose), "t").Findings.ShouldBeEmpty();
}
