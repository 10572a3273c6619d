using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>What holds of every refusal: words that the go command shows, one line of record, and nothing that a client would take for "ask elsewhere".</summary>
internal static class Refusals
{
    public static async Task<string> RefusesAsync(this RunningProxy proxy, string path, HttpStatusCode status, string code, string? language = null)
    {
        using var answer = await proxy.SendAsync(path, request =>
        {
            if (language is not null)
            {
                request.Headers.Add("Accept-Language", language);
            }
        });
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, text);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var lines = text.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBeInRange(2, 8);
        (Encoding.UTF8.GetByteCount(text) + (2 * lines.Length)).ShouldBeLessThanOrEqualTo(648);
        lines[0].ShouldStartWith(code + " ");
        return text;
    }

    /// <summary>Lines of <c>decisions.jsonl</c> with that code, or of that event.</summary>
    public static IReadOnlyList<JsonNode> DecisionsOf(this RunningProxy proxy, string word) =>
        [.. proxy.Decisions.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["code"] == word || (string?)line["event"] == word)];

    public static int AlarmsOf(this RunningProxy proxy, string code) =>
        proxy.Events.ToString().Split('\n').Count(line => line.Contains("\"event\":\"alarm\"", StringComparison.Ordinal) && line.Contains(code, StringComparison.Ordinal));

    /// <summary>Waits for a file of the history of the public database.</summary>
    public static async Task SeesAsync(this RunningProxy proxy, string file)
    {
        for (var i = 0; i < 1200 && proxy.History(file).Length == 0; i++)
        {
            await Task.Delay(25);
        }

        proxy.History(file).ShouldNotBeEmpty();
    }

    /// <summary>Files of the history of the public database.</summary>
    public static string[] History(this RunningProxy proxy, string pattern) =>
        Path.Combine(proxy.Path, "public") is var folder && Directory.Exists(folder) ? Directory.GetFiles(folder, pattern, SearchOption.AllDirectories) : [];

    public static void KeepsNothing(this RunningProxy proxy)
    {
        proxy.Cached("files").ShouldBeEmpty();
        proxy.Cached("unverified").ShouldBeEmpty();
    }
}

internal sealed class SetClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
