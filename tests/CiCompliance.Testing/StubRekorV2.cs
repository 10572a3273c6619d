using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Testing;

/// <summary>A Rekor v2 server on loopback, in memory, with its tiles; can be told to lie, to fail and to wait.</summary>
public sealed class StubRekorV2 : IDisposable
{
    public const string Origin = "rekor.example.test";

    private readonly HttpListener listener;
    private readonly ISigner key;
    private readonly Lock gate = new();
    private readonly List<byte[]> bodies = [];
    private readonly List<byte[]> leaves = [];
    private readonly MemoryHashes hashes = new();
    private readonly MerkleTree tree;
    private readonly Task serving;
    private readonly SemaphoreSlim arrived = new(0);
    private int waiting;

    public StubRekorV2(ISigner key)
    {
        this.key = key;
        tree = new MerkleTree(hashes);
        (listener, Url) = LoopbackHttp.Listen();
        serving = Task.Run(ServeAsync);
    }

    public string Url { get; }

    public TrustedKey Trusted => new(key.KeyId, Origin, KeyRole.Log, key.Algorithm, key.PublicKey, []);

    /// <summary>Where checkpoint and tiles are; null: nowhere, 501 as of the real server.</summary>
    public string? TilesAt { get; set; } = "/api/v2/";

    /// <summary>Whether a partial tile is still served once it is full.</summary>
    public bool ServesPartialTiles { get; set; } = true;

    /// <summary>No POST is answered before so many are waiting at a time.</summary>
    public int AnswersTogether { get; set; } = 1;

    /// <summary>Answers a request instead of the log, while it returns something.</summary>
    public Func<HttpListenerRequest, (HttpStatusCode Status, string? RetryAfter)?> Fail { get; set; } = _ => null;

    /// <summary>Changes an answer to a POST on its way out.</summary>
    public Action<JsonObject> Lie { get; set; } = _ => { };

    /// <summary>Changes a file on its way out.</summary>
    public Func<string, byte[], byte[]> Corrupt { get; set; } = (_, content) => content;

    /// <summary>The message about a duplicate, with its index.</summary>
    public Func<long, string> Duplicate { get; set; } = index => $"an equivalent entry already exists in the transparency log with index {index}";

    public List<string> Requests { get; } = [];

    public long Size => bodies.Count;

    public Checkpoint Head => HeadAt(bodies.Count);

    public Checkpoint HeadAt(long size) => Checkpoint.Sign(Origin, size, tree.Root(size), key);

    public long Append(byte[] body)
    {
        lock (gate)
        {
            bodies.Add(body);
            leaves.Add(MerkleProof.LeafHash(body));
            tree.Append(leaves[^1]);
            return bodies.Count - 1;
        }
    }

    public void Dispose()
    {
        listener.Close();
        serving.Wait(TimeSpan.FromSeconds(10));
        arrived.Dispose();
    }

    private async Task ServeAsync()
    {
        var answering = new List<Task>();
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                answering.Add(Task.Run(() => AnswerAsync(context)));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            await Task.WhenAll(answering);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        lock (gate)
        {
            Requests.Add($"{request.HttpMethod} {request.Url!.AbsolutePath}");
        }

        try
        {
            var (status, content) = Fail(request) is { } failure ? Failing(response, failure)
                : request.HttpMethod == "POST" ? await PostAsync(request)
                : File(request.Url!.AbsolutePath);
            response.StatusCode = (int)status;
            response.ContentLength64 = content.Length;
            await response.OutputStream.WriteAsync(content);
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client went away, or the server did.
        }
    }

    private static (HttpStatusCode, byte[]) Failing(HttpListenerResponse response, (HttpStatusCode Status, string? RetryAfter) failure)
    {
        if (failure.RetryAfter is not null)
        {
            response.AddHeader("Retry-After", failure.RetryAfter);
        }

        return (failure.Status, Error("told to fail"));
    }

