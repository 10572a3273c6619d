using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using CiCompliance.Testing;
using NJsonSchema;

namespace CiCompliance.PackageTests;

/// <summary>What every package carries.</summary>
public sealed class PackageContentTests
{
    private static string[] Ids => LocalFeed.Ids;

    [TestCase("CiCompliance.Tool.any")]
    [TestCase("CiCompliance.Tool.linux-x64")]
    [TestCase("CiCompliance.MSBuild")]
    public void Package_ThatCarriesTheTool_CarriesTheLicencesOfItsLibraries(string id)
    {
        using var package = ZipFile.OpenRead(LocalFeed.PackageOf(id));
        Text(package, "THIRD-PARTY-NOTICES.md").ShouldContain("libgit2");
        Text(package, "licenses/libgit2.license.txt").ShouldContain("GNU GENERAL PUBLIC LICENSE");
    }

    [Test]
    public void Packages_OfOneCommit_AreTheseAndHaveOneVersion() =>
        Directory.EnumerateFiles(LocalFeed.Packages).Select(Path.GetFileName)
            .ShouldBe(Ids.Select(id => $"{id}.{LocalFeed.Version}.nupkg"), ignoreOrder: true);

    [TestCaseSource(nameof(Ids))]
    public void Package_Carries_LicenceReadmeAndRepository(string id)
    {
        using var package = ZipFile.OpenRead(LocalFeed.PackageOf(id));
        Text(package, "LICENSE").ShouldContain("Apache License");
        Text(package, "README.md").ShouldStartWith("# ");
        var metadata = XDocument.Parse(Text(package, $"{id}.nuspec")).Root!.Elements().Single();
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Value("license").ShouldBe("Apache-2.0");
        Value("readme").ShouldBe("README.md");
        Value("description").Length.ShouldBeGreaterThan(40);
        Value("version").ShouldBe(LocalFeed.Version);
        RevisionOf(package, id).ShouldMatch($"^{LocalFeed.RevisionPattern}$");
    }

    [TestCaseSource(nameof(Ids))]
    public async Task Sbom_OfEachPackage_IsCycloneDx16AndNamesIt(string id)
    {
        using var package = ZipFile.OpenRead(LocalFeed.PackageOf(id));
        var sbom = Text(package, "sbom.cdx.json");
        var schema = await JsonSchema.FromFileAsync(TestVectors.PathOf("oscal", "schemas", "bom-1.6.schema.json"));
        schema.Validate(sbom).ShouldBeEmpty();
        schema.Validate(sbom.Replace("\"CycloneDX\"", "\"Other\"", StringComparison.Ordinal)).ShouldNotBeEmpty();
        var document = JsonNode.Parse(sbom)!;
        var owner = id.StartsWith("CiCompliance.Tool", StringComparison.Ordinal) ? "CiCompliance.Tool" : id;
        ((string?)document["metadata"]!["component"]!["purl"]).ShouldBe($"pkg:nuget/{owner}@{LocalFeed.Version}");
    }

    [TestCase("CiCompliance.Tool.any", "YamlDotNet", "LibGit2Sharp", "Portable.BouncyCastle", "System.CommandLine")]
    [TestCase("CiCompliance.MSBuild", "YamlDotNet", "LibGit2Sharp", "Portable.BouncyCastle", "System.CommandLine")]
    [TestCase("CiCompliance.Cake", "YamlDotNet", "Cake.Frosting")]
    public void Sbom_Names_WhatThePackageCarries(string id, params string[] components)
    {
        using var package = ZipFile.OpenRead(LocalFeed.PackageOf(id));
        components.ShouldBeSubsetOf(JsonNode.Parse(Text(package, "sbom.cdx.json"))!["components"]!.AsArray().Select(component => (string)component!["name"]!));
    }

    [TestCase("CiCompliance.MSBuild", "tools/net10.0/runtimes/linux-x64/native/")]
    [TestCase("CiCompliance.Tool.any", "tools/net10.0/any/runtimes/linux-x64/native/")]
    [TestCase("CiCompliance.Tool.linux-x64", "tools/net10.0/linux-x64/")]
    public void NativeLibrary_OfTheTool_LiesWhereItIsLoadedFrom(string id, string folder)
    {
        using var package = ZipFile.OpenRead(LocalFeed.PackageOf(id));
        package.Entries.ShouldContain(entry => entry.FullName.StartsWith(folder + "libgit2-", StringComparison.Ordinal) && entry.FullName.LastIndexOf('/') == folder.Length - 1);
    }

