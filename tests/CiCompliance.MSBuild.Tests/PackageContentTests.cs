using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CiCompliance.MSBuild.Tests;

/// <summary>What is packed.</summary>
public sealed partial class PackageContentTests
{
    private static readonly string[] NotProperties = ["format", "quiet", "help", "project", "out"];

    [Test]
    public void Entries_OfThePackage_AreTasksToolAndTargets()
    {
        var names = Entries();
        foreach (var name in new[]
        {
            "build/CiCompliance.MSBuild.props", "build/CiCompliance.MSBuild.targets", "buildMultiTargeting/CiCompliance.MSBuild.props",
            "buildMultiTargeting/CiCompliance.MSBuild.targets", "tasks/net10.0/CiCompliance.MSBuild.dll", "tasks/net10.0/CiCompliance.MSBuild.deps.json",
            "tasks/net10.0/CiCompliance.Core.dll", "tasks/net10.0/YamlDotNet.dll", "tools/net10.0/cicompliance.dll", "tools/net10.0/cicompliance.runtimeconfig.json",
            "tools/net10.0/LibGit2Sharp.dll", "LICENSE", "README.md", "docs/diagnostics/CIC0002.md",
        })
        {
            names.ShouldContain(name);
        }

        names.ShouldNotContain(name => name.StartsWith("lib/", StringComparison.Ordinal));
        names.ShouldNotContain(name => Path.GetFileName(name).StartsWith("Microsoft.Build", StringComparison.Ordinal));
    }

    [Test]
    public void Metadata_OfThePackage_IsThatOfABuildTool()
    {
        var metadata = XDocument.Parse(Text("CiCompliance.MSBuild.nuspec")).Root!.Elements().Single();
        Value("developmentDependency").ShouldBe("true");
        Value("license").ShouldBe("Apache-2.0");
        Value("readme").ShouldBe("README.md");
        metadata.Descendants().Where(element => element.Name.LocalName == "dependency").ShouldBeEmpty();

        string? Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
    }

    [Test]
    public void Targets_OfThePackage_NeverGoOnAfterAFailure()
    {
        var files = Entries().Where(name => name.EndsWith(".targets", StringComparison.Ordinal) || name.EndsWith(".props", StringComparison.Ordinal)).ToList();
        files.Count.ShouldBe(4);
        foreach (var file in files)
        {
            Text(file).ShouldNotContain("ContinueOnError", Case.Insensitive);
            Text(file).ShouldNotContain("IgnoreExitCode", Case.Insensitive);
        }
    }

    [Test]
    public void Options_OfTheTool_AreProperties()
    {
        using var help = Process.Start(new ProcessStartInfo(PackageFeed.DotNet,
            ["exec", Path.Combine(PackageFeed.Root, "src/CiCompliance.Tool/bin/Release/net10.0/cicompliance.dll"), "run", "--help"]) { RedirectStandardOutput = true })!;
        var options = Option().Matches(help.StandardOutput.ReadToEnd()).Select(match => match.Groups[1].Value).Distinct().Except(NotProperties).ToList();
        options.Count.ShouldBeGreaterThan(15);
        var targets = Text("build/CiCompliance.MSBuild.targets");
        foreach (var option in options)
        {
            var property = string.Concat(option.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
            targets.ShouldContain($"$(CiCompliance{property})");
            targets.ShouldContain(option == "language" ? "Language=\"" : $"{property}=\"%({property})\"");
        }
    }

    private static List<string> Entries()
    {
        using var package = ZipFile.OpenRead(PackageFeed.Package);
        return [.. package.Entries.Select(entry => entry.FullName)];
    }

    private static string Text(string name)
    {
        using var package = ZipFile.OpenRead(PackageFeed.Package);
        using var reader = new StreamReader(package.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }

    [GeneratedRegex("^ +--([a-z0-9-]+)", RegexOptions.Multiline)]
    private static partial Regex Option();
}
