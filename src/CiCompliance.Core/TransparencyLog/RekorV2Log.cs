using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Sigstore;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// A Rekor v2 server (rekor-tiles): entries by <c>POST /api/v2/log/entries</c>, everything else from its static tiles. Nothing it says is
/// believed: body, inclusion and checkpoint are verified with the trusted log key, and proofs are computed from tiles. It proves no time.
/// </summary>
public sealed class RekorV2Log : ITransparencyLog, IObservedLog
{
    /// <summary>For each try: an answer waits for the log's next checkpoint, which a busy server may give every 10 s and later.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ServiceHttp http;
    private readonly RekorTiles tiles;
    private readonly RekorAnswers answers;
    private readonly ISignatureVerifier verifier;
    private readonly TimeProvider clock;

    /// <param name="url">https, or http to a loopback address.</param>
    /// <param name="tilesUrl">Where checkpoint and tiles are served, in the same form; null: the server itself.</param>
    /// <param name="key">The log's key from the trust store, P-256 or Ed25519; its name is the checkpoint's whole origin.</param>
    /// <exception cref="CiComplianceException">An address is neither (CIC4104).</exception>
    public RekorV2Log(string url, string? tilesUrl, TrustedKey key, ISignatureVerifier verifier, TimeProvider clock)
        : this(RemoteService.Rekor, url, tilesUrl, key, verifier, clock)
    {
    }

    internal RekorV2Log(RemoteService service, string url, string? tilesUrl, TrustedKey key, ISignatureVerifier verifier, TimeProvider clock)
    {
        http = new ServiceHttp(service, url, Timeout, clock);
        answers = new RekorAnswers(url, service.Setting, "v2", key, verifier);
        tiles = new RekorTiles(http, tilesUrl, Timeout, answers, clock);
        Key = key;
        this.verifier = verifier;
        this.clock = clock;
    }

    public LogKind Kind => LogKind.External;

    public LogApi Api => LogApi.V2;

    public TrustedKey Key { get; }

    public string? Genesis => null;

    public DateTimeOffset? Created => Key.ValidFrom;

    /// <exception cref="CiComplianceException">CIC4101, CIC4102, CIC4103 or CIC4105.</exception>
    public Task<IReadOnlyList<LoggedEntry>> AppendAsync(IReadOnlyList<ProposedEntry> entries, CancellationToken cancellationToken) =>
        RekorAnswers.InParallelAsync(entries, AppendAsync, cancellationToken);

    /// <exception cref="CiComplianceException">CIC4101, CIC4102 or CIC4105.</exception>
    public Task<IReadOnlyList<byte[]>> ConsistencyAsync(Checkpoint older, Checkpoint newer, CancellationToken cancellationToken) =>
        tiles.Tree(newer.Size, cancellationToken).ConsistencyProofAsync(older.Size);

    /// <exception cref="CiComplianceException">CIC4101, CIC4102 or CIC4105.</exception>
    public Task<byte[]> CheckpointAsync(CancellationToken cancellationToken) => tiles.CheckpointAsync(cancellationToken);

    public void Dispose()
    {
        tiles.Dispose();
        http.Dispose();
    }

    private async Task<LoggedEntry> AppendAsync(ProposedEntry proposed, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(HttpMethod.Post, "api/v2/log/entries", proposed.Request, cancellationToken);
        return answer.Status switch
        {
            // This version gives no time; one that a server writes all the same is signed by nobody and must not stand in a bundle.
            HttpStatusCode.Created or HttpStatusCode.OK => answers.Verified(Parse(answer.Content) with { IntegratedTime = null, SignedEntryTimestamp = null }, proposed),

            // The same entry is there already: a retry, or another run over the same signature.
            HttpStatusCode.Conflict => answers.Verified(await FindAsync(IndexOf(answer), proposed, cancellationToken), proposed),
            _ => throw answers.Refused(answer),
        };
    }

    private LoggedEntry Parse(byte[] content)
    {
        try
        {
            return ProtoObject.Read(content, "entry", EntryReader.Read);
        }
        catch (JsonException e)
        {
            throw answers.Malformed(e.Problem(), e);
        }
    }

    /// <summary>The number after the last <c>index </c> of the server's message; a wrong one is found out when the entry is compared.</summary>
    private long IndexOf(ServiceAnswer answer)
    {
        const string Before = " index ";
        try
        {
            var message = StrictJson.Parse(answer.Content, RekorV2Context.Default.RekorV2ErrorJson).Message;
            var at = message.LastIndexOf(Before, StringComparison.Ordinal);
            var digits = at < 0 ? "" : new string([.. message[(at + Before.Length)..].TakeWhile(char.IsAsciiDigit)]);
            return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? index
                : throw answers.Malformed(new("it names no entry where it says there is one", "未给出其所称已有的条目"));
        }
        catch (JsonException e)
        {
            throw answers.Malformed(e.Problem(), e);
        }
    }

    /// <summary>An entry that the log had before, with a proof made from its tiles. It may not be under a checkpoint yet.</summary>
    private async Task<LoggedEntry> FindAsync(long index, ProposedEntry proposed, CancellationToken cancellationToken)
    {
        for (var began = clock.GetTimestamp(); ;)
        {
            var (head, note) = await HeadAsync(cancellationToken);
            if (index < head.Size)
            {
                var body = await tiles.EntryAsync(index, head.Size, cancellationToken);
                var hashes = await tiles.Tree(head.Size, cancellationToken).InclusionProofAsync(index);
                return new(proposed.Kind, proposed.Version, body, index, LogKeyId.Of(Key), null, null, new(index, head.Size, head.Root, hashes, note));
            }

            if (clock.GetElapsedTime(began) > Timeout)
            {
                throw answers.DoesNotVerify(new($"its checkpoint of {head.Size} entries does not reach the entry {index} that it says it has", $"其 {head.Size} 条的检查点未涵盖其所称已有的第 {index} 条"));
            }

            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
        }
    }

    private async Task<(Checkpoint Head, string Note)> HeadAsync(CancellationToken cancellationToken)
    {
        var content = await tiles.CheckpointAsync(cancellationToken);
        try
        {
            var head = Checkpoint.Parse(content);
            return head.IsOf(Key, verifier)
                ? (head, Encoding.UTF8.GetString(content))
                : throw answers.DoesNotVerify(new("its checkpoint does not verify", "其检查点验证失败"));
        }
        catch (FormatException e)
        {
            throw answers.Malformed(e.Problem(), e);
        }
    }
}
