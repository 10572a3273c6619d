using Cake.Core;
using Cake.Core.Diagnostics;
using CiCompliance.Pipeline;

namespace CiCompliance.Cake.Running;

/// <summary>Runs the tool for a task: finds it, keeps secrets off its command line, and turns its exit code into the end of the build.</summary>
internal sealed class ToolRunner(ICakeContext context)
{
    private readonly ComplianceContext? compliance = context as ComplianceContext;
    private readonly string workingDirectory = context.Environment.WorkingDirectory.FullPath;

    /// <exception cref="CakeException">It did not end with 0 and an answer that says so, or could not be run.</exception>
    public void Run(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        var verb = string.Join(' ', arguments.TakeWhile(argument => !argument.StartsWith('-')).Prepend("cicompliance"));
        var (exitCode, lines) = RunAnswered(arguments, variables, verb);
        foreach (var line in lines)
        {
            Print(line);
        }

        if (exitCode != ExitCode.Compliant)
        {
            throw Stop(exitCode, verb);
        }
    }

    private (int ExitCode, IEnumerable<string> Lines) RunAnswered(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, string verb)
    {
        try
        {
            RefuseSecrets(arguments);
            var question = ToolQuestion.From(arguments);
            var tool = Locate();
            context.Log.Verbose("{0} by {1}", verb, tool.Shown);
            var (exitCode, output) = ToolProcess.Run(tool, question.Arguments, workingDirectory, variables, compliance?.Options.DeniedVariables ?? []);
            // Cancelled: whatever it still said, nothing was decided.
            return (exitCode, exitCode == ExitCode.Cancelled ? [] : AnswerLines.Of(question.TextOf(output, exitCode), tool));
        }
        catch (CiComplianceException e)
        {
            throw Stop(Refusal.Of(e.Finding));
        }
        catch (CakeException e)
        {
            throw Stop(e);
        }
    }

    private void RefuseSecrets(IReadOnlyList<string> arguments)
    {
        if (ToolArguments.WithoutReference(arguments, workingDirectory) is { } option)
        {
            throw Refusal.Of(CakeDiagnostics.SecretOption, option,
                new("its value names neither an existing file nor a descriptor (the value is not shown)", "其值既不是现有文件也不是描述符(此处不显示该值)"),
                new("Give a file or fd:N; a secret that stood on a command line must be replaced", "请给出文件或 fd:N;曾出现在命令行中的密钥或口令必须更换"));
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
        return Stop(new CakeException(known, $"{verb} ended with exit code {exitCode}"));
    }

    private CakeException Stop(CakeException stop) => compliance?.Stop(stop) ?? stop;

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
