using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace CiCompliance.Testing;

/// <summary>A request that the stub got.</summary>
public sealed record GitHubRequest(string Method, string Path, IReadOnlyDictionary<string, string> Query, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    public bool IsWrite => Method != "GET";

    public override string ToString() => $"{Method} {Path}";
}

public sealed record GitHubAnswer(int Status, string Body, params (string Name, string Value)[] Headers)
{
    /// <summary>The request is carried out, and this is answered all the same.</summary>
    public bool AfterEffect { get; init; }

    /// <summary>No answer at all.</summary>
    public bool Hang { get; init; }
}

/// <summary>
/// A GitHub server on this machine that keeps check runs, statuses and assets. A test may answer requests itself. Every request is checked against
/// GitHub's own description where that is at hand; <see cref="Problems"/> says what would be refused.
/// </summary>
public sealed class GitHubStub : IDisposable
{
    private readonly HttpListener listener;
    private readonly Task serving;
    private readonly List<JsonObject> runs = [];
    private readonly List<JsonObject> statuses = [];
    private readonly List<JsonObject> assets = [];
    private long nextId = 3_000_000_000; // past 32 bits, as GitHub's ids will be

    public GitHubStub()
    {
        (listener, Root) = LoopbackHttp.Listen();
        serving = Task.Run(ServeAsync);
    }

    public string Root { get; }

    /// <summary>As on GHES: the API lies below a path.</summary>
    public string ApiUrl => Root + "/api/v3";

    public ConcurrentQueue<GitHubRequest> Requests { get; } = new();

    public ConcurrentQueue<string> Problems { get; } = new();

    public IEnumerable<GitHubRequest> Writes => Requests.Where(request => request.IsWrite);

    /// <summary>Answers in the stub's place; null leaves a request to the stub.</summary>
    public Func<GitHubRequest, GitHubAnswer?>? Answer { get; set; }

    public bool HasRelease { get; set; } = true;

    /// <summary>What every tag leads to, by an annotated tag; null where there is no tag.</summary>
    public string? TaggedCommit { get; set; } = new('a', 40);

    /// <summary>Sent with every answer.</summary>
    public (string Name, string Value)? Header { get; set; }

    public IReadOnlyList<JsonObject> CheckRuns => runs;

    public IReadOnlyList<JsonObject> Statuses => statuses;

    public IReadOnlyList<JsonObject> Assets => assets;

    public void AddAsset(string name, string state, byte[] content) => assets.Add(Asset(name, state, content));

    public void Dispose()
    {
        listener.Close();
        serving.Wait(TimeSpan.FromSeconds(5));
    }

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

            _ = Task.Run(() => HandleAsync(context));
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        var url = context.Request.Url!;
        var request = new GitHubRequest(context.Request.HttpMethod, url.AbsolutePath,
            context.Request.QueryString.AllKeys.OfType<string>().ToDictionary(key => key, key => context.Request.QueryString[key]!), body.ToArray(),
            context.Request.Headers.AllKeys.OfType<string>().ToDictionary(key => key, key => context.Request.Headers[key]!, StringComparer.OrdinalIgnoreCase));
        Requests.Enqueue(request);
        foreach (var problem in GitHubDescription.Find()?.Check(request) ?? [])
        {
            Problems.Enqueue($"{request}: {problem}");
        }

        var own = Answer?.Invoke(request);
        if (own is { Hang: true })
        {
            return;
        }

