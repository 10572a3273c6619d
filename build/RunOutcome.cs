using Cake.Core;

namespace CiCompliance.Build;

/// <summary>How a run ended: the lines printed after the engine's own report, so that the answer comes last, and the exit code.</summary>
public sealed class RunOutcome
{
    private readonly List<string> lines = [];
    private bool hasBegun;
    private int? stoppedWith;

    /// <summary>Called by the task that every target begins with.</summary>
    public void Begin() => hasBegun = true;

    public void Add(string line) => lines.Add(line);

    public void AddRange(IEnumerable<string> more) => lines.AddRange(more);

    /// <summary>Ends the run with an exit code that means something (README, "Exit codes").</summary>
    public CakeException Stop(int exitCode, string message)
    {
        stoppedWith = exitCode;
        return new CakeException(exitCode, message);
    }

    public void Print() => lines.ForEach(Console.Out.WriteLine);

    /// <summary>1 is a verdict, so a failure that nobody foresaw is 3, and 2 when no task had begun.</summary>
    /// <param name="hostExitCode">The host's: zero or not is all that it says.</param>
    public int ExitCode(int hostExitCode) => hostExitCode == 0 ? 0 : stoppedWith ?? (hasBegun ? 3 : 2);
}
