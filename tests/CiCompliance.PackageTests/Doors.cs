using System.Text.Json;
using System.Text.RegularExpressions;

namespace CiCompliance.PackageTests;

/// <param name="Codes">Diagnostics of errors, distinct and in order.</param>
internal sealed record DoorAnswer(int ExitCode, string Verdict, IReadOnlyList<string> Codes, string Log);

/// <summary>One way to run the pipeline, installed from the packages.</summary>
internal abstract class Door
{
    public static readonly string[] Names = ["cli", "msbuild", "cake", "workflow"];

    public static Door Open(string name) => name switch
    {
        "cli" => new CommandLineDoor(),
        "msbuild" => new MSBuildDoor(),
        "cake" => new CakeDoor(),
        _ => new WorkflowDoor(),
    };

    /// <param name="options">Of <c>cicompliance run</c>: name without dashes, and value.</param>
    public abstract DoorAnswer Judge(ProtectedBranch branch, string evidence, IReadOnlyList<(string Name, string Value)> options);

    protected static IEnumerable<string> Arguments(ProtectedBranch branch, string evidence, IReadOnlyList<(string Name, string Value)> options) =>
        new[] { ("project", branch.Path), ("out", evidence), ("base", branch.Base), ("format", "json") }.Concat(options).Select(option => $"--{option.Item1}={option.Item2}");

    /// <summary>The tool's answer is one line, wherever it stands.</summary>
    protected static DoorAnswer Parse(Outcome outcome)
    {
        var line = outcome.Output.Split('\n').SingleOrDefault(line => line.StartsWith("""{"exitCode":""", StringComparison.Ordinal))
            ?? throw new InvalidOperationException(outcome.Output);
        using var answer = JsonDocument.Parse(line);
        return new DoorAnswer(outcome.ExitCode, answer.RootElement.TryGetProperty("verdict", out var verdict) ? verdict.GetString()! : "",
            [.. answer.RootElement.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("severity").GetString() == "error")
                .Select(finding => finding.GetProperty("code").GetString()!).Distinct().Order()], outcome.Output);
    }
}

/// <summary><c>dotnet tool install</c>, then the command.</summary>
internal sealed class CommandLineDoor : Door
{
    private readonly string folder = LocalFeed.NewFolder("cli");

    public CommandLineDoor() => Run.DotNet(folder, "tool", "install", "CiCompliance.Tool", "--version", LocalFeed.Version, "--tool-path", Path.Combine(folder, "bin")).ShouldPass();

    public override DoorAnswer Judge(ProtectedBranch branch, string evidence, IReadOnlyList<(string Name, string Value)> options) =>
        Parse(Run.Program(Path.Combine(folder, "bin", "cicompliance"), ["run", .. Arguments(branch, evidence, options)], folder, LocalFeed.NewEnvironment()));
}

/// <summary>The build application that <c>dotnet new cicompliance-build</c> makes.</summary>
internal sealed class CakeDoor : Door
{
    private readonly string folder = LocalFeed.NewFolder("cake");

    public CakeDoor() => Run.DotNet(folder, "new", "cicompliance-build", "--module", "git.example.com/acme/ledger").ShouldPass();

    public override DoorAnswer Judge(ProtectedBranch branch, string evidence, IReadOnlyList<(string Name, string Value)> options) =>
        Parse(Run.Program(Path.Combine(folder, "build.sh"), Arguments(branch, evidence, options), folder, LocalFeed.NewEnvironment()));
}

/// <summary>The task of the package in a project that only calls it.</summary>
internal sealed partial class MSBuildDoor : Door
{
    private readonly string folder = LocalFeed.NewFolder("msbuild");

    public override DoorAnswer Judge(ProtectedBranch branch, string evidence, IReadOnlyList<(string Name, string Value)> options)
    {
        var attributes = string.Join(' ', options.Select(option =>
            string.Concat(option.Name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..])) + $"=\"{option.Value}\""));
        // Going on after the error is for the test alone, which asks for the task's own answer.
        File.WriteAllText(Path.Combine(folder, "Door.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageReference Include="CiCompliance.MSBuild" Version="{LocalFeed.Version}" PrivateAssets="all" /></ItemGroup>
              <Target Name="Judge">
                <CiCompliance.MSBuild.Run ContinueOnError="ErrorAndContinue" Project="{branch.Path}" Out="{evidence}" Base="{branch.Base}" {attributes}>
                  <Output TaskParameter="ExitCode" PropertyName="Code" />
                  <Output TaskParameter="Verdict" PropertyName="Verdict" />
                </CiCompliance.MSBuild.Run>
                <Message Importance="High" Text="answered [$(Code)] [$(Verdict)]" />
              </Target>
            </Project>
            """);
        var outcome = Run.DotNet(folder, "build", "-t:Judge", "-nologo", "-restore");
        var answer = Answered().Match(outcome.Output);
        answer.Success.ShouldBeTrue(outcome.Output);
        var exitCode = int.Parse(answer.Groups[1].Value, null);
        outcome.ExitCode.ShouldBe(exitCode == 0 ? 0 : 1, outcome.Output);
        return new DoorAnswer(exitCode, answer.Groups[2].Value, [.. Error().Matches(outcome.Output).Select(match => match.Groups[1].Value).Distinct().Order()], outcome.Output);
    }

    [GeneratedRegex(@"answered \[(\d+)\] \[(.*)\]")]
    private static partial Regex Answered();

    [GeneratedRegex(": error (CIC[0-9]{4}):")]
    private static partial Regex Error();
}