        var answer = own is null || own.AfterEffect ? Serve(request) : own;
        await SendAsync(context.Response, own ?? answer);
    }

    private async Task SendAsync(HttpListenerResponse response, GitHubAnswer answer)
    {
        try
        {
            response.StatusCode = answer.Status;
            response.ContentType = "application/json; charset=utf-8";
            foreach (var (name, value) in Header is { } always ? [.. answer.Headers, always] : answer.Headers)
            {
                response.Headers[name] = value;
            }

            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer.Body));
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client has had enough.
        }
    }

    private GitHubAnswer Serve(GitHubRequest request)
    {
        lock (runs)
        {
            var path = request.Path.Split("/repos/acme/app/")[^1].Split('/');
            return (request.Method, path) switch
            {
                ("GET", ["commits", _, "check-runs"]) => Json(200, new JsonObject { ["total_count"] = runs.Count, ["check_runs"] = Page(runs, request) }),
                ("POST", ["check-runs"]) => Json(201, Add(runs, Run(request.Json))),
                ("PATCH", ["check-runs", var id]) => Json(200, Update(runs.Single(run => (long)run["id"]! == long.Parse(id)), request.Json)),
                ("GET", ["commits", _, "statuses"]) => Json(200, Page([.. Enumerable.Reverse(statuses)], request)),
                ("POST", ["statuses", _]) => Json(201, Add(statuses, request.Json)),
                ("GET", ["releases", "tags", _]) when HasRelease => Json(200, new JsonObject
                {
                    ["id"] = 5, ["html_url"] = Root + "/acme/app/releases/5", ["upload_url"] = Root + "/uploads/repos/acme/app/releases/5/assets{?name,label}",
                }),
                ("GET", ["git", "ref", "tags", _]) when TaggedCommit is not null => Json(200, Target("tag", new string('f', 40))),
                ("GET", ["git", "tags", _]) => Json(200, Target("commit", TaggedCommit!)),
                ("GET", ["releases", "5", "assets"]) => Json(200, Page(assets, request)),
                ("DELETE", ["releases", "assets", var id]) => assets.RemoveAll(asset => (long)asset["id"]! == long.Parse(id)) > 0 ? new(204, "") : NotFound,
                ("POST", ["releases", "5", "assets"]) when assets.Exists(asset => (string)asset["name"]! == request.Query["name"]) =>
                    new(422, """{"message":"Validation Failed","errors":[{"resource":"ReleaseAsset","code":"already_exists","field":"name"}]}"""),
                ("POST", ["releases", "5", "assets"]) => Json(201, Add(assets, Asset(request.Query["name"], "uploaded", request.Body))),
                _ => NotFound,
            };
        }
    }

    private static JsonObject Target(string type, string id) => new() { ["object"] = new JsonObject { ["type"] = type, ["sha"] = id } };

    private static GitHubAnswer NotFound => new(404, """{"message":"Not Found"}""");

    private static GitHubAnswer Json(int status, JsonNode body) => new(status, body.ToJsonString());

    private static JsonArray Page(IReadOnlyList<JsonObject> all, GitHubRequest request)
    {
        var (page, size) = (int.Parse(request.Query.GetValueOrDefault("page", "1")), int.Parse(request.Query.GetValueOrDefault("per_page", "30")));
        return new JsonArray([.. all.Skip((page - 1) * size).Take(size).Select(item => item.DeepClone())]);
    }

    private static JsonObject Add(List<JsonObject> list, JsonObject item)
    {
        list.Add(item);
        return item;
    }

    private JsonObject Run(JsonObject sent)
    {
        var run = new JsonObject { ["id"] = nextId++, ["html_url"] = Root + "/runs/1", ["output"] = new JsonObject { ["annotations_count"] = 0 }, ["all"] = new JsonArray() };
        foreach (var (name, value) in sent.Where(member => member.Key != "output"))
        {
            run[name] = value?.DeepClone();
        }

        return Update(run, sent);
    }

    private static JsonObject Update(JsonObject run, JsonObject sent)
    {
        run["status"] = sent["status"]?.DeepClone();
        run["conclusion"] = sent["conclusion"]?.DeepClone();
        run["title"] = sent["output"]!["title"]!.DeepClone();
        run["summary"] = sent["output"]!["summary"]!.DeepClone();
        foreach (var annotation in sent["output"]!["annotations"]?.AsArray() ?? [])
        {
            run["all"]!.AsArray().Add(annotation!.DeepClone());
        }

        run["output"]!["annotations_count"] = run["all"]!.AsArray().Count;
        return run;
    }

    private JsonObject Asset(string name, string state, byte[] content) => new()
    {
        ["id"] = nextId++, ["name"] = name, ["state"] = state, ["size"] = content.Length, ["digest"] = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)),
    };
}
