using CiCompliance.Publishing;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Publishing a verdict succeeds whatever the verdict is: only a failure to publish is not 0.</summary>
internal sealed class PublishFolderCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        using var publication = PublishedEvidence.Open(parts, context, cancellationToken);
        var files = FolderPublisher.Publish(publication, context.OutputDirectory, context.Host.PathOf(context.Arguments.Operands[0]), context.Reporter.Language);
        return Task.FromResult(new Answer(0, [], PublishText.Of(publication, [])) { Verdict = publication.Verdict, Files = files });
    }
}
