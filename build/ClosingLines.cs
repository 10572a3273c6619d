namespace CiCompliance.Build;

/// <summary>What a run ends with: printed after the engine's own report, so that the last line of the output is the answer.</summary>
public sealed class ClosingLines
{
    private readonly List<string> lines = [];

    public void Add(string line) => lines.Add(line);

    public void AddRange(IEnumerable<string> more) => lines.AddRange(more);

    public void Print() => lines.ForEach(Console.Out.WriteLine);
}
