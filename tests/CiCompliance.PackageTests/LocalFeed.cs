using System.Security.Cryptography;
using CiCompliance.Testing;

namespace CiCompliance.PackageTests;

/// <summary>
/// The packed packages in a folder feed that is the only source, and a HOME that holds nobody's settings. Beside them the feed has what they
/// depend on: Cake.Frosting (the stand-in, packed for these tests alone) and YamlDotNet.
/// </summary>
[SetUpFixture]
public sealed class LocalFeed
{
    public static readonly string[] Ids =
        ["CiCompliance.Cake", "CiCompliance.MSBuild", "CiCompliance.Templates", "CiCompliance.Tool", "CiCompliance.Tool.any", "CiCompliance.Tool.linux-x64"];

    private static TempDirectory folder = null!;

    public static string Root { get; } = Path.GetFullPath(TestVectors.PathOf("..", ".."));

    /// <summary>What <c>./build.sh --target=Pack</c> left.</summary>
    public static string Packages { get; } = Environment.GetEnvironmentVariable("CICOMPLIANCE_PACKAGES") ?? Path.Combine(Root, "artifacts", "packages");

    public static string Version { get; private set; } = "";

    /// <summary>Whether the packages are of a working tree that is no commit.</summary>
    public static bool IsDirty => Version.EndsWith("dirty", StringComparison.Ordinal);

    public static string RevisionPattern => "[0-9a-f]{40}" + (IsDirty ? "-dirty" : "");

    public static string Feed => folder.Combine("feed");

    /// <summary>The program itself: its folder is where programs look for .NET.</summary>
    public static string DotNet { get; } = RealPath(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Peers.Find("dotnet")!);

    /// <summary>The digests of the tool's packages, as the workflow wants them.</summary>
    public static string ToolDigests => string.Join(' ', Directory.EnumerateFiles(Packages, "CiCompliance.Tool.*.nupkg").Order(StringComparer.Ordinal)
        .Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))));

    public static string PackageOf(string id) => Path.Combine(Packages, $"{id}.{Version}.nupkg");

    public static string NewFolder(string name) => Directory.CreateDirectory(folder.Combine("work", Path.GetRandomFileName(), name)).FullName;

    /// <summary>The whole environment of a child: neither NuGet settings nor caches of the machine, and Go's as the machine has it.</summary>
    public static Dictionary<string, string> NewEnvironment() => new()
    {
        ["PATH"] = $"{Path.GetDirectoryName(DotNet)}:{Environment.GetEnvironmentVariable("PATH")}",
        ["HOME"] = folder.Combine("home"),
        ["DOTNET_CLI_HOME"] = folder.Combine("home"),
        ["DOTNET_ROOT"] = Path.GetDirectoryName(DotNet)!,
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["NUGET_PACKAGES"] = folder.Combine("packages"),
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GOCACHE"] = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "cache", "go-build")).FullName,
        ["LC_ALL"] = "C.UTF-8",
    };

    [OneTimeSetUp]
    public void Make()
    {
        if (!Directory.Exists(Packages))
        {
            Assert.Ignore("needs the packages: ./build.sh --target=Pack");
        }

        Peers.Require("gpg");
        Peers.Require("go");
        folder = new TempDirectory();
        var templates = Directory.EnumerateFiles(Packages, "CiCompliance.Templates.*.nupkg").Single();
        Version = Path.GetFileNameWithoutExtension(templates)["CiCompliance.Templates.".Length..];
        Directory.CreateDirectory(Feed);
        foreach (var package in Directory.EnumerateFiles(Packages, "*.nupkg").Append(YamlDotNet()))
        {
            File.Copy(package, Path.Combine(Feed, Path.GetFileName(package)));
        }

        Run.Program(DotNet, ["pack", "src/Cake.Frosting.StandIn", "--no-build", "-c", "Release", "-p:PackStandIn=true", "-o", Feed, "-nologo", "-v", "quiet"], Root, null).ShouldPass();
        folder.Write("home/.nuget/NuGet/NuGet.Config", $"""
            <configuration><packageSources><clear /><add key="local" value="{Feed}" /></packageSources></configuration>
            """);
        Run.DotNet(Feed, "new", "install", $"CiCompliance.Templates@{Version}").ShouldPass();
    }

    [OneTimeTearDown]
    public void Remove() => folder?.Dispose();

    private static string RealPath(string file) => File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;

    private static string YamlDotNet()
    {
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Directory.EnumerateFiles(Path.Combine(cache, "yamldotnet", "16.3.0"), "*.nupkg").Single();
    }
}
