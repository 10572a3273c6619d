using System.Text;
using System.Text.RegularExpressions;
using CiCompliance.Build;
using CiCompliance.Build.Quickstart;
using CiCompliance.Testing;

namespace CiCompliance.MSBuild.Tests;

/// <summary>What the README tells people to type, as they would: the block in their project, policy and trust in the protected branch.</summary>
[Platform("Linux")]
public sealed partial class ReadmeTests
{
    [TestCase("README.md")]
    [TestCase("README.zh-CN.md")]
    [TestCase("src/CiCompliance.MSBuild/README.md")]
    public void XmlBlock_OfTheReadme_Builds(string readme)
    {
        Peers.Require("gpg");
        Peers.Require("go");
        using var outside = new TempDirectory();
        using var proxy = QuickstartModules.Serve(Path.Combine(PackageFeed.Root, "templates", "go-service-modules"));
        using var keys = new QuickstartKeys(outside.Combine("keys"));
        var project = new TestProject();
        project.TakeCarriedTool();
        Directory.Delete(project.PathOf("tool"), recursive: true);
        Directory.Delete(project.PathOf("App/sidecar"), recursive: true);
        CopyService(project.PathOf("App/sidecar"));
        project.Write("App/App.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><NuGetAudit>false</NuGetAudit></PropertyGroup>
            {BlockOf(readme)}
            </Project>
            """);
        project.Write(".gitignore", "bin/\nobj/\n");
        project.Write("README.md", "A service and its sidecar.\n");
        using var repository = new QuickstartRepository(Path.Combine(PackageFeed.NewFolder(), "repository"));
        repository.Write(project.Folder, keys.Committer);
        project.Folder = repository.Path;

        project.Write("App/sidecar/compliance.yml", QuickstartPolicy.Write(QuickstartRun.Repository, proxy.Url, proxy.Sumdb.VerifierKey));
        project.Write("App/sidecar/.cicompliance/trust.json",
            Encoding.UTF8.GetString(keys.TrustStore(repository.ExportPublicKey(), proxy.Sumdb.VerifierKey, QuickstartRun.Repository).ToJson()));
        Git(project, "add", "--all");
        repository.CommitWithSm2("Say by what it is judged", keys.Committer);
        Git(project, "update-ref", "refs/remotes/origin/main", "HEAD");
        project.Write("App/Program.cs", "System.Console.WriteLine(1);\n");
        Git(project, "add", "--all");
        repository.CommitWithSm2("Print something", keys.Committer);

        project.Environment["GOCACHE"] = Directory.CreateDirectory(Path.Combine(PackageFeed.Root, "artifacts", "cache", "go-build")).FullName;
        project.Build([.. readme.StartsWith("src/", StringComparison.Ordinal) ? new[] { "-t:CiCompliance", "-restore" } : []]).ShouldPass();
        File.Exists(project.PathOf("App/bin/compliance/sidecar/evidence.json")).ShouldBeTrue();
        Directory.EnumerateFiles(project.PathOf("App/bin/compliance/sidecar/bin")).ShouldNotBeEmpty();
    }

    private static string BlockOf(string readme)
    {
        var block = XmlBlock().Matches(File.ReadAllText(Path.Combine(PackageFeed.Root, readme))).ShouldHaveSingleItem().Groups[1].Value;
        return Version().Replace(block, $"Version=\"{PackageFeed.Version}\"");
    }

    private static void CopyService(string to)
    {
        var from = Path.Combine(PackageFeed.Root, "templates", "go-service");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static void Git(TestProject project, params string[] arguments) =>
        ChildProcess.Capture("git", arguments, project.Folder, project.Environment);

    [GeneratedRegex("```xml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex XmlBlock();

    [GeneratedRegex("Version=\"[^\"]*\"")]
    private static partial Regex Version();
}
