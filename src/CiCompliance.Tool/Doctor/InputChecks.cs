using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Commands;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Doctor;

/// <summary>The repository, policy and trust, found as a run finds them.</summary>
internal sealed class InputChecks(IComposition parts, CommandContext context)
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public (IReadOnlyList<DoctorRow> Rows, Judgement? Judgement) Run(CancellationToken cancellationToken)
    {
        try
        {
            using var revisions = parts.Revisions(context.ProjectDirectory, cancellationToken);
            var range = JudgedRange.Load(parts, context, revisions);
            var (judgement, tested) = (range.Judgement, range.Tested);
            return ([Ok("repository", $"{judgement.Policy.Repository} @ {tested.Commit}"), Ok("policy", judgement.PolicyOrigin), Trust(judgement)], judgement);
        }
        catch (CiComplianceException e)
        {
            // The first refusal stands for what depends on it.
            var finding = e.Finding;
            return ([new DoctorRow("policy, trust", DoctorStatus.Wrong, true,
                new($"{finding.Diagnostic.Code} {finding.Origin}: {finding.What.En}", $"{finding.Diagnostic.Code} {finding.Origin}:{finding.What.Zh}"), finding.Fix)], null);
        }
    }

    private DoctorRow Trust(Judgement judgement)
    {
        var now = context.Host.Clock.GetUtcNow();
        var keys = judgement.Trust.Keys.Where(key => key.Covers(judgement.Policy.Repository) && key.Revocation is null).ToList();
        var expired = keys.Where(key => !key.IsValidAt(now)).Select(key => key.Name).ToList();
        var soon = keys.Where(key => key.IsValidAt(now) && key.ValidUntil < now + Soon).Select(key => key.Name).ToList();
        if (keys.Count == expired.Count)
        {
            return new DoctorRow("trust", DoctorStatus.Wrong, true, new($"{judgement.TrustOrigin}: no key that is valid now", $"{judgement.TrustOrigin}:没有当前有效的密钥"),
                new("Add keys with cicompliance trust import", "请用 cicompliance trust import 添加密钥"));
        }

        return soon.Count + expired.Count == 0
            ? Ok("trust", $"{judgement.TrustOrigin} ({keys.Count})")
            : new DoctorRow("trust", DoctorStatus.Wrong, false,
                new($"not valid now: {Names(expired)}; within 30 days no more: {Names(soon)}", $"当前无效:{Names(expired)};30 天内到期:{Names(soon)}"),
                new("Ask their owners for new keys", "请联系所有者更换密钥"));
    }

    private static string Names(List<string> names) => names.Count == 0 ? "-" : string.Join(", ", names);

    private static DoctorRow Ok(string name, string detail) => new(name, DoctorStatus.Ok, true, new(SafeText.Line(detail), SafeText.Line(detail)), default);
}
