using CiCompliance.Attestations;
using CiCompliance.Go;
using CiCompliance.Pipeline;
using CiCompliance.Processes;
using CiCompliance.Provenance;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Tests;

internal sealed class ForgeSource(ISourceCheckout checkout) : IBuildSource
{
    public async Task<IWrittenSource> WriteAsync(string projectDirectory, SourceRecord source, string destination, CancellationToken cancellationToken) =>
        new Written(checkout, destination, await checkout.WriteAsync(projectDirectory, source.Commit, destination, cancellationToken));

    private sealed class Written(ISourceCheckout checkout, string destination, IReadOnlyList<GitTreeEntry> entries) : IWrittenSource
    {
        public IReadOnlyList<Finding> Compare(CancellationToken cancellationToken) => checkout.Rehash(destination, entries, cancellationToken);
    }
}

internal sealed class ForgeGo(IProcessRunner processes, IReadOnlyDictionary<string, string> ambient) : IGoEnvironment
{
    public async Task<GoEnvironment> PrepareAsync(StageContext context, CancellationToken cancellationToken)
    {
        var go = await GoCommand.LocateAsync(processes, context.Options.GoExecutable, context.Options.ProjectDirectory, ambient,
            Path.Combine(context.WorkDirectory, "empty"), cancellationToken);
        var pins = GoEnvironmentPins.Create(context.Policy, context.WorkDirectory, go.Executable);
        pins.Prepare();
        return new GoEnvironment(go.Executable, pins.Variables, ambient);
    }
}
