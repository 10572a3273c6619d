using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>The packed packages, installed as a user installs them, from the one feed <c>artifacts/packages</c>.</summary>
internal sealed class PackedDoors
{
    private readonly string folder;
    private readonly string feed;

    private PackedDoors(string folder, string feed, string version)
    {
        this.folder = folder;
        this.feed = feed;
        Version = version;
        Environment = System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "");
        Environment["NUGET_PACKAGES"] = Path.Combine(folder, "packages");
        Environment["MSBUILDDISABLENODEREUSE"] = "1";
        Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
    }

    /// <summary>The SDK's own command: <c>dotnet run</c> names the one it was started with.</summary>
    public static string DotNet { get; } = System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Peers.Find("dotnet")
        ?? throw new InvalidOperationException("there is no dotnet on PATH");

    public string Version { get; }

    public Dictionary<string, string> Environment { get; }

    /// <summary>Null where nothing was packed.</summary>
    public static PackedDoors? Find(Setting setting)
    {
        const string Prefix = "CiCompliance.MSBuild.";
        var feed = Path.Combine(setting.Artifacts, "packages");
        if (!Directory.Exists(feed) || Directory.EnumerateFiles(feed, Prefix + "*.nupkg").FirstOrDefault() is not { } package)
        {
            return null;
        }

        var folder = Path.Combine(setting.Artifacts, "benchmark", "doors");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""<configuration><packageSources><clear /><add key="local" value="{feed}" /></packageSources></configuration>""");
        return new PackedDoors(folder, feed, Path.GetFileNameWithoutExtension(package)[Prefix.Length..]);
    }

    /// <summary>The command that <c>dotnet tool install</c> makes.</summary>
    public string InstallTool()
    {
        var target = Path.Combine(folder, "bin");
        new Measuring.Command("dotnet tool install", DotNet, ["tool", "install", "CiCompliance.Tool", "--version", Version, "--tool-path", target, "--add-source", feed],
            Environment, folder).Time();
        return Path.Combine(target, "cicompliance");
    }

    /// <summary>A console project that is built, with the package or without it.</summary>
    public string BuildProject(bool withPackage)
    {
        var project = Directory.CreateDirectory(Path.Combine(folder, withPackage ? "with" : "without")).FullName;
        File.WriteAllText(Path.Combine(project, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType></PropertyGroup>
              <ItemGroup>{(withPackage ? $"""<PackageReference Include="CiCompliance.MSBuild" Version="{Version}" PrivateAssets="all" />""" : "")}</ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(project, "Program.cs"), "System.Console.WriteLine();\n");
        // Empty files end the search for the ones of the repository that the folder lies in.
        foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            File.WriteAllText(Path.Combine(project, name), "<Project />\n");
        }

        new Measuring.Command("dotnet build", DotNet, ["build", "-nologo", "-v", "quiet"], Environment, project).Time();
        return project;
    }
}
