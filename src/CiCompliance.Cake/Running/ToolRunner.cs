using Cake.Core;
using Cake.Core.Diagnostics;
using CiCompliance.Pipeline;

namespace CiCompliance.Cake.Running;

/// <summary>Runs the tool for a task: finds it, keeps secrets off its command line, and turns its exit code into the end of the build.</summary>
internal sealed class ToolRunner(ICakeContext context)
{
    private readonly ComplianceContext? compliance = context as ComplianceContext;
    private readonly string workingDirectory = context.Environment.WorkingDirectory.FullPath;

    /// <exception cref="CakeException">It did not end with 0, or could not be run.</exception>
    public void Run(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        var verb = string.Join(' ', arguments.TakeWhile(argument => !argument.StartsWith('-')).Prepend("cicompliance"));
        var (exitCode, answer) = RunAnswered(arguments, variables, verb);
        foreach (var line in answer)
        {
            Print(line);
        }

        if (exitCode != ExitCode.Compliant)
        {
            throw Stop(exitCode, verb);
        }
    }

    private (int ExitCode, IEnumerable<string> Answer) RunAnswered(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, string verb)
    {
        try
        {
            KeyOptionGuard.Check(arguments, workingDirectory);
            var tool = Locate();
            context.Log.Verbose("{0} by {1}", verb, tool.Shown);
            var (exitCode, answer) = ToolProcess.Run(tool, arguments, workingDirectory, variables);
            return (exitCode, answer.Length == 0 ? [] : ToolAnswer.Lines(answer, tool));
        }
        catch (CakeException e) when (compliance is not null)
        {
            throw compliance.Stop(e);
        }
    }

    private ToolCommand Locate()
    {
        var tool = compliance?.FoundTool ?? ToolLocation.Find(compliance?.Options.Tool, workingDirectory);
        if (compliance is not null)
        {
            compliance.FoundTool = tool;
        }

        return tool;
    }

    // Any code that the tool does not give itself (a crash, a kill) decides nothing.
    private CakeException Stop(int exitCode, string verb)
    {
        var known = exitCode is ExitCode.NotCompliant or ExitCode.Usage or ExitCode.Undecided or ExitCode.Cancelled ? exitCode : ExitCode.Undecided;
        var stop = new CakeException(known, $"{verb} ended with exit code {exitCode}");
        return compliance?.Stop(stop) ?? stop;
    }

    private void Print(string line)
    {
        if (compliance is null)
        {
            Console.Out.WriteLine(line);
        }
        else
        {
            compliance.PrintAtEnd(line);
        }
    }
}
