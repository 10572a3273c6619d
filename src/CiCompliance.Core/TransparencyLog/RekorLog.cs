using System.Globalization;
using System.Net;
using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.Policy;

namespace CiCompliance.TransparencyLog;

/// <summary>A Rekor v1 server. Nothing it says is believed: body, time, inclusion and checkpoint are verified with the trusted log key.</summary>
public sealed class RekorLog : ITransparencyLog
{
    private readonly RekorHttp http;
    private readonly ISignatureVerifier verifier;
    private readonly string origin;

    /// <param name="url">https, or http to a loopback address.</param>
    /// <param name="key">The log's key from the trust store; its name is the checkpoint's host name or whole origin.</param>
    /// <exception cref="CiComplianceException">The address is neither (CIC4104).</exception>
    public RekorLog(string url, TrustedKey key, ISignatureVerifier verifier, TimeProvider clock)
    {
        http = new RekorHttp(url, clock);
        origin = url;
        Key = key;
        this.verifier = verifier;
    }

    public LogKind Kind => LogKind.External;

    public TrustedKey Key { get; }

    public string? Genesis => null;

    public DateTimeOffset? Created => Key.ValidFrom;

    /// <exception cref="CiComplianceException">CIC4101, CIC4102, CIC4103 or CIC4105.</exception>
    public async Task<IReadOnlyList<LoggedEntry>> AppendAsync(IReadOnlyList<ProposedEntry> entries, CancellationToken cancellationToken)
    {
        var logged = new List<LoggedEntry>(entries.Count);
        foreach (var entry in entries)
        {
            logged.Add(await AppendAsync(entry, cancellationToken));
        }

        return logged;
    }

    /// <exception cref="CiComplianceException">CIC4101, CIC4102 or CIC4105.</exception>
    public async Task<IReadOnlyList<byte[]>> ConsistencyAsync(Checkpoint older, Checkpoint newer, CancellationToken cancellationToken)
    {
        // The tree is named: a server that has begun a new one since answers for that one otherwise.
        var tree = newer.Origin.Split(" - ", 2) is [_, { Length: > 0 and <= 20 } id] && id.All(char.IsAsciiDigit)
            ? id
            : throw Malformed(new("its checkpoint names no tree", "其检查点没有树标识"), null);
        var query = string.Create(CultureInfo.InvariantCulture, $"api/v1/log/proof?firstSize={older.Size}&lastSize={newer.Size}&treeID={tree}");
        var answer = await http.SendAsync(HttpMethod.Get, query, null, cancellationToken);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw Refused(answer);
        }

        try
        {
            return [.. StrictJson.Parse(answer.Content, RekorContext.Default.RekorConsistencyJson).Hashes.Select(hash => RekorEntryJson.Hex(hash, "hashes"))];
        }
        catch (JsonException e)
        {
            throw Malformed(e.Problem(), e);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<LoggedEntry> AppendAsync(ProposedEntry proposed, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(HttpMethod.Post, "api/v1/log/entries", proposed.Request, cancellationToken);
        if (answer.Status == HttpStatusCode.Conflict)
        {
            // The same entry is there already: a retry, or another run over the same signature.
            answer = await http.SendAsync(HttpMethod.Get, $"api/v1/log/entries/{UuidOf(answer.Location)}", null, cancellationToken);
        }

        return answer.Status is HttpStatusCode.Created or HttpStatusCode.OK
            ? Verify(Parse(answer.Content, proposed), proposed)
            : throw Refused(answer);
    }

    private string UuidOf(string? location)
    {
        var uuid = location?.Split('/')[^1] ?? "";
        return uuid.Length is 64 or 80 && uuid.All(char.IsAsciiHexDigit)
            ? uuid
            : throw Malformed(new("it names no entry where it says there is one", "未给出其所称已有的条目"), null);
    }

    private (string Uuid, LoggedEntry Entry) Parse(byte[] content, ProposedEntry proposed)
    {
        try
        {
            return StrictJson.Parse(content, RekorContext.Default.DictionaryStringRekorEntryJson).ToList() is [var only]
                ? (only.Key, only.Value.ToEntry(proposed))
                : throw new LocalizedJsonException("an answer about one entry has one entry", "单个条目的返回内容应恰有一个条目");
        }
        catch (JsonException e)
        {
            throw Malformed(e.Problem(), e);
        }
    }

    private LoggedEntry Verify((string Uuid, LoggedEntry Entry) answer, ProposedEntry proposed)
    {
        var (uuid, entry) = answer;
        var leaf = Convert.ToHexStringLower(MerkleProof.LeafHash(proposed.Body));
        var wrong = !entry.Body.AsSpan().SequenceEqual(proposed.Body) || !uuid.EndsWith(leaf, StringComparison.Ordinal)
                ? new LocalizedText("it logged something else", "其记录的是其他内容")
            : !entry.LogId.AsSpan().SequenceEqual(LogKeyId.Of(Key))
                ? new("it is another log than the trusted one", "不是受信任的日志")
            : !entry.HasAuthenticTime(Key, verifier)
                ? new("its signed entry timestamp does not verify", "其 SET 签名验证失败")
            : !entry.IsIncluded()
                ? new("its inclusion proof does not verify", "其包含证明验证失败")
            : entry.VerifiedCheckpoint(Key, verifier) is null
                ? new("its checkpoint does not verify", "其检查点验证失败")
            : (LocalizedText?)null;
        return wrong is { } what
            ? throw new CiComplianceException(RekorDiagnostics.DoesNotVerify, origin, what,
                new("Check log.url and the trusted log key; if both are right, tell the log's operator", "请检查 log.url 与受信任的日志公钥;若均正确,请联系日志运营者"))
            : entry;
    }

    private CiComplianceException Refused(RekorAnswer answer) =>
        new(RekorDiagnostics.Refused, origin,
            new($"it answered {(int)answer.Status}{answer.Message}", $"返回 {(int)answer.Status}{answer.Message}"),
            new("Check that log.url is a Rekor v1 server that takes this key and size", "请检查 log.url 是否为接受此密钥与大小的 Rekor v1 服务器"));

    private CiComplianceException Malformed(LocalizedText problem, Exception? cause) =>
        new(RekorDiagnostics.Malformed, origin,
            new($"its answer is not Rekor v1's ({problem.En})", $"返回内容不符合 Rekor v1 格式({problem.Zh})"),
            new("Check that log.url is a Rekor v1 server", "请检查 log.url 是否为 Rekor v1 服务器"), cause);
}
