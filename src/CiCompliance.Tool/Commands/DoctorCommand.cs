using System.Text;
using CiCompliance.Pipeline;
using CiCompliance.Processes;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Doctor;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Says what a run would miss here, each with its fix. Uses no network.</summary>
internal sealed class DoctorCommand(IComposition parts) : ICommand
{
    public async Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var programs = new ProgramChecks(context.Host, new ProcessRunner());
        // Children run while the files are looked at.
        var git = programs.GitAsync(cancellationToken);
        var go = programs.GoAsync(context.PathOf(OptionTable.Go), context.ProjectDirectory, cancellationToken);
        var files = Task.Run(() => new InputChecks(parts, context).Run(cancellationToken), CancellationToken.None);
        // All, also where one is cancelled or fails: each ends its own child.
        await Task.WhenAll(git, go, files);
        var (inputs, judgement) = await files;
        var (goRow, goVersion) = await go;
        IReadOnlyList<DoctorRow> rows =
        [
            await git,
            .. goRow,
            programs.CCompiler(goVersion, judgement?.Policy),
            programs.Gpg(),
            LibraryChecks.LibCrypto(),
            .. inputs,
            .. HostChecks.Run(context),
        ];
        var findings = rows.Where(row => row.Needed && row.Status != DoctorStatus.Ok)
            .Select(row => new Finding(ToolDiagnostics.Prerequisite, row.Name, row.Detail, row.Fix)).ToList();
        return new Answer(findings.Count == 0 ? ExitCode.Compliant : ExitCode.Usage, findings, new(Text(rows, Language.English), Text(rows, Language.Chinese)))
        {
            Prerequisites = rows,
        };
    }

    private static string Text(IReadOnlyList<DoctorRow> rows, Language language)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var status = (row.Status switch
            {
                DoctorStatus.Ok => new LocalizedText("ok", "正常"),
                DoctorStatus.Missing => new LocalizedText("missing", "缺失"),
                _ => new LocalizedText("wrong", "错误"),
            }).In(language);
            var optional = row.Needed || row.Status == DoctorStatus.Ok ? "" : new LocalizedText(" (optional)", "(可选)").In(language);
            text.Append(TextWidth.Pad(row.Name, 14)).Append(TextWidth.Pad(status + optional, 20)).Append(SafeText.Line(row.Detail.In(language))).Append('\n');
            if (row.Status != DoctorStatus.Ok)
            {
                text.Append(' ', 34).Append("→ ").Append(SafeText.Line(row.Fix.In(language))).Append('\n');
            }
        }

        return text.ToString();
    }
}
