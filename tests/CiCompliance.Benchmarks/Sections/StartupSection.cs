using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Benchmarks.Workload;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>Start-up over cosign's.</summary>
internal sealed class StartupSection(Setting setting) : ISection
{
    private const int Rounds = 15;

    public string Name => "start-up";

    public void Run(TextWriter output)
    {
        output.WriteLine("start-up over cosign version (goal: within 2 times)");
        List<Command> commands = [new("cicompliance --version", setting.Tool, ["--version"])];
        if (PackedDoors.Find(setting) is { } doors)
        {
            commands.Add(new("cicompliance --version, as dotnet tool", doors.InstallTool(), ["--version"]));
        }

        var own = commands.Count;
        foreach (var name in new[] { "cosign2", "cosign3", "cosign" })
        {
            if (Peers.Find(name) is { } cosign)
            {
                commands.Add(new Command($"{name} version", cosign, ["version"]));
            }
        }

        var comparison = Comparison.Run(Rounds, commands);
        comparison.Print(output);
        foreach (var (index, over) in Enumerable.Range(0, own).SelectMany(index => Enumerable.Range(own, commands.Count - own).Select(over => (index, over))))
        {
            output.WriteLine($"  {commands[index].Label} over {commands[over].Label}: {comparison.Ratio(index, over):F2}");
        }

        if (commands.Count == own)
        {
            output.WriteLine("  no cosign here to compare with");
        }
    }
}
