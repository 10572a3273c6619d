using System.Text.Json;

namespace CiCompliance.Testing;

/// <summary>GitHub's own OpenAPI description (npm @octokit/openapi, api.github.com.json), as far as requests can break it.</summary>
public sealed class GitHubDescription
{
    public const string Peer = "github-openapi.json";

    private static readonly Lazy<GitHubDescription?> Found = new(() => Peers.Find(Peer) is { } path ? new GitHubDescription(path) : null);

    private readonly JsonElement root;

    private GitHubDescription(string path)
    {
        using var file = File.OpenRead(path);
        root = JsonDocument.Parse(file).RootElement;
    }

    public static GitHubDescription? Find() => Found.Value;

    /// <summary>Skips the test where it is missing.</summary>
    public static GitHubDescription Require()
    {
        _ = Peers.Require(Peer);
        return Found.Value!;
    }

    /// <summary>What of the request the description does not allow.</summary>
    public IReadOnlyList<string> Check(GitHubRequest request)
    {
        if (Operation(request) is not { } operation)
        {
            return ["the description has no such operation"];
        }

        var problems = new List<string>();
        CheckQuery(operation, request, problems);
        if (operation.TryGetProperty("requestBody", out var body))
        {
            var content = body.GetProperty("content").EnumerateObject().First();
            if (content.Name == "application/json")
            {
                var type = request.Headers.GetValueOrDefault("Content-Type", "");
                if (!type.StartsWith(content.Name, StringComparison.Ordinal))
                {
                    problems.Add($"its body is {type}, not {content.Name}");
                }

                CheckValue(content.Value.GetProperty("schema"), JsonDocument.Parse(request.Body).RootElement, "body", problems);
            }
        }

        return problems;
    }

    /// <summary>The example that the description gives for an answer.</summary>
    public string ExampleOf(string method, string path, int status)
    {
        var content = Resolve(root.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty($"{status}"))
            .GetProperty("content").GetProperty("application/json");
        return Resolve(content.GetProperty("examples").EnumerateObject().First().Value).GetProperty("value").GetRawText();
    }

    private JsonElement? Operation(GitHubRequest request)
    {
        var at = request.Path.IndexOf("/repos/", StringComparison.Ordinal);
        var parts = request.Path[Math.Max(at, 0)..].Split('/');
        // A path of just these segments wins over one whose last parameter takes several.
        return Operation(request.Method, parts, (names, _) => names.Length == parts.Length)
            ?? Operation(request.Method, parts, (names, operation) => names.Length < parts.Length && TakesSegments(operation, names[^1]));
    }

    private JsonElement? Operation(string method, string[] parts, Func<string[], JsonElement, bool> fits)
    {
        foreach (var path in root.GetProperty("paths").EnumerateObject())
        {
            var names = path.Name.Split('/');
            if (path.Value.TryGetProperty(method.ToLowerInvariant(), out var operation) && fits(names, operation)
                && names.Zip(parts).All(pair => pair.First.StartsWith('{') ? pair.Second.Length > 0 : pair.First == pair.Second))
            {
                return operation;
            }
        }

        return null;
    }

    /// <summary>Whether the last parameter of a path may hold slashes, as a ref does.</summary>
    private bool TakesSegments(JsonElement operation, string last) =>
        operation.TryGetProperty("parameters", out var parameters) && parameters.EnumerateArray().Select(Resolve)
            .Any(parameter => parameter.GetProperty("name").GetString() == last.Trim('{', '}')
                && parameter.TryGetProperty("x-multi-segment", out var several) && several.GetBoolean());

    private void CheckQuery(JsonElement operation, GitHubRequest request, List<string> problems)
    {
        var parameters = operation.GetProperty("parameters").EnumerateArray().Select(Resolve).Where(parameter => parameter.GetProperty("in").GetString() == "query").ToList();
        foreach (var (name, value) in request.Query)
        {
            var parameter = parameters.FirstOrDefault(one => one.GetProperty("name").GetString() == name);
            if (parameter.ValueKind == JsonValueKind.Undefined)
            {
                problems.Add($"it has no query parameter {name}");
                continue;
            }

            var schema = Resolve(parameter.GetProperty("schema"));
            var text = schema.GetProperty("type").GetString() == "integer" ? value : JsonSerializer.Serialize(value);
            CheckValue(schema, JsonDocument.Parse(text).RootElement, name, problems);
        }

        problems.AddRange(parameters.Where(parameter => parameter.TryGetProperty("required", out var required) && required.GetBoolean())
            .Select(parameter => parameter.GetProperty("name").GetString()!).Where(name => !request.Query.ContainsKey(name)).Select(name => $"{name} is missing"));
    }

    private void CheckValue(JsonElement reference, JsonElement value, string at, List<string> problems)
    {
        var schema = Resolve(reference);
        var type = schema.TryGetProperty("type", out var named) ? named.GetString() : null;
        if (value.ValueKind == JsonValueKind.Null && schema.TryGetProperty("nullable", out var nullable) && nullable.GetBoolean())
        {
            return;
        }

        var fits = type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            _ => true,
        };
        if (!fits)
        {
            problems.Add($"{at} is no {type}");
            return;
        }

        if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(one => one.GetString() == value.GetString()))
        {
            problems.Add($"{at} may not be {value.GetRawText()}");
        }

        if (schema.TryGetProperty("maxLength", out var length) && value.GetString()!.Length > length.GetInt32())
        {
            problems.Add($"{at} has {value.GetString()!.Length} characters, more than {length}");
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            if (schema.TryGetProperty("maxItems", out var most) && value.GetArrayLength() > most.GetInt32())
            {
                problems.Add($"{at} has {value.GetArrayLength()} items, more than {most}");
            }

            foreach (var item in value.EnumerateArray())
            {
                CheckValue(schema.GetProperty("items"), item, at + "[]", problems);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            problems.AddRange((schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!) : [])
                .Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{at}.{name} is missing"));
            foreach (var member in value.EnumerateObject())
            {
                if (properties.TryGetProperty(member.Name, out var property))
                {
                    CheckValue(property, member.Value, $"{at}.{member.Name}", problems);
                }
                else
                {
                    problems.Add($"{at}.{member.Name} is not known");
                }
            }
        }
    }

    private JsonElement Resolve(JsonElement element)
    {
        while (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("$ref", out var reference))
        {
            element = reference.GetString()![2..].Split('/').Aggregate(root, (at, part) => at.GetProperty(part.Replace("~1", "/").Replace("~0", "~")));
        }

        return element;
    }
}
