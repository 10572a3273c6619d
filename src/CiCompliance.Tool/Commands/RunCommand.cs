using CiCompliance.Pipeline;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

internal sealed class RunCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken) =>
        new PipelineDoor(parts, context).RunAsync(StagesOf(context.Arguments), cancellationToken);

    private static IReadOnlyList<string> StagesOf(Arguments arguments)
    {
        var all = StageCatalog.Names;
        if (arguments.Value(OptionTable.Stages) is not { } list)
        {
            return all;
        }

        var asked = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var unknown = asked.FirstOrDefault(name => !all.Contains(name));
        return unknown is null && asked.Length > 0
            ? asked
            : throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Stages.Long,
                new($"there is no stage '{unknown}'", $"没有名为“{unknown}”的阶段"),
                NearestWord.Of(unknown ?? "", all) is { } meant
                    ? new($"Did you mean {meant}?", $"是否想用 {meant}?")
                    : new($"Stages are {string.Join(", ", all)}", $"可用阶段:{string.Join("、", all)}"));
    }
}
