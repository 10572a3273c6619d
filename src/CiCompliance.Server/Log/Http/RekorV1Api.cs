using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Entries;
using CiCompliance.Server.Log.Search;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.Log.Http;

/// <summary>Rekor v1's REST API, what real clients call of it.</summary>
internal sealed class RekorV1Api(LogService log, RequestBody bodies, RequestBody retrievals, RequestBody searches)
{
    public const string Prefix = "/api/v1/";

    /// <summary>Of a retrieval, which may carry the entries that are looked for.</summary>
    public const int MaxRetrieveBytes = 1 << 20;

    public const int MaxSearchBytes = 8 << 10;

    private const int MaxRetrieved = 10;
    private const int MaxFound = 1000;

    private readonly byte[] publicKey = Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", log.Store.Description.PublicKey) + "\n");

    /// <returns>Null where there is no such call.</returns>
    public Task? Route(HttpContext context, string path) => (context.Request.Method, path) switch
    {
        ("GET", "log") => GetLogAsync(context),
        ("GET", "log/publicKey") => GetPublicKeyAsync(context),
        ("GET", "log/proof") => GetProofAsync(context),
        ("GET", "log/entries") => GetByIndexAsync(context),
        ("POST", "log/entries/retrieve") => RetrieveAsync(context),
        ("POST", "index/retrieve") => SearchAsync(context),
        ("GET", _) when path.StartsWith("log/entries/", StringComparison.Ordinal) => GetByUuidAsync(context, path["log/entries/".Length..]),
        _ => null,
    };

    public async Task CreateAsync(HttpContext context)
    {
        var entry = log.Proposals.ReadV1(await bodies.ReadAsync(context));
        var logged = await log.Sequencer.AppendAsync(entry).WaitAsync(context.RequestAborted);
        var uuid = log.UuidOf(logged.Index);
        context.Response.Headers.Location = $"/api/v1/log/entries/{uuid}";
        if (logged.Head is not { } head)
        {
            log.Metrics.Duplicate();
            await Answers.WriteErrorAsync(context, 409, 409, $"an equivalent entry already exists in the transparency log with UUID {uuid}");
            return;
        }

        context.Response.Headers.ETag = uuid;
        await Answers.WriteJsonAsync(context, 201, writer => EntryAnswer.WriteV1(writer, log, logged.Index, entry.Body, logged.IntegratedTime, head));
    }

