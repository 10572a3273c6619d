using System.Globalization;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

internal sealed class LogProveCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var path = context.Host.PathOf(arguments.Operands[0]);
        var (index, from, to) = (Number(arguments, OptionTable.Index), Number(arguments, OptionTable.From), Number(arguments, OptionTable.To));
        var proof = (index, from, to) switch
        {
            ({ } entry, null, null) => parts.Logs.ProveInclusion(path, entry),
            (null, { } size, _) when to is null || to >= size => parts.Logs.ProveConsistency(path, size, to),
            _ => throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new("log prove proves either one entry or growth between two sizes", "log prove 只能证明一条记录,或两个大小之间的增长"),
                new("Give --index N, or --from SIZE with an optional larger --to SIZE", "请给出 --index N,或 --from SIZE 及可选的更大的 --to SIZE")),
        };
        return Task.FromResult(new Answer(0, [], new(proof, proof)));
    }

    private static long? Number(Arguments arguments, OptionDefinition option) =>
        arguments.Value(option) is not { } value ? null
        : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new CiComplianceException(ToolDiagnostics.OptionValue, option.Long,
            new("it is not a whole number", "不是整数"), new($"Write {option.Long} {option.ValueName}", $"请写成 {option.Long} {option.ValueName}"));
}
