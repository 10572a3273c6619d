using CiCompliance.Benchmarks.Measuring;
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
        foreach (var name in new[] { "cosign2", "cosign3", "cosign" })
        {
            if (Peers.Find(name) is { } cosign)
            {
                commands.Add(new Command($"{name} version", cosign, ["version"]));
            }
        }

        var comparison = Comparison.Run(Rounds, commands);
        comparison.Print(output);
        for (var index = 1; index < commands.Count; index++)
        {
            output.WriteLine($"  ratio over {commands[index].Label}: {comparison.Ratio(0, index):F2}");
        }

        if (commands.Count == 1)
        {
            output.WriteLine("  no cosign here to compare with");
        }
    }
}
