namespace CiCompliance.Benchmarks.Measuring;

/// <summary>Two or more commands timed in turns (A B A B …), so that what else the machine does meets all alike.</summary>
internal sealed class Comparison
{
    private readonly IReadOnlyList<Command> commands;
    private readonly List<TimeSpan>[] times;

    private Comparison(IReadOnlyList<Command> commands)
    {
        this.commands = commands;
        times = [.. commands.Select(_ => new List<TimeSpan>())];
    }

    public int Rounds => times[0].Count;

    /// <summary>Each command once without counting it, then <paramref name="rounds"/> times in turns.</summary>
    /// <param name="afterEach">Told the command's index after each counted process.</param>
    public static Comparison Run(int rounds, IReadOnlyList<Command> commands, Action<int>? afterEach = null)
    {
        var comparison = new Comparison(commands);
        foreach (var command in commands)
        {
            command.Time();
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var index = 0; index < commands.Count; index++)
            {
                comparison.times[index].Add(commands[index].Time());
                afterEach?.Invoke(index);
            }
        }

        return comparison;
    }

    public TimeSpan Median(int index)
    {
        var sorted = times[index].Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    public double Ratio(int index, int over) => Median(index) / Median(over);

    public void Print(TextWriter output)
    {
        for (var index = 0; index < commands.Count; index++)
        {
            var sorted = times[index].Order().ToList();
            output.WriteLine($"  {commands[index].Label,-44} median {Text(Median(index)),9}   fastest {Text(sorted[0]),9}   slowest {Text(sorted[^1]),9}");
        }
    }

    public static string Text(TimeSpan time) => time.TotalSeconds >= 1 ? $"{time.TotalSeconds:F2} s" : $"{time.TotalMilliseconds:F0} ms";
}
