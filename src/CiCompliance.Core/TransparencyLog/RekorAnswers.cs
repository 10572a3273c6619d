using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>What is demanded of any Rekor server's answers, and how it is said where one does not hold.</summary>
/// <param name="origin">The server's address.</param>
/// <param name="setting">Where that is given: <see cref="RemoteService.Setting"/>.</param>
/// <param name="version"><c>v1</c> or <c>v2</c>.</param>
internal sealed class RekorAnswers(string origin, string setting, string version, TrustedKey key, ISignatureVerifier verifier)
{
    /// <summary>Entries that are sent at a time: a server of version 2 answers only with its next checkpoint.</summary>
    private const int AtOnce = 8;

    /// <summary>Sends the entries, some at a time; the answers stand in the entries' order.</summary>
    public static async Task<IReadOnlyList<LoggedEntry>> InParallelAsync(
        IReadOnlyList<ProposedEntry> entries, Func<ProposedEntry, CancellationToken, Task<LoggedEntry>> append, CancellationToken cancellationToken)
    {
        var logged = new LoggedEntry[entries.Count];
        await Parallel.ForAsync(0, entries.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) => logged[i] = await append(entries[i], token));
        return logged;
    }

    /// <summary>The entry as given, when it is what was proposed and the trusted log holds it.</summary>
    /// <param name="otherwise">A further reason against it, or null.</param>
    /// <exception cref="CiComplianceException">It is not (CIC4103).</exception>
    public LoggedEntry Verified(LoggedEntry entry, ProposedEntry proposed, LocalizedText? otherwise = null)
    {
        var wrong = !entry.Body.AsSpan().SequenceEqual(proposed.Body)
                ? new LocalizedText("it logged something else", "其记录的是其他内容")
            : !entry.LogId.AsSpan().SequenceEqual(LogKeyId.Of(key))
                ? new($"it is another log than the trusted one '{key.Name}'", $"不是受信任的日志“{key.Name}”")
            : otherwise is not null
                ? otherwise
            : !entry.IsIncluded()
                ? new("its inclusion proof does not verify", "其包含证明验证失败")
            : entry.VerifiedCheckpoint(key, verifier) is null
                ? new("its checkpoint does not verify", "其检查点验证失败")
            : (LocalizedText?)null;
        return wrong is { } what ? throw DoesNotVerify(what) : entry;
    }

    public CiComplianceException DoesNotVerify(LocalizedText what) =>
        new(RekorDiagnostics.DoesNotVerify, origin, what,
            new($"Check {setting} and the trusted log key; if both are right, tell the log's operator", $"请检查 {setting} 与受信任的日志公钥;若均正确,请联系日志运营者"));

    public CiComplianceException Refused(ServiceAnswer answer) =>
        new(RekorDiagnostics.Refused, origin,
            new($"it answered {(int)answer.Status}{answer.Message}", $"返回 {(int)answer.Status}{answer.Message}"),
            new($"Check that {setting} is a Rekor {version} server that takes this key and size", $"请检查 {setting} 是否为接受此密钥与大小的 Rekor {version} 服务器"));

    public CiComplianceException Malformed(LocalizedText problem, Exception? cause = null) =>
        new(RekorDiagnostics.Malformed, origin,
            new($"its answer is not Rekor {version}'s ({problem.En})", $"返回内容不符合 Rekor {version} 格式({problem.Zh})"),
            new($"Check that {setting} is a Rekor {version} server", $"请检查 {setting} 是否为 Rekor {version} 服务器"), cause);
}