    private async Task<(HttpStatusCode, byte[])> PostAsync(HttpListenerRequest request)
    {
        using var reader = new StreamReader(request.InputStream);
        var proposal = JsonNode.Parse(await reader.ReadToEndAsync())!["hashedRekordRequestV002"]!;
        var body = CanonicalJson.Canonicalize(new JsonObject
        {
            ["apiVersion"] = "0.0.2",
            ["kind"] = "hashedrekord",
            ["spec"] = new JsonObject
            {
                ["hashedRekordV002"] = new JsonObject
                {
                    ["data"] = new JsonObject { ["algorithm"] = "SHA2_256", ["digest"] = (string)proposal["digest"]! },
                    ["signature"] = proposal["signature"]!.DeepClone(),
                },
            },
        });
        int known;
        lock (gate)
        {
            known = bodies.FindIndex(other => other.AsSpan().SequenceEqual(body));
        }

        if (known >= 0)
        {
            return (HttpStatusCode.Conflict, Error(Duplicate(known)));
        }

        var index = Append(body);
        await TogetherAsync();
        JsonObject entry;
        lock (gate)
        {
            entry = Entry(index, body, Head);
        }

        Lie(entry);
        return (HttpStatusCode.Created, Encoding.UTF8.GetBytes(entry.ToJsonString()));
    }

    private async Task TogetherAsync()
    {
        if (Interlocked.Increment(ref waiting) == AnswersTogether)
        {
            arrived.Release(AnswersTogether);
        }

        if (AnswersTogether > 1)
        {
            await arrived.WaitAsync();
        }
    }

    private JsonObject Entry(long index, byte[] body, Checkpoint head) => new()
    {
        ["logIndex"] = Number(index),
        ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(LogKeyId.Of(Trusted)) },
        ["kindVersion"] = new JsonObject { ["kind"] = "hashedrekord", ["version"] = "0.0.2" },
        ["integratedTime"] = "0",
        ["inclusionPromise"] = null,
        ["inclusionProof"] = new JsonObject
        {
            ["logIndex"] = Number(index),
            ["rootHash"] = Convert.ToBase64String(head.Root),
            ["treeSize"] = Number(head.Size),
            ["hashes"] = new JsonArray([.. tree.InclusionProof(index, head.Size).Select(hash => (JsonNode)Convert.ToBase64String(hash))]),
            ["checkpoint"] = new JsonObject { ["envelope"] = head.ToString() },
        },
        ["canonicalizedBody"] = Convert.ToBase64String(body),
    };

    private (HttpStatusCode, byte[]) File(string path)
    {
        if (TilesAt is null || !path.StartsWith(TilesAt, StringComparison.Ordinal))
        {
            return (HttpStatusCode.NotImplemented, Error("not implemented"));
        }

        var name = path[TilesAt.Length..];
        lock (gate)
        {
            var content = name == "checkpoint" ? Head.ToBytes()
                : name.StartsWith("tile/entries/", StringComparison.Ordinal) ? Tile(name["tile/entries/".Length..], bodies.Count, i => Prefixed(bodies[(int)i]))
                : name.StartsWith("tile/", StringComparison.Ordinal) && int.TryParse(name.Split('/')[1], out var level)
                    ? Tile(name[$"tile/{level}/".Length..], bodies.Count >> (8 * level), i => Subtree(level, i))
                : null;
            return content is null ? (HttpStatusCode.NotFound, Error("no such file")) : (HttpStatusCode.OK, Corrupt(name, content));
        }
    }

    /// <param name="name">N in groups of three digits, with <c>.p/W</c> while it is partial.</param>
    private byte[]? Tile(string name, long count, Func<long, byte[]> item)
    {
        var parts = name.Split(".p/");
        var index = long.Parse(parts[0].Replace("x", "", StringComparison.Ordinal).Replace("/", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        var width = parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 256;
        return (parts.Length == 1 || ServesPartialTiles || (index + 1) * 256 > count) && (index * 256) + width <= count
            ? [.. Enumerable.Range(0, width).SelectMany(i => item((index * 256) + i))]
            : null;
    }

    private byte[] Subtree(int level, long index)
    {
        var row = leaves.Skip((int)(index << (8 * level))).Take(1 << (8 * level)).ToList();
        while (row.Count > 1)
        {
            row = [.. row.Chunk(2).Select(pair => MerkleProof.NodeHash(pair[0], pair[1]))];
        }

        return row[0];
    }

    private static byte[] Prefixed(byte[] body)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)body.Length);
        return [.. length, .. body];
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static byte[] Error(string message) => Encoding.UTF8.GetBytes(new JsonObject { ["code"] = 6, ["message"] = message, ["details"] = new JsonArray() }.ToJsonString());

    private sealed class MemoryHashes : IHashStore
    {
        private readonly List<byte[]> hashes = [];

        public long Count => hashes.Count;

        public byte[] Read(long position) => hashes[(int)position];

        public void Append(ReadOnlySpan<byte> hash) => hashes.Add(hash.ToArray());
    }
}
