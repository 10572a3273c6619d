using System.Security.Cryptography;
using System.Text;
using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Evidence;

namespace CiCompliance.MSBuild.Tests;

/// <summary>Gates run every time; build and SBOM only when something that decides about them differs.</summary>
public sealed class KeptBuildTests
{
    private const string Gates = "--stages=environment,source,dependencies";
    private const string All = "--stages=environment,source,dependencies,build,binary,sbom";

    private TestProject project = null!;

    [SetUp]
    public void BuildOnce()
    {
        project = new TestProject();
        project.Properties["CiComplianceStages"] = "environment,source,dependencies,build,binary,sbom".Replace(",", "%2c", StringComparison.Ordinal);
        WriteEvidence("c1", "0.1.0");
        project.Tool.Does("""
            mkdir -p "$out"
            cp -r "${0%/*}/evidence/." "$out/"
            sed -i "s|@OUT@|$out|" "$out/environment/environment.json"
            case $stages in *build*) mkdir -p "$out/bin"; date +%s%N > "$out/bin/sidecar-linux-amd64" ;; esac
            [ ! -e "${0%/*}/refuse" ] || { echo "x : error CIC1001: no. ask" >&2; answer 1 fail; }
            answer 0 pass
            """);
        Run().ShouldPass();
        Stages().ShouldBe([All]);
    }

    [Test]
    public void Unchanged_RunsTheGatesAndKeepsTheBuild()
    {
        var built = File.ReadAllText(Binary);
        Run().ShouldPass();
        Stages().ShouldBe([All, Gates]);
        File.ReadAllText(Binary).ShouldBe(built);
    }

