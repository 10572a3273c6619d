using CiCompliance.BinaryHardening;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>
/// Judges files by their bytes alone: no repository, no run, no keys. Says how a program was linked, and nothing about where it comes from.
/// </summary>
internal sealed class BinaryFiles(IComposition parts, CommandContext context)
{
    private static readonly BinaryPolicy Strict = new(StaticPolicy.Refused, PolicyReader.DefaultNeededLibraries);

    /// <exception cref="CiComplianceException">The policy cannot be read (CIC0007) or is none.</exception>
    public Answer Judge(CancellationToken cancellationToken)
    {
        var policy = Policy();
        var results = new List<StageResult>();
        foreach (var file in context.Arguments.Operands)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = JudgeOne(file, policy);
            result.Findings.ToList().ForEach(context.Reporter.Show);
            results.Add(result);
        }

        return new Answer(PipelineRunner.ExitCodeOf(results), [.. results.SelectMany(result => result.Findings)],
            new(StageTable.Of(results, Language.English), StageTable.Of(results, Language.Chinese)))
        {
            Verdict = results.Select(result => result.Verdict).Worst(),
            Stages = results,
        };
    }

    private BinaryPolicy Policy()
    {
        if (context.PathOf(OptionTable.Config) is not { } path)
        {
            return Strict;
        }

        try
        {
            return parts.ParsePolicy(OutsideFile.Read(path, PolicySource.MaxPolicyBytes), path).Binary;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutsideFile.Unreadable(path, OptionTable.Config.Long, e);
        }
    }

    private StageResult JudgeOne(string file, BinaryPolicy policy)
    {
        try
        {
            var report = HardeningVerifier.Verify(context.Host.PathOf(file), policy);
            return new StageResult(file, [.. report.Properties.Select(property => new Check("binary." + property.Id, property.Verdict, property.Detail))],
                BinaryStage.Findings(file, report.Properties));
        }
        catch (CiComplianceException e)
        {
            return new StageResult(file, [], [e.Finding]);
        }
    }
}
