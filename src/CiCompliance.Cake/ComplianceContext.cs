using Cake.Core;
using Cake.Frosting;
using CiCompliance.Cake.Running;

namespace CiCompliance.Cake;

/// <summary>The context of the compliance tasks: the options of the run, and how it ends. Derive from it for a context of your own.</summary>
public class ComplianceContext : FrostingContext
{
    private readonly HashSet<CakeException> stops = [];
    private List<string>? closing;

    /// <summary>Reads the options from the command line (<c>--range=A..B</c>).</summary>
    /// <param name="context">Cake's own context.</param>
    /// <exception cref="CakeException">An option is given twice, or lacks its value (CIC0041).</exception>
    public ComplianceContext(ICakeContext context)
        : base(context)
    {
        Options = ComplianceOptions.From(context.Arguments);
    }

    /// <summary>The options that every stage gets; a task may set them before the stages run.</summary>
    public ComplianceOptions Options { get; }

    /// <summary>The stages whose task is replaced by one of the build's own.</summary>
    internal IReadOnlyList<string> ReplacedTasks { get; set; } = [];

    /// <summary>Found once for a run.</summary>
    internal ToolCommand? FoundTool { get; set; }

    /// <summary>
    /// An exception that ends the build with an exit code of its own: 1 not compliant, 2 usage or a missing prerequisite, 3 could not decide.
    /// <see cref="ComplianceHost.RunCompliance"/> returns it, whatever Cake makes of exceptions.
    /// </summary>
    /// <param name="exitCode">Not 0.</param>
    /// <param name="message">What happened, and what to do.</param>
    /// <returns>To be thrown.</returns>
    public CakeException Stop(int exitCode, string message)
    {
        ArgumentOutOfRangeException.ThrowIfZero(exitCode);
        return Stop(new CakeException(exitCode, message));
    }

    /// <summary>Prints a line after Cake's own report, so that the answer comes last; at once where the host is not run by <see cref="ComplianceHost.RunCompliance"/>.</summary>
    /// <param name="line">One line.</param>
    public void PrintAtEnd(string line)
    {
        if (closing is null)
        {
            Console.Out.WriteLine(line);
        }
        else
        {
            closing.Add(line);
        }
    }

    /// <summary>Remembers a refusal of this package, so that its exit code survives.</summary>
    internal CakeException Stop(CakeException refusal)
    {
        stops.Add(refusal);
        return refusal;
    }

    internal int? ExitCodeOf(Exception exception) =>
        exception is CakeException stop && stops.Contains(stop) ? stop.ExitCode : null;

    internal void CollectLines(List<string> lines) => closing = lines;
}
