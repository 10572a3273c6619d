using System.Text.Json;
using CiCompliance.Pipeline;

namespace CiCompliance.MSBuild;

/// <summary>What the tool answered with <c>--format json</c>. No answer, or one that contradicts the exit code, decides nothing.</summary>
internal sealed record ToolAnswer(int ExitCode, string? Verdict, IReadOnlyList<ToolStage> Stages, IReadOnlyDictionary<string, string> Environment)
{
    public bool IsCompliant => ExitCode == Pipeline.ExitCode.Compliant;

    /// <summary>Each stage and what it answered.</summary>
    public string Summary => string.Join(", ", Stages.Select(stage => $"{stage.Name} {stage.Verdict}"));

    /// <summary>The details of the checks that did not pass.</summary>
    public string NotPassed => string.Join("; ", Stages.SelectMany(stage => stage.Checks)
        .Where(check => check.Verdict is "fail" or "undecided").Select(check => $"{check.Id}: {check.Detail}"));

    /// <exception cref="CiComplianceException">No such answer (CIC0030).</exception>
    public static ToolAnswer Parse(ToolOutcome outcome)
    {
        try
        {
            using var document = JsonDocument.Parse(outcome.Answer);
            var root = document.RootElement;
            var answer = new ToolAnswer(root.GetProperty("exitCode").GetInt32(), Text(root, "verdict"), [.. StagesOf(root)], EnvironmentOf(root));
            return answer.ExitCode != outcome.ExitCode ? throw Missing($"exit code {outcome.ExitCode}, but its answer says {answer.ExitCode}")
                : answer is { IsCompliant: true, Verdict: not (null or "pass" or "not-applicable") } ? throw Missing($"exit code 0, but its answer says {answer.Verdict}")
                : answer;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Missing($"exit code {outcome.ExitCode}, and no answer", e);
        }
    }

    public static CiComplianceException Missing(string what, Exception? cause = null) => new(MSBuildDiagnostics.NoAnswer, "cicompliance",
        new(what, what), new("Read what it printed (-v:detailed); run it again", "请查看其输出(-v:detailed)后重新运行"), cause);

    private static IEnumerable<ToolStage> StagesOf(JsonElement root) => Items(root, "stages").Select(stage =>
        new ToolStage(Text(stage, "name") ?? "", Text(stage, "verdict") ?? "",
            [.. Items(stage, "checks").Select(check => new ToolCheck(Text(check, "id") ?? "", Text(check, "verdict") ?? "", Text(check, "detail") ?? ""))]));

    private static Dictionary<string, string> EnvironmentOf(JsonElement root) =>
        root.TryGetProperty("environment", out var environment) && environment.ValueKind == JsonValueKind.Object
            ? environment.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString() ?? "")
            : [];

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [];

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

internal sealed record ToolStage(string Name, string Verdict, IReadOnlyList<ToolCheck> Checks);

internal sealed record ToolCheck(string Id, string Verdict, string Detail);
