using System.Diagnostics;
using CiCompliance.Testing;

namespace CiCompliance.MSBuild.Tests;

/// <summary>The package, packed once, in a folder feed that is the only source; and a HOME that holds nobody's settings.</summary>
[SetUpFixture]
public sealed class PackageFeed
{
    private static TempDirectory folder = null!;

    public static string Root { get; } = Path.GetFullPath(TestVectors.PathOf("..", ".."));

    public static string Package => Directory.EnumerateFiles(folder.Combine("feed"), "CiCompliance.MSBuild.*.nupkg").Single();

    public static string Version => Path.GetFileNameWithoutExtension(Package)["CiCompliance.MSBuild.".Length..];

    /// <summary>The unpacked package, once a project has been restored.</summary>
    public static string Unpacked => folder.Combine("packages", "cicompliance.msbuild", Version.ToLowerInvariant());

    public static string DotNet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Peers.Find("dotnet")!;

    [OneTimeSetUp]
    public void Pack()
    {
        folder = new TempDirectory();
        Directory.CreateDirectory(folder.Combine("home"));
        var configuration = AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";
        using var pack = Process.Start(new ProcessStartInfo(DotNet,
            ["pack", "src/CiCompliance.MSBuild", "--no-build", "-c", configuration, "-o", folder.Combine("feed"), "-nologo", "-v", "quiet"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        })!;
        var output = pack.StandardOutput.ReadToEnd();
        pack.WaitForExit();
        pack.ExitCode.ShouldBe(0, output);
        File.WriteAllText(folder.Combine("nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{folder.Combine("feed")}" /></packageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
            </configuration>
            """);
    }

    [OneTimeTearDown]
    public void Remove() => folder?.Dispose();

    /// <summary>A folder below the one with the feed's settings.</summary>
    public static string NewFolder() => Directory.CreateDirectory(folder.Combine("projects", Guid.NewGuid().ToString("N")[..8])).FullName;

    /// <summary>The whole environment of a build.</summary>
    public static Dictionary<string, string> NewEnvironment() => new()
    {
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
        ["HOME"] = folder.Combine("home"),
        ["NUGET_PACKAGES"] = folder.Combine("packages"),
        ["LANG"] = "C.UTF-8",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["MSBUILDDISABLENODEREUSE"] = "1",
    };
}
