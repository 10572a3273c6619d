using System.Text.RegularExpressions;
using CiCompliance.Testing;

namespace CiCompliance.PackageTests;

/// <summary>What the templates make, used as their READMEs say, with throw-away keys and no network.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed partial class TemplateTests
{
    private GpgHome gpg = null!;
    private string folder = "";
    private Dictionary<string, string> environment = null!;

    [OneTimeSetUp]
    public void Make()
    {
        gpg = new GpgHome();
        gpg.Generate("Template <template@example.com>", "ed25519");
        folder = LocalFeed.NewFolder("templates");
        environment = LocalFeed.NewEnvironment();
        foreach (var (name, value) in gpg.Environment)
        {
            environment[name] = value;
        }

        File.WriteAllBytes(Path.Combine(folder, "me.asc"), gpg.ExportArmored("template@example.com"));
        Shell(folder, "git config --global user.name Template; git config --global user.email template@example.com; git config --global init.defaultBranch main").ShouldPass();
    }

    [OneTimeTearDown]
    public void Remove() => gpg?.Dispose();

    [Test]
    public void Go_UsedAsItsReadmeSays_IsGreenTheFirstTime()
    {
        Shell(folder, "dotnet new cicompliance-go -n shop --module git.example.com/acme/shop").ShouldPass();
        var shop = Path.Combine(folder, "shop");
        NoPlaceholderIsLeft(shop);
        Shell(shop, "go vet ./... && go test ./...").ShouldPass();
        foreach (var line in CommandsOf(Path.Combine(shop, "README.md"), "git init"))
        {
            Shell(shop, line.Replace("you@example.com", "template@example.com", StringComparison.Ordinal)).ShouldPass();
        }

        Directory.EnumerateFiles(Path.Combine(shop, "artifacts", "compliance", "bin")).Select(Path.GetFileName).ShouldBe(["shop-linux-amd64"]);
        File.Exists(Path.Combine(shop, "artifacts", "compliance", "seal", "manifest.json")).ShouldBeTrue();
        Shell(shop, "dotnet cicompliance verify evidence artifacts/compliance --trust ../demo/trust.json --repository git.example.com/acme/shop "
            + "--commit $(git rev-parse HEAD) --allow-demonstration").ShouldPass();
        Shell(shop, "git status --porcelain").ShouldPass().Output.ShouldBe("");
    }

    [Test]
    public void Build_InAnExistingRepository_AddsThePipelineAndIsGreen()
    {
        var existing = Repository("existing", """
            package main

            func main() { println("hello") }
            """);
        Shell(existing, "dotnet new cicompliance-build --module git.example.com/acme/existing").ShouldPass();
        NoPlaceholderIsLeft(existing);
        ShareTheBuildCache(existing);
        Commit(existing, "-S");
        Shell(existing, "dotnet tool restore && dotnet cicompliance demonstrate ../demo-existing --committer ../me.asc && ./build.sh --demo=../demo-existing").ShouldPass();
        File.Exists(Path.Combine(existing, "artifacts", "compliance", "seal", "manifest.json")).ShouldBeTrue();

        Commit(existing, "--no-gpg-sign");
        var unsigned = Shell(existing, "./build.sh --demo=../demo-existing");
        unsigned.ExitCode.ShouldBe(1, unsigned.Output);
        unsigned.Output.ShouldContain("CIC1001");
        Shell(existing, "./build.sh").ExitCode.ShouldBe(2);
    }

    [Test]
    public void Build_WhereAFileIsThere_ChangesNothing()
    {
        var existing = Repository("occupied", "package main\n\nfunc main() {}\n");
        File.WriteAllText(Path.Combine(existing, "build.sh"), "mine\n");
        Shell(existing, "dotnet new cicompliance-build --module git.example.com/acme/occupied").ExitCode.ShouldNotBe(0);
        File.ReadAllText(Path.Combine(existing, "build.sh")).ShouldBe("mine\n");
        File.Exists(Path.Combine(existing, "compliance.yml")).ShouldBeFalse();
    }

    [Test]
    public void MSBuild_UsedAsItsReadmeSays_IsGreenTheFirstTime()
    {
        Shell(folder, "dotnet new cicompliance-msbuild -n mixed --module git.example.com/acme/mixed").ShouldPass();
        var mixed = Path.Combine(folder, "mixed");
        NoPlaceholderIsLeft(mixed);
        ShareTheBuildCache(Path.Combine(mixed, "sidecar"));
        foreach (var line in CommandsOf(Path.Combine(mixed, "README.md"), "git init"))
        {
            Shell(mixed, line.Replace("you@example.com", "template@example.com", StringComparison.Ordinal).Replace("../demo", "../demo-mixed", StringComparison.Ordinal)).ShouldPass();
        }

        File.Exists(Path.Combine(mixed, "bin", "compliance", "sidecar", "seal", "manifest.json")).ShouldBeTrue();
        Shell(mixed, "dotnet build -p:CiComplianceOnBuild=true -p:DemoFolder=../demo-mixed && dotnet run --no-build").ShouldPass().Output.ShouldContain("sidecar: /");
    }

    [Test]
    public void Workflow_OfTheTemplate_PinsWhatItRunsAndWritesChecksAtMost()
    {
        Shell(folder, "dotnet new cicompliance-build -o workflow --module git.example.com/acme/shop --workflow-owner acme").ShouldPass();
        var file = Path.Combine(folder, "workflow", ".github", "workflows", "compliance.yml");
        var text = File.ReadAllText(file);
        text.ShouldMatch($"uses: acme/cicompliance/[.]github/workflows/go-compliance[.]yml@{LocalFeed.RevisionPattern}\n");
        text.ShouldNotContain("@" + new string('0', 40));
        text.ShouldContain($"tool-version: {LocalFeed.Version}\n");
        text.ShouldContain($"tool-sha256: {LocalFeed.ToolDigests}\n");
        text.ShouldContain("permissions:\n  contents: read\n");
        // For the job that publishes; the others take less.
        text.Replace("checks: write", "", StringComparison.Ordinal).Replace("statuses: write", "", StringComparison.Ordinal).ShouldNotContain("write");
        text.ShouldNotContain("pull_request_target");
        Shells().IsMatch(text).ShouldBeFalse("the caller runs nothing of its own");
        Run.Program(Peers.Require("action-validator"), [file], folder, null).ShouldPass();
        Run.Program(Peers.Require("actionlint"), [file], folder, null).ShouldPass();
    }

    /// <summary>The indented lines of a README, from the one that begins so to the end of its block.</summary>
    private static List<string> CommandsOf(string readme, string first) =>
        [.. File.ReadAllLines(readme).SkipWhile(line => !line.StartsWith("    " + first, StringComparison.Ordinal)).TakeWhile(line => line.Length > 0).Select(line => line.Trim())];

    private static void NoPlaceholderIsLeft(string project)
    {
        foreach (var file in Directory.EnumerateFiles(project, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/.git/", StringComparison.Ordinal)))
        {
            Placeholder().IsMatch(File.ReadAllText(file)).ShouldBeFalse(file);
        }
    }

    // So that the standard library is compiled once for all tests.
    private static void ShareTheBuildCache(string module)
    {
        var policy = Path.Combine(module, "compliance.yml");
        File.WriteAllText(policy, File.ReadAllText(policy).Replace("  cgo: false\n", "  cgo: false\n  cache: shared\n", StringComparison.Ordinal));
    }

    private string Repository(string name, string main)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        File.WriteAllText(Path.Combine(path, "go.mod"), $"module git.example.com/acme/{name}\n\ngo 1.19\n");
        File.WriteAllText(Path.Combine(path, "main.go"), main);
        Shell(path, "git init --quiet").ShouldPass();
        Commit(path, "-S");
        return path;
    }

    private void Commit(string path, string signing) => Shell(path, $"git add -A && git commit --quiet --allow-empty {signing} -m Change").ShouldPass();

    private Outcome Shell(string path, string line) => Run.Shell(path, line, environment);

    [GeneratedRegex("^ *(- )?run:", RegexOptions.Multiline)]
    private static partial Regex Shells();

    [GeneratedRegex("ledger(?!-linux)|0[.]0[.]0-cicompliance|DIGESTS-OF-THE-TOOL|0{40}|repository[.]example")]
    private static partial Regex Placeholder();
}
