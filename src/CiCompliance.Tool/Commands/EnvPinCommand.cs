using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Prints the policy's Go settings for a shell: <c>eval "$(cicompliance env pin …)"</c>.</summary>
internal sealed class EnvPinCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var range = CommitRange.From(context.Arguments);
        using var revisions = parts.Revisions(context.ProjectDirectory, cancellationToken);
        var judgement = new PolicySource(revisions, parts.ParsePolicy).Load(context.ProjectDirectory, context.PathOf(OptionTable.Config),
            context.PathOf(OptionTable.Trust), range.Base, range.Base is null ? null : revisions.Resolve(range.Base), revisions.Resolve(range.Commit));
        var pins = parts.PinnedEnvironment(judgement.Policy);
        var lines = string.Concat(pins.OrderBy(pin => pin.Key, StringComparer.Ordinal).Select(pin => $"export {pin.Key}={ShellQuote.Word(pin.Value)}\n"));
        return Task.FromResult(new Answer(0, [], new(lines, lines)) { Environment = pins });
    }
}
