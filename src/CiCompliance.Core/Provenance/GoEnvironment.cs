using CiCompliance.Go;
using CiCompliance.Pipeline;
using CiCompliance.Processes;

namespace CiCompliance.Provenance;

/// <summary>The go command of a run and the environment it runs in.</summary>
public interface IGoEnvironment
{
    /// <summary>Finds the go command and makes the folders that the variables name.</summary>
    /// <exception cref="CiComplianceException">There is no usable go command.</exception>
    Task<GoEnvironment> PrepareAsync(StageContext context, CancellationToken cancellationToken);
}

/// <param name="Executable">Absolute path of the go command.</param>
/// <param name="Variables">The allow-listed environment; nothing of the caller's comes with it.</param>
/// <param name="Ambient">The caller's environment, only asked where its own build cache is.</param>
public sealed record GoEnvironment(
    string Executable,
    IReadOnlyDictionary<string, string> Variables,
    IReadOnlyDictionary<string, string> Ambient);

/// <summary>The run's go command, with the pins of the policy.</summary>
/// <param name="ambient">The whole environment of this process, given by the door.</param>
public sealed class PinnedGoEnvironment(IProcessRunner processes, IReadOnlyDictionary<string, string> ambient) : IGoEnvironment
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
