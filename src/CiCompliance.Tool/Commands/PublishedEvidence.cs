using CiCompliance.Attestations;
using CiCompliance.Evidence.Verification;
using CiCompliance.Keys;
using CiCompliance.Publishing;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;

namespace CiCompliance.Tool.Commands;

/// <summary>The folder to publish, and what is known of it by another way: <c>--expect-digest</c>, <c>--unsealed</c>, <c>--trust</c>.</summary>
internal static class PublishedEvidence
{
    public static Publication Open(IComposition parts, CommandContext context, CancellationToken cancellationToken)
    {
        var folder = context.OutputDirectory;
        Func<RunIdentity, Verdict>? verify = null;
        if (context.PathOf(OptionTable.Trust) is { } file)
        {
            var trust = PolicySource.ParseTrust(OutsideFile.Read(file, OptionTable.Trust.Long, folder, TrustStore.MaxBytes), file);
            verify = run => Verify(parts, context, trust, file, run, cancellationToken);
        }

        return Publication.Open(folder, new HandedOver(Handover.ExpectedDigest(context.Arguments), context.Arguments.Flag(OptionTable.Unsealed), verify),
            parts.Digests, cancellationToken);
    }

    /// <summary>Whose evidence it is, is the digest's to say; this says whether trusted keys signed it.</summary>
    private static Verdict Verify(IComposition parts, CommandContext context, TrustStore trust, string file, RunIdentity run, CancellationToken cancellationToken)
    {
        var expected = new Expectation(run.Repository, run.Commit, Artifact: null, AllowDemonstration: run.Mode == RunMode.Demonstration);
        var report = parts.VerifyEvidence(context.OutputDirectory, trust, file, expected, cancellationToken);
        report.Findings.ToList().ForEach(context.Reporter.Show);
        return report.Verdict;
    }
}
