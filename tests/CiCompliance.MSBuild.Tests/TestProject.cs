using System.Diagnostics;
using Microsoft.Build.Logging.StructuredLogger;

namespace CiCompliance.MSBuild.Tests;

/// <summary>A small project that uses the package, with a stand-in of the tool unless a test takes the real one.</summary>
internal sealed class TestProject
{
    public const string Name = "App";

    public TestProject(string properties = "<TargetFramework>net10.0</TargetFramework>", string items = """<GoModule Include="sidecar" />""")
    {
        Folder = PackageFeed.NewFolder();
        AddProject(Name, properties, items);
        WriteGoModule($"{Name}/sidecar");
        Tool = new FakeTool(Path.Combine(Folder, "tool"));
        // Of all who could say which tool judges, only the project's own author can.
        Write("Directory.Build.targets", $"<Project><PropertyGroup><_CiComplianceTool>{Tool.Path}</_CiComplianceTool></PropertyGroup></Project>");
    }

    public string Folder { get; set; }

    public FakeTool Tool { get; }

    /// <summary>Global properties.</summary>
    public Dictionary<string, string> Properties { get; } = [];

    public Dictionary<string, string> Environment { get; } = PackageFeed.NewEnvironment();

    /// <summary>What is built: a project or a solution.</summary>
    public string Target { get; set; } = $"{Name}/{Name}.csproj";

    public string BinaryLog => PathOf("build.binlog");

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>The tool that the package carries instead of the stand-in.</summary>
    public void TakeCarriedTool() => File.Delete(PathOf("Directory.Build.targets"));

    public void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), content);
    }

    public void WriteGoModule(string folder) => Write($"{folder}/go.mod", "module modules.example/sidecar\n\ngo 1.21\n");

    public void AddProject(string name, string properties, string items)
    {
        Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>{properties}<OutputType>Exe</OutputType><NuGetAudit>false</NuGetAudit></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="CiCompliance.MSBuild" Version="{PackageFeed.Version}" PrivateAssets="all" />
                {items}
              </ItemGroup>
            </Project>
            """);
        Write($"{name}/Program.cs", "System.Console.WriteLine();\n");
    }

    /// <summary><c>dotnet build</c> with a binary log, after a restore without one.</summary>
    public BuildOutcome Build(params string[] arguments) => DotNet("build", arguments);

    public BuildOutcome DotNet(string verb, params string[] arguments)
    {
        using var process = Start(verb, arguments);
        return Finish(process);
    }

    public Process Start(string verb, params string[] arguments)
    {
        var info = new ProcessStartInfo(PackageFeed.DotNet,
            [verb, Target, "-nologo", $"-bl:{BinaryLog}", .. Properties.Select(property => $"-p:{property.Key}={property.Value}"), .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Clear();
        foreach (var (name, value) in Environment)
        {
            info.Environment[name] = value;
        }

        return Process.Start(info)!;
    }

    public BuildOutcome Finish(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return new BuildOutcome(process.ExitCode, output, BinaryLog);
    }
}

internal sealed record BuildOutcome(int ExitCode, string Output, string BinaryLog)
{
    public IReadOnlyList<Error> Errors => Find<Error>();

    public IReadOnlyList<Warning> Warnings => Find<Warning>();

    public void ShouldPass() => ExitCode.ShouldBe(0, Output);

    /// <summary>The one error of that code; the build ended with 1.</summary>
    public Error ShouldFailWith(string code)
    {
        ExitCode.ShouldBe(1, Output);
        return Errors.Where(error => error.Code == code).ShouldHaveSingleItem(Output);
    }

    private List<T> Find<T>()
        where T : BaseNode
    {
        var found = new List<T>();
        Microsoft.Build.Logging.StructuredLogger.BinaryLog.ReadBuild(BinaryLog).VisitAllChildren<T>(found.Add);
        return found;
    }
}
