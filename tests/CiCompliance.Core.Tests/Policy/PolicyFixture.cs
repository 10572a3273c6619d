using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Policy;

namespace CiCompliance.Core.Tests.Policy;

internal static class PolicyFixture
{
    public const string Minimal = """
        version: 1
        repository: github.com/acme/app
        go: { provider: goproxy.cn }
        log: { kind: persistent, path: ../log }

        """;

    public static CompliancePolicy Read(string yaml) => PolicyReader.Read(Encoding.UTF8.GetBytes(yaml), "compliance.yml");

    public static IReadOnlyList<Finding> Problems(string yaml) => Problems(Encoding.UTF8.GetBytes(yaml));

    public static IReadOnlyList<Finding> Problems(byte[] yaml)
    {
        var findings = PolicyReader.TryRead(yaml, "compliance.yml", out var policy);
        (policy is null).ShouldBe(findings.Count > 0);
        return findings;
    }

    /// <summary>The one problem of a text that has exactly one.</summary>
    public static Finding Problem(string yaml) => Problems(yaml).ShouldHaveSingleItem();

    public static string With(string line, string replacement) => Minimal.Replace(line, replacement, StringComparison.Ordinal);
}
