using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Policy;

namespace CiCompliance.Core.Tests.Policy;

public sealed class SourcePolicyReaderTests
{
    private const string Head = "version: 1\nrepository: github.com/acme/app\ngo: { provider: goproxy.cn }\nlog: { kind: persistent, path: ../log }\n";

    [Test]
    public void Source_WhenLeftOut_IsTheDefault() => Read("").ShouldSatisfyAllConditions(
        source => source.MatchCommitter.ShouldBeFalse(), source => source.Forge.ShouldBe(ForgePolicy.Refused), source => source.Rules.ShouldBeEmpty());

    [Test]
    public void Source_WhenWhole_IsRead()
    {
        var source = Read("""
            source:
              match-committer: on
              forge: merges
              rules:
                - name: deployment
                  paths: ["deploy/**", compliance.yml]
                  branches: [main]
                  authors: ["*@example.cn"]
                  committers: [alice@example.cn]
                  signers: [alice@example.cn, "*@ops.example.cn"]
                  required: 2
                  from: 2026-01-01
                  until: 2026-06-30T12:00:00Z
                - name: release tags
                  tags: ["v*"]
                  signers: [0123456789abcdef0123456789abcdef01234567]
            """);
        source.MatchCommitter.ShouldBeTrue();
        source.Forge.ShouldBe(ForgePolicy.Merges);
        source.Rules.Count.ShouldBe(2);
        source.Rules[0].Paths.ShouldBe(["deploy/**", "compliance.yml"]);
        source.Rules[0].Required.ShouldBe(2);
        source.Rules[0].From.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        source.Rules[0].Until.ShouldBe(new DateTimeOffset(2026, 6, 30, 12, 0, 0, TimeSpan.Zero));
        source.Rules[1].Tags.ShouldBe(["v*"]);
        source.Rules[1].Required.ShouldBe(1);
    }

    [TestCase("source: { match-committer: warn }", "CIC5006")]
    [TestCase("source: { forge: yes }", "CIC5006")]
    [TestCase("source: { rules: [] }", "CIC5006")]
    [TestCase("source: { rules: [text] }", "CIC5006")]
    [TestCase("source: { rules: [{ name: a }] }", "CIC5007")]
    [TestCase("source: { rules: [{ signers: [a@b] }] }", "CIC5007")]
    [TestCase("source: { rules: [{ name: a, signers: [alice] }] }", "CIC5006")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b], paths: [/deploy] }] }", "CIC5006")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b], paths: [deploy/] }] }", "CIC5006")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b], paths: [../x] }] }", "CIC5006")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b], authors: [alice] }] }", "CIC5006")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b], required: 2 }] }", "CIC5006")]
    [TestCase("source: { rules: [{ name: a, signers: ['*@b'], required: 0 }] }", "CIC5006")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b], from: tomorrow }] }", "CIC5006")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b], path: [x] }] }", "CIC5005")]
    public void Source_WhenAValueIsWrong_IsRefused(string yaml, string code) => Codes(yaml).ShouldContain(code);

    [TestCase("source: { rules: [{ name: a, signers: [a@b], tags: [v*], paths: [x] }] }")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b], from: 2026-02-01, until: 2026-01-01 }] }")]
    public void Source_WhenARuleContradictsItself_IsRefused(string yaml) => Codes(yaml).ShouldContain(PolicyDiagnostics.Contradiction.Code);

    [Test]
    public void Source_WhenKept_IsTheSameAgain()
    {
        var policy = Parse("source: { match-committer: on, rules: [{ name: a, signers: [a@b], from: 2026-01-01 }] }");
        CompliancePolicy.Parse(policy.ToJson()).ToJson().ShouldBe(policy.ToJson());
    }

    [TestCase("source: { match-committer: on }", "", "source.match-committer")]
    [TestCase("", "source: { forge: merges }", "source.forge")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b] }] }", "", "source.rules")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b] }] }", "source: { rules: [{ name: a, signers: [a@b, c@d] }] }", "source.rules")]
    public void Tightening_WhenTheTreeWeakens_HasNoEffect(string strict, string tree, string key) =>
        PolicyTightening.Apply(Parse(strict), Parse(tree), "compliance.yml").Findings.ShouldHaveSingleItem().What.En.ShouldContain($"'{key}'");

    [TestCase("", "source: { match-committer: on }")]
    [TestCase("source: { forge: allowed }", "source: { forge: merges }")]
    [TestCase("source: { rules: [{ name: a, signers: [a@b] }] }", "source: { rules: [{ name: b, signers: [c@d] }, { name: a, signers: [a@b] }] }")]
    public void Tightening_WhenTheTreeIsStricter_Counts(string strict, string tree) =>
        PolicyTightening.Apply(Parse(strict), Parse(tree), "compliance.yml").Policy!.ToJson().ShouldBe(Parse(tree).ToJson());

    private static SourcePolicy Read(string yaml) => Parse(yaml).Source;

    private static CompliancePolicy Parse(string yaml) => PolicyReader.Read(Encoding.UTF8.GetBytes(Head + yaml + "\n"), "compliance.yml");

    private static IEnumerable<string> Codes(string yaml) =>
        PolicyReader.TryRead(Encoding.UTF8.GetBytes(Head + yaml + "\n"), "compliance.yml", out _).Select(finding => finding.Diagnostic.Code);
}
