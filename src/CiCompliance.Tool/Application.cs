using CiCompliance.Pipeline;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Commands;
using CiCompliance.Tool.GitSigning;
using CiCompliance.Tool.Hosting;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool;

/// <summary>The door: command line in, exit code out. An unexpected failure is never 0.</summary>
internal static class Application
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, ToolHost host, IComposition parts, CancellationToken cancellationToken)
    {
        if (args is ["--version"])
        {
            await host.Answer.WriteLineAsync(ToolIdentity.Version);
            return ExitCode.Compliant;
        }

        // What git reads on standard output has its own form, whatever the environment says about answers.
        var request = GitSignRequest.TryParse(args);
        var ci = new CiHost(host.Environment);
        var reporter = new Reporter(host, ci.Kind, LanguageChoice.Guess(args, host.Environment),
            request is null && LanguageChoice.Given(args, OptionTable.Format, host.Environment) == "json", args.Contains(OptionTable.Quiet.Long));
        try
        {
            if (request is not null)
            {
                return await new GitProgram(parts.GitSigning, host, reporter).RunAsync(request, cancellationToken);
            }

            var answer = await AnswerAsync(args, host, ci, reporter, parts, cancellationToken);
            reporter.Write(answer);
            return answer.ExitCode;
        }
        catch (CiComplianceException e)
        {
            return Refuse(reporter, e.Finding, ExitCode.From(e.Diagnostic.Kind));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Refuse(reporter, new Finding(ToolDiagnostics.Cancelled, "cicompliance",
                new("it was cancelled; what was written is not complete", "运行已取消,已写出的内容不完整"), new("Run it again", "请重新运行")), ExitCode.Cancelled);
        }
#pragma warning disable CA1031 // The one catch of this door: whatever happens, the exit code says that nothing was decided.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var trace = host.Environment("CICOMPLIANCE_TRACE") == "1";
            var exitCode = Refuse(reporter, new Finding(ToolDiagnostics.Unexpected, "cicompliance",
                new($"{e.GetType().Name}: {e.Message}", $"{e.GetType().Name}:{e.Message}"),
                new("Set CICOMPLIANCE_TRACE=1 and report what it shows", "请设置 CICOMPLIANCE_TRACE=1 并报告其输出")), ExitCode.Undecided);
            if (trace)
            {
                await host.Messages.WriteLineAsync(string.Join('\n', e.ToString().Split('\n').Select(reporter.Safe)));
            }

            return exitCode;
        }
    }

    private static async Task<Answer> AnswerAsync(
        IReadOnlyList<string> args, ToolHost host, CiHost ci, Reporter guessed, IComposition parts, CancellationToken cancellationToken)
    {
        var parsed = ArgumentParser.Parse(args, host.Environment);
        if (parsed.Problem is { } problem)
        {
            throw new CiComplianceException(problem);
        }

        if (parsed.WantsVersion)
        {
            return new Answer(ExitCode.Compliant, [], new(ToolIdentity.Version, ToolIdentity.Version));
        }

        if (parsed.WantsHelp)
        {
            return new Answer(ExitCode.Compliant, [], HelpText.Of(parsed.Words, parsed.Verb));
        }

        var arguments = parsed.Arguments!;
        var language = LanguageChoice.Of(arguments, host.Environment);
        CheckFormat(arguments);
        var reporter = new Reporter(host, ci.Kind, language, guessed.IsJson, arguments.Flag(OptionTable.Quiet));
        return await parsed.Verb!.Create(parts).RunAsync(new CommandContext(arguments, host, ci, reporter), cancellationToken);
    }

    private static void CheckFormat(Arguments arguments)
    {
        if (arguments.Value(OptionTable.Format) is not (null or "text" or "json"))
        {
            throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Format.Long,
                new("the format is neither text nor json", "格式既不是 text 也不是 json"), new("Write --format text or --format json", "请写成 --format text 或 --format json"));
        }
    }

    private static int Refuse(Reporter reporter, Finding finding, int exitCode)
    {
        reporter.Show(finding);
        reporter.Write(new Answer(exitCode, [finding], default));
        return exitCode;
    }
}
