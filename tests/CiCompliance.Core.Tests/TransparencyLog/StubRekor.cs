using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Json;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

/// <summary>A Rekor v1 server on loopback over an embedded log, that can be told to lie.</summary>
internal sealed class StubRekor : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly TestLog log;
    private readonly Dictionary<string, string> answers = [];

    public StubRekor(TestLog log)
    {
        this.log = log;
        using (var port = new TcpListener(IPAddress.Loopback, 0))
        {
            port.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}";
        }

        listener.Prefixes.Add(Url + "/");
        listener.Start();
        Served = ServeAsync();
    }

    public string Url { get; }

    public Task Served { get; }

    public int Requests { get; private set; }

    /// <summary>Changes an answer's one entry on its way out.</summary>
    public Action<JsonObject> Lie { get; set; } = _ => { };

    /// <summary>Answers instead of the server, while it returns a status.</summary>
    public Func<int, HttpStatusCode?> Fail { get; set; } = _ => null;

    /// <summary>What stands in the Location of a duplicate.</summary>
    public Func<string, string> Locate { get; set; } = uuid => "/api/v1/log/entries/" + uuid;

    public string? RawAnswer { get; set; }

    /// <summary>Answers a consistency proof's request instead of the server.</summary>
    public Func<(HttpStatusCode Status, string Text)>? ProofAnswer { get; set; }

    public void Dispose()
    {
        listener.Close();
        Served.Wait(TimeSpan.FromSeconds(10));
    }

    private static JsonNode BodyOf(JsonNode request)
    {
        if ((string)request["kind"]! != "dsse")
        {
            return request;
        }

        var content = request["spec"]!["proposedContent"]!;
        var text = (string)content["envelope"]!;
        var envelope = JsonNode.Parse(text)!;
        return new JsonObject
        {
            ["apiVersion"] = "0.0.1",
            ["kind"] = "dsse",
            ["spec"] = new JsonObject
            {
                ["envelopeHash"] = Hash(Encoding.UTF8.GetBytes(text)),
                ["payloadHash"] = Hash(Convert.FromBase64String((string)envelope["payload"]!)),
                ["signatures"] = new JsonArray(new JsonObject
                {
                    ["signature"] = (string)envelope["signatures"]![0]!["sig"]!,
                    ["verifier"] = (string)content["verifiers"]![0]!,
                }),
            },
        };
    }

    private static JsonObject Hash(byte[] content) =>
        new() { ["algorithm"] = "sha256", ["value"] = Convert.ToHexStringLower(SHA256.HashData(content)) };

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Requests++;
            await AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var response = context.Response;
        if (Fail(Requests) is { } status)
        {
            response.StatusCode = (int)status;
            await WriteAsync(response, """{"code":0,"message":"told to fail"}""");
        }
        else if (RawAnswer is not null)
        {
            response.StatusCode = 201;
            await WriteAsync(response, RawAnswer);
        }
        else if (context.Request.Url!.AbsolutePath == "/api/v1/log/proof")
        {
            await ProveAsync(context.Request, response);
        }
        else if (context.Request.HttpMethod == "GET")
        {
            response.StatusCode = 200;
            await WriteAsync(response, answers.Values.Single(answer => answer.Contains(context.Request.Url!.Segments[^1], StringComparison.Ordinal)));
        }
        else
        {
            await PostAsync(context.Request, response);
        }
    }

    private async Task ProveAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        var (first, last) = (long.Parse(request.QueryString["firstSize"]!), long.Parse(request.QueryString["lastSize"]!));
        if (ProofAnswer?.Invoke() is var (status, text))
        {
            response.StatusCode = (int)status;
            await WriteAsync(response, text);
        }
        else if (request.QueryString["treeID"] != log.Store.Description.TreeId || first < 1 || first > last || last > log.Store.Checkpoint.Size)
        {
            response.StatusCode = 400;
            await WriteAsync(response, """{"code":400,"message":"no such tree"}""");
        }
        else
        {
            await WriteAsync(response, new JsonObject
            {
                ["hashes"] = new JsonArray([.. log.Store.ConsistencyProof(first, last).Select(hash => (JsonNode)Convert.ToHexStringLower(hash))]),
                ["rootHash"] = Convert.ToHexStringLower(log.Store.Root(last)),
            }.ToJsonString());
        }
    }

    private async Task PostAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        using var reader = new StreamReader(request.InputStream);
        var body = CanonicalJson.Canonicalize(BodyOf(JsonNode.Parse(await reader.ReadToEndAsync())!));
        var leaf = Convert.ToHexStringLower(MerkleProof.LeafHash(body));
        var uuid = long.Parse(log.Store.Description.TreeId).ToString("x16") + leaf;
        if (answers.ContainsKey(uuid))
        {
            response.StatusCode = 409;
            response.AddHeader("Location", Locate(uuid));
            await WriteAsync(response, """{"code":409,"message":"an equivalent entry already exists in the transparency log"}""");
            return;
        }

        var entry = await log.AppendAsync(new ProposedEntry("hashedrekord", "0.0.1", body, []));
        var json = new JsonObject
        {
            ["body"] = Convert.ToBase64String(body),
            ["integratedTime"] = entry.IntegratedTime,
            ["logID"] = log.Key.KeyId,
            ["logIndex"] = entry.Index,
            ["verification"] = new JsonObject
            {
                ["inclusionProof"] = new JsonObject
                {
                    ["checkpoint"] = entry.Proof!.Checkpoint,
                    ["hashes"] = new JsonArray([.. entry.Proof.Hashes.Select(hash => (JsonNode)Convert.ToHexStringLower(hash))]),
                    ["logIndex"] = entry.Proof.Index,
                    ["rootHash"] = Convert.ToHexStringLower(entry.Proof.Root),
                    ["treeSize"] = entry.Proof.TreeSize,
                },
                ["signedEntryTimestamp"] = Convert.ToBase64String(entry.SignedEntryTimestamp!),
            },
        };
        Lie(json);
        answers[uuid] = new JsonObject { [uuid] = json }.ToJsonString();
        response.StatusCode = 201;
        response.AddHeader("Location", Locate(uuid));
        await WriteAsync(response, answers[uuid]);
    }

    private static async Task WriteAsync(HttpListenerResponse response, string text)
    {
        try
        {
            response.ContentType = "application/json";
            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException)
        {
            // The client hung up, as it may.
        }
    }
}
