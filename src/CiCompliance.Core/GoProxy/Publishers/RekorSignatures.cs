using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Evidence.Verification;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.GoProxy.Publishers;

/// <summary>
/// Signatures in a Rekor v1 log, found by the SHA-256 of the statement: entries dsse 0.0.1. Time, inclusion and checkpoint are verified with the trusted log
/// key; the envelope is put together from the own statement and the entry's signature. P-256 and Ed25519 only: Rekor takes no SM2.
/// </summary>
public sealed class RekorSignatures : ISignatureSource, IDisposable
{
    /// <summary>Entries that one retrieval may ask for.</summary>
    private const int AtOnce = 10;

    /// <summary>Anybody may log anything: of more entries than this only those by keys that count are looked at.</summary>
    private const int MaxEntries = 40;

    private readonly ServiceHttp http;
    private readonly TrustedKey log;
    private readonly TrustStore trust;
    private readonly ISignatureVerifier verifier;
    private readonly TimeProvider clock;

    /// <param name="url">https, or http to a loopback address.</param>
    /// <param name="log">The log's key from the trust store. Only of an <see cref="TrustedKey.Independent"/> log the times count.</param>
    /// <param name="timeout">Of each of at most two tries of a request.</param>
    /// <exception cref="CiComplianceException">The address is neither (CIC4104).</exception>
    public RekorSignatures(string url, TrustedKey log, TrustStore trust, ISignatureVerifier verifier, TimeSpan timeout, TimeProvider clock)
    {
        http = new ServiceHttp(RemoteService.Rekor with { Setting = "rekor" }, url, timeout, clock, HttpSignatures.Attempts);
        (Name, this.log, this.trust, this.verifier, this.clock) = (url, log, trust, verifier, clock);
    }

    public string Name { get; }

    /// <exception cref="OperationCanceledException">By the caller.</exception>
    public async Task<ModuleSignatures?> FindAsync(ModuleStatement statement, CancellationToken cancellationToken)
    {
        if (log.Revocation is not null || !log.IsValidAt(clock.GetUtcNow()))
        {
            throw new SignatureSourceException(new("the trust store's key of this log does not count now", "信任库中此日志的密钥目前无效"));
        }

        var uuids = await SearchAsync(new($"sha256:{statement.Digest}"), cancellationToken);
        if (uuids.Count > MaxEntries)
        {
            uuids = await SearchByKeysAsync(statement, cancellationToken);
        }

        var found = new List<ModuleSignature>();
        foreach (var some in uuids.Chunk(AtOnce))
        {
            found.AddRange(await RetrieveAsync(statement, some, cancellationToken));
        }

        // The same key may have signed again: whichever verifies will do, and the order is the log's.
        return found.Count == 0 ? null : ModuleSignatures.Over(statement, found);
    }

    public void Dispose() => http.Dispose();

    private async Task<IReadOnlyList<string>> SearchByKeysAsync(ModuleStatement statement, CancellationToken cancellationToken)
    {
        var uuids = new List<string>();
        foreach (var key in trust.With(KeyRole.Publisher, statement.Module.Path).Where(key => key.Algorithm is KeyAlgorithm.EcdsaP256 or KeyAlgorithm.Ed25519))
        {
            var query = new RekorSearch($"sha256:{statement.Digest}", "and", new("x509", new EntrySigner(key.PublicKey, false).ToPemBase64()));
            uuids.AddRange((await SearchAsync(query, cancellationToken)).Take(AtOnce));
        }

        return uuids;
    }

    private async Task<IReadOnlyList<string>> SearchAsync(RekorSearch query, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(query, RekorSearchContext.Default.RekorSearch);
        return await AskAsync("api/v1/index/retrieve", content, answer => StrictJson.Parse(answer, RekorSearchContext.Default.ListString), cancellationToken);
    }

    private async Task<IReadOnlyList<ModuleSignature>> RetrieveAsync(ModuleStatement statement, string[] uuids, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(new RekorRetrieval(uuids), RekorSearchContext.Default.RekorRetrieval);
        return await AskAsync("api/v1/log/entries/retrieve", content,
            answer => StrictJson.Parse(answer, RekorSearchContext.Default.ListDictionaryStringRekorEntryJson)
                .SelectMany(entries => entries.Values).Select(entry => Read(entry, statement)).OfType<ModuleSignature>().ToList(),
            cancellationToken);
    }

    private async Task<T> AskAsync<T>(string path, byte[] content, Func<byte[], T> read, CancellationToken cancellationToken)
    {
        var answer = await HttpSignatures.AskAsync(() => http.SendAsync(HttpMethod.Post, path, content, cancellationToken));
        if (answer.Status != HttpStatusCode.OK)
        {
            throw HttpSignatures.Refused(answer);
        }

        try
        {
            return read(answer.Content);
        }
        catch (JsonException e)
        {
            throw new SignatureSourceException(new($"its answer is not Rekor's ({e.Problem().En})", $"返回内容不符合 Rekor 格式({e.Problem().Zh})"), e);
        }
    }

    /// <summary>Null for entries of other kinds or over something else: the search gives whatever names the digest.</summary>
    private ModuleSignature? Read(RekorEntryJson json, ModuleStatement statement)
    {
        var entry = json.ToEntry(EntryBody.Dsse, EntryBody.Version001);
        EntryBody body;
        try
        {
            body = EntryBody.Parse(entry.Kind, entry.Version, entry.Body);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }

        if (body.Signer.IsCertificate || Convert.ToHexStringLower(body.Digest) != statement.Digest)
        {
            return null;
        }

        return entry.LogId.AsSpan().SequenceEqual(LogKeyId.Of(log)) && entry.HasAuthenticTime(log, verifier) && entry.IsIncluded() && entry.VerifiedCheckpoint(log, verifier) is not null
            ? new(Convert.ToHexStringLower(SHA256.HashData(body.Signer.Der)), body.Signature, KeyJudge.ProvedTime(log, DateTimeOffset.FromUnixTimeSeconds(entry.IntegratedTime!.Value)))
            : throw new SignatureSourceException(new("its answer does not verify with the log's trusted key", "返回内容无法用受信任的日志公钥验证"));
    }
}

internal sealed record RekorSearch(string Hash, string? Operator = null, RekorSearchKey? PublicKey = null);

internal sealed record RekorSearchKey(string Format, string Content);

internal sealed record RekorRetrieval([property: JsonPropertyName("entryUUIDs")] IReadOnlyList<string> EntryUuids);

/// <summary>A member that a newer server adds is skipped: whatever is used is verified.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RekorSearch))]
[JsonSerializable(typeof(RekorRetrieval))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(List<Dictionary<string, RekorEntryJson>>))]
internal sealed partial class RekorSearchContext : JsonSerializerContext;