    [Test]
    public void CakePackage_DependsOnThePublishedFrostingAndCarriesCore()
    {
        using var package = ZipFile.OpenRead(LocalFeed.PackageOf("CiCompliance.Cake"));
        package.Entries.Select(entry => entry.FullName).ShouldContain("lib/net10.0/CiCompliance.Core.dll");
        XDocument.Parse(Text(package, "CiCompliance.Cake.nuspec")).Descendants().Where(element => element.Name.LocalName == "dependency")
            .Select(element => $"{element.Attribute("id")!.Value} {element.Attribute("version")!.Value}").ShouldBe(["Cake.Frosting 7.0.0", "YamlDotNet 16.3.0"], ignoreOrder: true);
    }

    // The one thing that ever differed between packages of two clones; packing all of them twice would take minutes.
    [TestCase("CiCompliance.Cake", 2)]
    [TestCase("CiCompliance.MSBuild", 8)]
    [TestCase("CiCompliance.Tool.any", 6)]
    [TestCase("CiCompliance.Tool.linux-x64", 6)]
    public void Assemblies_OfOurOwn_NameNoFolderOfTheMachineThatBuiltThem(string id, int count)
    {
        using var package = ZipFile.OpenRead(LocalFeed.PackageOf(id));
        var own = package.Entries.Where(entry => entry.Name.StartsWith("CiCompliance", StringComparison.OrdinalIgnoreCase) && entry.Name.EndsWith(".dll", StringComparison.Ordinal)).ToList();
        own.Count.ShouldBe(count);
        foreach (var assembly in own)
        {
            var sources = SourcesOf(assembly);
            sources.ShouldNotBeEmpty(assembly.FullName);
            sources.ShouldAllBe(source => source.StartsWith("/_/", StringComparison.Ordinal), assembly.FullName);
        }
    }

    [TestCase("src/CiCompliance.Cake", "CiCompliance.Cake")]
    [TestCase("templates", "CiCompliance.Templates")]
    public void Pack_OfTheSameFilesElsewhere_GivesTheSameBytes(string project, string id)
    {
        var folder = LocalFeed.NewFolder("again");
        using var first = ZipFile.OpenRead(LocalFeed.PackageOf(id));
        var sbom = Path.Combine(folder, "sbom.cdx.json");
        File.WriteAllText(sbom, Text(first, "sbom.cdx.json"));
        var time = new DateTimeOffset(first.Entries[0].LastWriteTime.DateTime, TimeSpan.Zero).ToUnixTimeSeconds();
        Run.Program(LocalFeed.DotNet,
            ["pack", project, "-c", "Release", "-o", folder, "-nologo", "-v", "quiet", "-p:ContinuousIntegrationBuild=true",
                $"-p:MinVerVersionOverride={LocalFeed.Version}", $"-p:PackageSbom={sbom}", $"-p:DeterministicTimestamp={time}", $"-p:ToolPackageDigests={LocalFeed.ToolDigests}",
                .. LocalFeed.IsDirty ? [$"-p:SourceRevisionId={RevisionOf(first, id)}"] : Array.Empty<string>()], RepositoryCopy.Path, RepositoryCopy.NewEnvironment()).ShouldPass();
        File.ReadAllBytes(Path.Combine(folder, Path.GetFileName(LocalFeed.PackageOf(id)))).ShouldBe(File.ReadAllBytes(LocalFeed.PackageOf(id)));
    }

    private static List<string> SourcesOf(ZipArchiveEntry assembly)
    {
        using var content = new MemoryStream();
        using (var packed = assembly.Open())
        {
            packed.CopyTo(content);
        }

        content.Position = 0;
        using var file = new PEReader(content);
        using var symbols = file.ReadEmbeddedPortablePdbDebugDirectoryData(file.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb));
        var reader = symbols.GetMetadataReader();
        return [.. reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name))];
    }

    private static string RevisionOf(ZipArchive package, string id) => XDocument.Parse(Text(package, $"{id}.nuspec")).Descendants()
        .Single(element => element.Name.LocalName == "repository").Attribute("commit")!.Value;

    internal static string Text(ZipArchive package, string name)
    {
        using var reader = new StreamReader((package.GetEntry(name) ?? throw new InvalidOperationException($"the package has no {name}")).Open());
        return reader.ReadToEnd();
    }
}
