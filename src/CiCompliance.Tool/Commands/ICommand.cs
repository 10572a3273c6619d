using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Hosting;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>One verb.</summary>
internal interface ICommand
{
    /// <exception cref="CiComplianceException">Wrong values, a missing prerequisite, a failed dependency.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken);
}

internal sealed record CommandContext(Arguments Arguments, ToolHost Host, CiHost Ci, Reporter Reporter)
{
    /// <summary>Absolute.</summary>
    /// <exception cref="CiComplianceException">No such folder (CIC0004).</exception>
    public string ProjectDirectory
    {
        get
        {
            var path = Host.PathOf(Arguments.Value(OptionTable.Project) ?? ".");
            return Directory.Exists(path)
                ? Path.TrimEndingDirectorySeparator(path)
                : throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Project.Long,
                    new($"there is no folder {path}", $"目录 {path} 不存在"), new("Give the Go module's folder", "请给出 Go 模块目录"));
        }
    }

    /// <summary>Absolute; the default lies in the project.</summary>
    public string OutputDirectory => Arguments.Value(OptionTable.Out) is { } path
        ? Path.TrimEndingDirectorySeparator(Host.PathOf(path))
        : Path.Combine(ProjectDirectory, "artifacts", "compliance");

    public string? PathOf(OptionDefinition option) => Arguments.Value(option) is { } path ? Host.PathOf(path) : null;
}