    [Test]
    public void TouchedFiles_KeepTheBuild()
    {
        Directory.EnumerateFiles(project.Folder, "*", SearchOption.AllDirectories).ToList().ForEach(file => File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(1)));
        Run().ShouldPass();
        Stages().ShouldBe([All, Gates]);
    }

    [Test]
    public void RefusedGate_FailsTheBuild()
    {
        project.Write("tool/refuse", "");
        Run().ShouldFailWith("CIC1001");
        Run().ShouldFailWith("CIC1001");
    }

    [TestCase("source/source.json", TestName = "OtherSource_BuildsAgain")]
    [TestCase("source/tree.ls", TestName = "OtherTree_BuildsAgain")]
    [TestCase("policy/policy.json", TestName = "OtherPolicy_BuildsAgain")]
    [TestCase("environment/environment.json", TestName = "OtherEnvironment_BuildsAgain")]
    [TestCase("dependencies/modules.json", TestName = "OtherModules_BuildsAgain")]
    public void Other(string file)
    {
        File.AppendAllText(project.PathOf($"tool/evidence/{file}"), "x");
        Run().ShouldPass();
        Stages().ShouldBe([All, Gates, All]);
    }

    [TestCase("c2", "0.1.0", TestName = "OtherCommit_BuildsAgain")]
    [TestCase("c1", "0.2.0", TestName = "OtherTool_BuildsAgain")]
    public void Other(string commit, string tool)
    {
        WriteEvidence(commit, tool);
        Run().ShouldPass();
        Stages().ShouldBe([All, Gates, All]);
    }

    [Test]
    public void ChangedBinary_BuildsAgain()
    {
        File.WriteAllText(Binary, "another");
        Run().ShouldPass();
        Stages().ShouldBe([All, All]);
        File.ReadAllText(Binary).ShouldNotBe("another");
    }

    [Test]
    public void ChangedOption_BuildsAgain()
    {
        project.Properties["CiComplianceBase"] = "v1";
        Run().ShouldPass();
        Stages().ShouldBe([All, All]);
    }

    [Test]
    public void Signing_RunsEverything()
    {
        project.Properties["CiComplianceStages"] += "%2csign";
        Run().ShouldPass();
        Run().ShouldPass();
        Stages().ShouldBe([All, All + ",sign", All + ",sign"]);
    }

    [Test]
    public void OtherTrust_BuildsAgain()
    {
        project.Write("trust.json", "{}");
        project.Properties["CiComplianceTrust"] = project.PathOf("trust.json");
        Run().ShouldPass();
        project.Write("trust.json", "{ }");
        Run().ShouldPass();
        Stages().ShouldBe([All, All, All]);
    }

    [Test]
    public void OtherHost_BuildsAgain()
    {
        WriteEvidence("c1", "0.1.0", actor: "somebody else");
        Run().ShouldPass();
        Stages().ShouldBe([All, Gates, All]);
    }

    [Test]
    public void ExpectedDigest_RunsEverything()
    {
        project.Properties["CiComplianceExpectDigest"] = "sha256:" + new string('a', 64);
        Run().ShouldPass();
        Run().ShouldPass();
        Stages().ShouldBe([All, All, All]);
        project.Tool.Calls[^1].ShouldContain("--expect-digest=sha256:" + new string('a', 64));
    }

    [TestCase("CI", "true")]
    [TestCase("JENKINS_URL", "https://ci.example")]
    public void ForgedBinaryWithItsDigest_IsBuiltAgainInACiSystem(string variable, string value)
    {
        Forge();
        project.Environment[variable] = value;
        Run().ShouldPass();
        Stages().ShouldBe([All, All]);
        File.ReadAllText(Binary).ShouldNotBe("forged");
    }

    // What docs/guides/msbuild.md says of a developer's own folder: nothing in it is signed.
    [Test]
    public void ForgedBinaryWithItsDigest_StaysInADevelopersFolder()
    {
        Forge();
        Run().ShouldPass();
        Stages().ShouldBe([All, Gates]);
        File.ReadAllText(Binary).ShouldBe("forged");
    }

    [Test]
    public void Clean_BuildsAgain()
    {
        project.DotNet("clean").ShouldPass();
        Run().ShouldPass();
        Stages().ShouldBe([All, All]);
    }

    private string Binary => project.PathOf("App/bin/compliance/sidecar/bin/sidecar-linux-amd64");

    private BuildOutcome Run() => project.Build("-t:CiCompliance", "-restore");

    private List<string> Stages() => [.. project.Tool.Calls.Select(call => call.Single(argument => argument.StartsWith("--stages=", StringComparison.Ordinal)))];

    private void Forge()
    {
        var stamp = project.PathOf("App/bin/compliance/sidecar.digests");
        var before = Digest();
        File.WriteAllText(Binary, "forged");
        var digests = File.ReadAllText(stamp);
        digests.ShouldContain(before);
        File.WriteAllText(stamp, digests.Replace(before, Digest(), StringComparison.Ordinal));

        string Digest() => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Binary)));
    }

    private void WriteEvidence(string commit, string tool, string? actor = null)
    {
        var digests = new DigestSet(new string('a', 64), new string('b', 64));
        var record = new EvidenceRecord(EvidenceRecord.CurrentVersion,
            new RunIdentity(Guid.NewGuid().ToString("D"), "modules.example/sidecar", commit, "t", digests, RunMode.Production, tool),
            new HostRecord("none", null, null, actor, null, null, "Linux", "x64", new string('d', 64)), DateTimeOffset.UnixEpoch, []);
        project.Write("tool/evidence/evidence.json", Encoding.UTF8.GetString(record.ToJson()));
        foreach (var file in new[] { EvidencePaths.PolicySource, EvidencePaths.PolicyApplied, EvidencePaths.Source, EvidencePaths.Tree, EvidencePaths.GoMod, EvidencePaths.GoSum, EvidencePaths.Modules })
        {
            project.Write($"tool/evidence/{file}", file);
        }

        project.Write($"tool/evidence/{EvidencePaths.Environment}", "GOCACHE=@OUT@.work/gocache\n");
    }
}
