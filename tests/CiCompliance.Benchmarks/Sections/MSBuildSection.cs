using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Benchmarks.Workload;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>A <c>dotnet build</c> that has nothing to do, with the package CiCompliance.MSBuild and without it.</summary>
internal sealed class MSBuildSection(Setting setting) : ISection
{
    private const int Rounds = 11;

    public string Name => "msbuild";

    public void Run(TextWriter output)
    {
        output.WriteLine("dotnet build with nothing to do, with the package and without it (goal: at most 150 ms more)");
        if (PackedDoors.Find(setting) is not { } doors)
        {
            output.WriteLine("  no packages here: ./build.sh --target=Pack");
            return;
        }

        string[] build = ["build", "-nologo", "-v", "quiet"];
        var comparison = Comparison.Run(Rounds,
        [
            new Command("with CiCompliance.MSBuild", PackedDoors.DotNet, build, doors.Environment, doors.BuildProject(withPackage: true)),
            new Command("without", PackedDoors.DotNet, build, doors.Environment, doors.BuildProject(withPackage: false)),
        ]);
        comparison.Print(output);
        output.WriteLine($"  ratio {comparison.Ratio(0, 1):F3}, {(comparison.Median(0) - comparison.Median(1)).TotalMilliseconds:F0} ms more");
    }
}
