using CiCompliance.Attestations;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// The log by policy: ephemeral (in the work folder, one a run), persistent (the organisation's own folder) or external (Rekor).
/// </summary>
/// <param name="inCi">Whether this is a CI run: an ephemeral log proves nothing about time, so there the policy must ask for it.</param>
public sealed class TransparencyLogFactory(ISignerFactory signers, ISignatureVerifier verifier, bool inCi) : ITransparencyLogFactory
{
    /// <summary>Host name of ephemeral logs: reserved (RFC 2606), so that none is mistaken for a log that exists.</summary>
    public const string EphemeralName = "ephemeral.cicompliance.invalid";

    public ITransparencyLog Open(StageContext context) => context.Policy.Log.Kind switch
    {
        LogKind.Ephemeral => OpenEphemeral(context),
        LogKind.Persistent => OpenPersistent(context),
        LogKind.External => ExternalLog.Open(context, verifier),
        _ => throw NotConfigured("log.kind", "the policy names no kind of log", "策略未指定日志类型"),
    };

    private EmbeddedLog OpenEphemeral(StageContext context)
    {
        if (inCi && !context.Policy.Log.EphemeralInCi && context.Options.Mode != RunMode.Demonstration)
        {
            throw new CiComplianceException(LogDiagnostics.EphemeralInCi, "log.kind",
                new("an ephemeral log proves nothing about time, and this is a CI run", "临时日志不能证明时间,而当前为 CI 运行"),
                new("Set log.kind to persistent or external; or log.ephemeral-in-ci to true, which the report shows as a gap",
                    "请将 log.kind 设为 persistent 或 external;或将 log.ephemeral-in-ci 设为 true,报告会将其列为缺口"));
        }

        var path = Path.Combine(context.WorkDirectory, "log-" + context.Run.Identity.RunId);
        return OpenEmbedded(context, LogKind.Ephemeral, key =>
            Directory.Exists(path)
                ? LogStore.Open(path, key, verifier, context.Clock)
                : LogStore.Create(path, EphemeralName, key, EvidenceKeyIds(context), verifier, context.Clock));
    }

    private EmbeddedLog OpenPersistent(StageContext context) =>
        context.Policy.Log.Path is { Length: > 0 } given && Path.GetFullPath(given, context.Options.ProjectDirectory) is var path
            ? OpenEmbedded(context, LogKind.Persistent, key => EvidenceKeyIds(context).Contains(key.KeyId)
                ? throw LogErrors.SigningKey(path)
                : LogStore.Open(path, key, verifier, context.Clock))
            : throw NotConfigured("log.path", "a persistent log needs its folder", "持久日志需要目录");

    private EmbeddedLog OpenEmbedded(StageContext context, LogKind kind, Func<ISigner, LogStore> open)
    {
        var reference = context.Options.LogKey ?? throw new CiComplianceException(LogDiagnostics.NoLogKey, "--log-key",
            new("recording in an embedded log needs the log's own key", "写入内嵌日志需要日志自己的密钥"),
            new("Give it as --log-key FILE or --log-key fd:N", "请用 --log-key 文件 或 --log-key fd:N 提供"));
        var key = signers.Open(reference, KeyAlgorithm.EcdsaP256);
        try
        {
            return new EmbeddedLog(open(key), key, kind);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static HashSet<string> EvidenceKeyIds(StageContext context) =>
        [.. context.Trust.Keys.Where(key => key.Role is KeyRole.EvidenceP256 or KeyRole.EvidenceSm2).Select(key => key.Id)];

    internal static CiComplianceException NotConfigured(string origin, string en, string zh) =>
        new(LogDiagnostics.NotConfigured, origin, new(en, zh), new("Complete the log section of compliance.yml", "请补全 compliance.yml 的 log 部分"));
}
