using CiCompliance.Policy;

namespace CiCompliance.Assessment;

/// <summary>Facts of a run, besides the stages' verdicts, that clauses ask for. What was not observed is no pass.</summary>
public static class RunFacts
{
    public const string Actor = "run.actor";
    public const string Times = "run.times";
    public const string LogKept = "log.kept";
    public const string TrustedTime = "time.trusted";
    public const string HardwareKeys = "keys.hardware";
    public const string Retention = "host.retention";

    /// <summary>Six months, the least that the Cybersecurity Law asks for network logs.</summary>
    public const int RequiredRetentionDays = 183;

    internal static Dictionary<string, Verdict> Of(AssessmentInput input) => new(StringComparer.Ordinal)
    {
        [Actor] = Known(!string.IsNullOrWhiteSpace(input.Host.Actor)),
        [Times] = Known(input.StartedAt != default && input.FinishedAt >= input.StartedAt),
        [LogKept] = Known(input.Log is LogKind.Persistent or LogKind.External),
        [TrustedTime] = Known(HasTrustedTime(input)),
        [HardwareKeys] = Known(input.Keys == KeyCustody.Hardware),
        [Retention] = Known(input.Host.RetentionDays >= RequiredRetentionDays),
    };

    /// <summary>A time-stamping authority, or a log that the signer doesn't run.</summary>
    internal static bool HasTrustedTime(AssessmentInput input) => input.TrustedTime || input.Log == LogKind.External;

    private static Verdict Known(bool holds) => holds ? Verdict.Pass : Verdict.Undecided;
}
