using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Witnessing;

/// <summary>Opens a witness over its folder.</summary>
public static class WitnessFolder
{
    /// <param name="key">Must not be a log's own: a log can't vouch for itself.</param>
    /// <exception cref="CiComplianceException">The folder is in use or can't be written, the store trusts no log, or the key is one's (CIC7006).</exception>
    public static Witness Open(string path, string name, ISigner key, TrustStore trust, ISignatureVerifier verifier, TimeProvider clock)
    {
        var logs = trust.Keys.Where(known => known.Role == KeyRole.Log).ToList();
        if (logs.Count == 0 || logs.Exists(log => log.Id == key.KeyId))
        {
            throw Refused(path, new("the trust store has no log's key, or the witness's key is a log's", "信任库中没有日志公钥,或见证方密钥就是日志密钥"), null);
        }

        try
        {
            return new Witness(path, name, key, logs, verifier, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, new($"it cannot be used ({e.Message})", $"无法使用({e.Message})"), e);
        }
    }

    private static CiComplianceException Refused(string path, LocalizedText what, Exception? cause) => new(ServerDiagnostics.BadWitnessFolder, path, what,
        new("Give a folder of its own with --path, the logs' keys with --trust, and a key that signs nothing else with --witness-key",
            "请用 --path 指定专用目录,用 --trust 提供日志公钥,用 --witness-key 提供仅用于联署的密钥"), cause);
}