    private Task GetLogAsync(HttpContext context)
    {
        var head = log.Head;
        NoCache(context);
        return Answers.WriteJsonAsync(context, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNull("inactiveShards");
            writer.WriteString("rootHash", Convert.ToHexStringLower(head.Checkpoint.Root));
            writer.WriteString("signedTreeHead", head.V1);
            writer.WriteString("treeID", log.Store.Description.TreeId);
            writer.WriteNumber("treeSize", head.Checkpoint.Size);
            writer.WriteEndObject();
        });
    }

    private Task GetPublicKeyAsync(HttpContext context)
    {
        CheckTree(context);
        return Answers.WriteAsync(context, 200, "application/x-pem-file", publicKey);
    }

    private Task GetProofAsync(HttpContext context)
    {
        CheckTree(context);
        var head = log.Head;
        var first = Number(context, "firstSize") ?? 1;
        var last = Number(context, "lastSize") ?? throw new RefusedException("malformed", "lastSize in query is required", 422);
        if (first < 1 || last < 1)
        {
            throw new RefusedException("malformed", "firstSize and lastSize in query should be greater than or equal to 1", 422);
        }

        if (first > last)
        {
            throw new RefusedException("malformed", $"firstSize({first}) must be less than lastSize({last})");
        }

        if (last > head.Checkpoint.Size)
        {
            throw new RefusedException("malformed", $"lastSize({last}) must be less than or equal to the tree's size, {head.Checkpoint.Size}");
        }

        var proof = log.Store.ConsistencyProof(first, last);
        NoCache(context);
        return Answers.WriteJsonAsync(context, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("hashes");
            foreach (var hash in proof)
            {
                writer.WriteStringValue(Convert.ToHexStringLower(hash));
            }

            writer.WriteEndArray();
            writer.WriteString("rootHash", Convert.ToHexStringLower(head.Checkpoint.Root));
            writer.WriteEndObject();
        });
    }

    private Task GetByIndexAsync(HttpContext context)
    {
        var entry = Number(context, "logIndex") ?? throw new RefusedException("malformed", "logIndex in query is required", 422);
        return entry < 0 ? throw new RefusedException("malformed", "logIndex in query should be greater than or equal to 0", 422)
            : entry < log.Head.Checkpoint.Size ? WriteEntryAsync(context, entry)
            : Answers.WriteEmptyAsync(context, 404);
    }

    private Task GetByUuidAsync(HttpContext context, string uuid) =>
        IsUuid(uuid) ? Find(uuid) is { } entry ? WriteEntryAsync(context, entry) : Answers.WriteEmptyAsync(context, 404)
        : Answers.WriteErrorAsync(context, 422, 605, "entryUUID in path should match '^([0-9a-fA-F]{64}|[0-9a-fA-F]{80})$'");

    private async Task RetrieveAsync(HttpContext context)
    {
        var query = ProposalReader.Parse(await retrievals.ReadAsync(context), RekorV1Context.Default.RetrieveV1);
        var (uuids, indexes, proposals) = (query.EntryUuids ?? [], query.LogIndexes ?? [], query.Entries ?? []);
        if (uuids.Count + indexes.Count + proposals.Count is 0 or > MaxRetrieved || uuids.Any(uuid => !IsUuid(uuid)))
        {
            throw new RefusedException("malformed", $"1 to {MaxRetrieved} of entryUUIDs, logIndexes and entries can be asked for at once", 422);
        }

        var head = log.Head;
        var found = uuids.Select(Find)
            .Concat(indexes.Select(entry => entry >= 0 && entry < head.Checkpoint.Size ? entry : (long?)null))
            .Concat(proposals.Select(proposed => log.Index.FindLeaf(log.Proposals.ReadKnown(proposed).LeafHash)))
            .OfType<long>().Where(entry => entry < head.Checkpoint.Size).Distinct().ToList();
        await Answers.WriteJsonAsync(context, 200, writer =>
        {
            writer.WriteStartArray();
            foreach (var entry in found)
            {
                WriteEntry(writer, entry, head);
            }

            writer.WriteEndArray();
        });
    }

    private async Task SearchAsync(HttpContext context)
    {
        var query = ProposalReader.Parse(await searches.ReadAsync(context), RekorV1Context.Default.SearchV1);
        if (query is { Hash: null, PublicKey: null } or { Email: not null } or { Operator: not (null or "" or "and" or "or") })
        {
            throw new RefusedException("malformed", "this log is searched by hash and by publicKey, with operator 'and' or 'or'");
        }

        var digest = query.Hash is { } hash ? DigestOf(hash) : null;
        var keyId = query.PublicKey is { } key ? KeyIdOf(key) : null;
        var byHash = digest is null ? [] : log.Index.Find(KeyKind.Artifact, digest, MaxFound);

        // A busy key has more entries than are looked at, an artefact has few: so of both, the artefact's are looked through.
        IReadOnlyList<long> found = keyId is null ? byHash
            : digest is not null && query.Operator == "and" ? [.. byHash.Where(entry => EntryKeys.Has(log.Store.Read(entry).Body, KeyKind.Verifier, keyId))]
            : [.. byHash.Union(log.Index.Find(KeyKind.Verifier, keyId, MaxFound))];
        await Answers.WriteJsonAsync(context, 200, writer =>
        {
            writer.WriteStartArray();
            foreach (var entry in found)
            {
                writer.WriteStringValue(log.UuidOf(entry));
            }

            writer.WriteEndArray();
        });
    }

    private static byte[] DigestOf(string text)
    {
        var parts = text.Split(':', 2);
        var hex = parts[^1];
        var hash = parts.Length == 2
            ? EntryHash.All.FirstOrDefault(known => known.V1 == parts[0])
            : EntryHash.All.FirstOrDefault(known => hex.Length == 2 * known.Size);
        return hash?.FromHex(hex) ?? throw new RefusedException("malformed", "the hash is not sha256:, sha384: or sha512: and hex");
    }

    private byte[] KeyIdOf(SearchKeyV1 key) =>
        key is { Format: "x509", Content: { } content, Url: null } ? log.Proposals.KeyOf(content).Id
        : throw new RefusedException("malformed", "a key is searched by its content, in the format x509");

    private Task WriteEntryAsync(HttpContext context, long entry)
    {
        NoCache(context);
        var head = log.Head;
        return Answers.WriteJsonAsync(context, 200, writer => WriteEntry(writer, entry, head));
    }

    private void WriteEntry(Utf8JsonWriter writer, long entry, LogHead head)
    {
        var (body, time) = log.Store.Read(entry);
        EntryAnswer.WriteV1(writer, log, entry, body, time, head);
    }

    private static bool IsUuid(string uuid) => uuid.Length is 64 or 80 && uuid.All(char.IsAsciiHexDigit);

    private long? Find(string uuid) =>
        uuid.Length == 64 || uuid.StartsWith(log.TreeId, StringComparison.OrdinalIgnoreCase) ? log.Index.FindLeaf(Convert.FromHexString(uuid[^64..])) : null;

    private void CheckTree(HttpContext context)
    {
        if (context.Request.Query["treeID"] is [{ Length: > 0 } tree] && tree != log.Store.Description.TreeId)
        {
            throw new RefusedException("malformed", "this log has one tree, and another was asked for");
        }
    }

    private static long? Number(HttpContext context, string name) =>
        context.Request.Query[name] is not [{ } text] ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new RefusedException("malformed", $"{name} in query must be of type int64", 422);

    private static void NoCache(HttpContext context) => context.Response.Headers.CacheControl = "no-cache, no-store, must-revalidate, private, max-age=0";
}
