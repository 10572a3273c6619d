using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CiCompliance.Build.Quickstart;
using CiCompliance.Testing;

namespace CiCompliance.PackageTests;

/// <summary>One table through every door: the same verdict, exit code, diagnostics and recomputable evidence.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed partial class ParityTests
{
    private static readonly string[] Recomputable = ["bin", "dependencies", "sbom", "source"];

    private readonly Dictionary<string, Door> doors = [];
    private readonly Dictionary<string, ProtectedBranch> branches = [];
    private FixtureModuleProxy proxy = null!;
    private QuickstartKeys keys = null!;
    private IReadOnlyList<string>? digests;

    private static string[] Names => Door.Names;

    [OneTimeSetUp]
    public void Make()
    {
        proxy = QuickstartModules.Serve(Path.Combine(LocalFeed.Root, "templates", "go-service-modules"));
        keys = new QuickstartKeys(Path.Combine(LocalFeed.NewFolder("keys"), "keys"));
        // A port that nothing answers on: the discard service's, on this machine.
        var silent = $"{proxy.Sumdb.VerifierKey} http://127.0.0.1:9";
        branches["compliant"] = new ProtectedBranch(keys, proxy, isSigned: true, hasRules: true, sumdb: null);
        branches["unsigned"] = new ProtectedBranch(keys, proxy, isSigned: false, hasRules: true, sumdb: null);
        branches["no-policy"] = new ProtectedBranch(keys, proxy, isSigned: true, hasRules: false, sumdb: null);
        branches["silent-sumdb"] = new ProtectedBranch(keys, proxy, isSigned: true, hasRules: true, silent);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        foreach (var branch in branches.Values)
        {
            branch.Dispose();
        }

        keys?.Dispose();
        proxy?.Dispose();
    }

    [TestCaseSource(nameof(Names))]
    public void CompliantCommit_ByEachDoor_PassesWithTheSameEvidence(string door)
    {
        var evidence = Path.Combine(LocalFeed.NewFolder("evidence"), "evidence");
        var answer = Judge(door, "compliant", evidence);
        answer.ExitCode.ShouldBe(0, answer.Log);
        answer.Verdict.ShouldBe("pass");
        answer.Codes.ShouldBeEmpty();
        File.Exists(Path.Combine(evidence, "seal", "manifest.json")).ShouldBeTrue();
        var found = DigestsOf(evidence);
        Recomputable.ShouldAllBe(part => found.Any(line => line.StartsWith(part + "/", StringComparison.Ordinal)));
        digests ??= found;
        found.ShouldBe(digests);
    }

    [Test]
    public void CommitThatIsNotCompliant_ByEachDoor_GetsTheSameAnswer(
        [ValueSource(nameof(Names))] string door, [Values("unsigned", "no-policy", "silent-sumdb")] string scenario)
    {
        var (exitCode, verdict, code) = scenario switch
        {
            "unsigned" => (1, "fail", "CIC1001"),
            "no-policy" => (2, "", "CIC0005"),
            _ => (3, "undecided", "CIC1110"),
        };
        var answer = Judge(door, scenario, Path.Combine(LocalFeed.NewFolder("evidence"), "evidence"));
        answer.ExitCode.ShouldBe(exitCode, answer.Log);
        answer.Verdict.ShouldBe(verdict);
        answer.Codes.ShouldBe([code], answer.Log);
    }

    private DoorAnswer Judge(string door, string scenario, string evidence)
    {
        if (!doors.TryGetValue(door, out var opened))
        {
            doors[door] = opened = Door.Open(door);
        }

        return opened.Judge(branches[scenario], evidence, [.. keys.Options.Chunk(2).Select(pair => (pair[0][2..], pair[1]))]);
    }

    private static List<string> DigestsOf(string evidence) => [.. Recomputable
        .SelectMany(part => Directory.EnumerateFiles(Path.Combine(evidence, part), "*", SearchOption.AllDirectories))
        .Select(file => $"{Path.GetRelativePath(evidence, file)} {Convert.ToHexStringLower(SHA256.HashData(Content(file)))}").Order(StringComparer.Ordinal)];

    // The time of the run stands in the bill of materials; an auditor takes it from there and makes the rest again.
    private static byte[] Content(string file) => file.EndsWith(".cdx.json", StringComparison.Ordinal)
        ? Encoding.UTF8.GetBytes(Timestamp().Replace(File.ReadAllText(file), "\"timestamp\":\"\""))
        : File.ReadAllBytes(file);

    [GeneratedRegex("\"timestamp\":\"[^\"]*\"")]
    private static partial Regex Timestamp();
}
