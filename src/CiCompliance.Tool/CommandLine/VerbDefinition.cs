using CiCompliance.Tool.Commands;

namespace CiCompliance.Tool.CommandLine;

/// <summary>One verb: its words, help, options and what runs it.</summary>
/// <param name="Path">One or two words, for example <c>verify evidence</c>.</param>
/// <param name="Options">Its own options, beside <see cref="OptionTable.Common"/>.</param>
internal sealed record VerbDefinition(
    string Path,
    LocalizedText Help,
    IReadOnlyList<OptionDefinition> Options,
    Func<IComposition, ICommand> Create,
    OperandDefinition? Operand = null)
{
    public IReadOnlyList<string> Words { get; } = Path.Split(' ');

    public IEnumerable<OptionDefinition> AllOptions => Options.Concat(OptionTable.Common);
}
