using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.Policy;

namespace CiCompliance.TransparencyLog;

/// <summary>A Rekor v1 server. Nothing it says is believed: body, time, inclusion and checkpoint are verified with the trusted log key.</summary>
public sealed class RekorLog : ITransparencyLog, IObservedLog
{
    private readonly ServiceHttp http;
    private readonly ISignatureVerifier verifier;
    private readonly RekorAnswers answers;

    /// <param name="url">https, or http to a loopback address.</param>
    /// <param name="key">The log's key from the trust store; its name is the checkpoint's host name or whole origin.</param>
    /// <exception cref="CiComplianceException">The address is neither (CIC4104).</exception>
    public RekorLog(string url, TrustedKey key, ISignatureVerifier verifier, TimeProvider clock)
        : this(RemoteService.Rekor, url, key, verifier, clock)
    {
    }

    internal RekorLog(RemoteService service, string url, TrustedKey key, ISignatureVerifier verifier, TimeProvider clock)
    {
        http = new ServiceHttp(service, url, TimeSpan.FromSeconds(30), clock);
        answers = new RekorAnswers(url, service.Setting, "v1", key, verifier);
        Key = key;
        this.verifier = verifier;
    }

    public LogKind Kind => LogKind.External;

    public LogApi Api => LogApi.V1;

    public TrustedKey Key { get; }

    public string? Genesis => null;

    public DateTimeOffset? Created => Key.ValidFrom;

    /// <exception cref="CiComplianceException">CIC4101, CIC4102, CIC4103 or CIC4105.</exception>
    public Task<IReadOnlyList<LoggedEntry>> AppendAsync(IReadOnlyList<ProposedEntry> entries, CancellationToken cancellationToken) =>
        RekorAnswers.InParallelAsync(entries, AppendAsync, cancellationToken);

    /// <exception cref="CiComplianceException">CIC4101, CIC4102 or CIC4105.</exception>
    public async Task<IReadOnlyList<byte[]>> ConsistencyAsync(Checkpoint older, Checkpoint newer, CancellationToken cancellationToken)
    {
        // The tree is named: a server that has begun a new one since answers for that one otherwise.
        var tree = newer.Origin.Split(" - ", 2) is [_, { Length: > 0 and <= 20 } id] && id.All(char.IsAsciiDigit)
            ? id
            : throw answers.Malformed(new("its checkpoint names no tree", "其检查点没有树标识"), null);
        var query = string.Create(CultureInfo.InvariantCulture, $"api/v1/log/proof?firstSize={older.Size}&lastSize={newer.Size}&treeID={tree}");
        var answer = await http.SendAsync(HttpMethod.Get, query, null, cancellationToken);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw answers.Refused(answer);
        }

        try
        {
            return [.. StrictJson.Parse(answer.Content, RekorContext.Default.RekorConsistencyJson).Hashes.Select(hash => RekorEntryJson.Hex(hash, "hashes"))];
        }
        catch (JsonException e)
        {
            throw answers.Malformed(e.Problem(), e);
        }
    }

    /// <exception cref="CiComplianceException">CIC4101, CIC4102 or CIC4105.</exception>
    public async Task<byte[]> CheckpointAsync(CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(HttpMethod.Get, "api/v1/log", null, cancellationToken);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw answers.Refused(answer);
        }

        try
        {
            return Encoding.UTF8.GetBytes(StrictJson.Parse(answer.Content, RekorContext.Default.RekorLogJson).SignedTreeHead);
        }
        catch (JsonException e)
        {
            throw answers.Malformed(e.Problem(), e);
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
            : throw answers.Refused(answer);
    }

    private string UuidOf(string? location)
    {
        var uuid = location?.Split('/')[^1] ?? "";
        return uuid.Length is 64 or 80 && uuid.All(char.IsAsciiHexDigit)
            ? uuid
            : throw answers.Malformed(new("it names no entry where it says there is one", "未给出其所称已有的条目"), null);
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
            throw answers.Malformed(e.Problem(), e);
        }
    }

    private LoggedEntry Verify((string Uuid, LoggedEntry Entry) answer, ProposedEntry proposed)
    {
        var (uuid, entry) = answer;
        var leaf = Convert.ToHexStringLower(MerkleProof.LeafHash(proposed.Body));
        var wrong = !uuid.EndsWith(leaf, StringComparison.Ordinal) ? new LocalizedText("it logged something else", "其记录的是其他内容")
            : entry.HasAuthenticTime(Key, verifier) ? (LocalizedText?)null
            : new("its signed entry timestamp does not verify", "其 SET 签名验证失败");
        return answers.Verified(entry, proposed, wrong);
    }
}
