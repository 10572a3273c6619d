using System.Text.Json;
using CiCompliance.Json;

namespace CiCompliance.Doors;

/// <summary>
/// What the tool answered with <c>--format json</c>, for the doors that run it as a child. No answer, or one that contradicts the exit code,
/// decides nothing: a program that only ends with 0 is not the tool.
/// </summary>
/// <param name="ExitCode">The process's own as well.</param>
/// <param name="Verdict">A verdict's word; null where the verb judges nothing, or could not begin to.</param>
/// <param name="Stages">A row per stage.</param>
/// <param name="Environment">What <c>env pin</c> pins.</param>
/// <param name="Text">The answer for people; its lines are not made safe for a terminal yet.</param>
public sealed record ToolAnswer(
    int ExitCode, string? Verdict, IReadOnlyList<ToolStage> Stages, IReadOnlyDictionary<string, string> Environment, string? Text)
{
    private static readonly string[] Passing = [Diagnostics.Verdict.Pass.ToWord(), Diagnostics.Verdict.NotApplicable.ToWord()];
    private static readonly string[] Verdicts = [.. Passing, Diagnostics.Verdict.Fail.ToWord(), Diagnostics.Verdict.Undecided.ToWord()];

    /// <summary>Whether it ended with 0.</summary>
    public bool IsCompliant => ExitCode == Pipeline.ExitCode.Compliant;

    /// <summary>Each stage and what it answered.</summary>
    public string Summary => string.Join(", ", Stages.Select(stage => $"{stage.Name} {stage.Verdict}"));

    /// <summary>The details of the checks that did not pass.</summary>
    public string NotPassed => string.Join("; ", Stages.SelectMany(stage => stage.Checks)
        .Where(check => !Passing.Contains(check.Verdict)).Select(check => $"{check.Id}: {check.Detail}"));

    /// <param name="json">The whole of its standard output.</param>
    /// <param name="exitCode">The process's.</param>
    /// <param name="judges">Whether a verdict is demanded: <see cref="ToolArguments.Judge"/>.</param>
    /// <param name="missing">The door's diagnostic for an answer that is none.</param>
    /// <exception cref="CiComplianceException">No such answer.</exception>
    public static ToolAnswer Parse(string json, int exitCode, bool judges, Diagnostic missing)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = StrictJson.MaxDepth, AllowDuplicateProperties = false });
            var root = document.RootElement;
            var answer = new ToolAnswer(root.GetProperty("exitCode").GetInt32(), Member(root, "verdict"), [.. StagesOf(root)], EnvironmentOf(root), Member(root, "text"));
            return answer.Contradiction(exitCode, judges) is { } problem ? throw Missing(missing, problem) : answer;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Missing(missing, new($"exit code {exitCode}, and no answer", $"退出码 {exitCode},且没有答复"), e);
        }
    }

    /// <summary>The refusal of an answer that is none.</summary>
    /// <param name="missing">The door's diagnostic.</param>
    /// <param name="what">What there is instead.</param>
    /// <param name="cause">The parser's, where it spoke.</param>
    /// <returns>To be thrown.</returns>
    public static CiComplianceException Missing(Diagnostic missing, LocalizedText what, Exception? cause = null) => new(missing, "cicompliance",
        what, new("Read what it printed; run it again, and install the tool anew if it stays", "请查看其输出后重新运行;若仍如此,请重新安装工具"), cause);

    private LocalizedText? Contradiction(int exitCode, bool judges) =>
        ExitCode != exitCode ? new($"exit code {exitCode}, but its answer says {ExitCode}", $"退出码为 {exitCode},但其答复为 {ExitCode}")
        : Verdict is not null && !Verdicts.Contains(Verdict) ? new("its verdict is no verdict", "其结论不是有效的结论")
        : Verdict is not null && Passing.Contains(Verdict) != IsCompliant ? new($"exit code {exitCode}, but its answer says {Verdict}", $"退出码为 {exitCode},但其答复为 {Verdict}")
        : judges && IsCompliant && Verdict is null ? new($"exit code {exitCode}, and no verdict", $"退出码 {exitCode},且没有结论")
        : null;

    private static IEnumerable<ToolStage> StagesOf(JsonElement root) => Items(root, "stages").Select(stage =>
        new ToolStage(Member(stage, "name") ?? "", Member(stage, "verdict") ?? "",
            [.. Items(stage, "checks").Select(check => new ToolCheck(Member(check, "id") ?? "", Member(check, "verdict") ?? "", Member(check, "detail") ?? ""))]));

    private static Dictionary<string, string> EnvironmentOf(JsonElement root) => root.TryGetProperty("environment", out var environment)
        ? environment.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString() ?? "")
        : [];

    // What is there has its type: GetString and EnumerateArray throw otherwise.
    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var items) ? items.EnumerateArray() : [];

    private static string? Member(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) ? value.GetString() : null;
}

/// <summary>A stage's row.</summary>
/// <param name="Name">As in <c>--stages</c>.</param>
/// <param name="Verdict">A verdict's word.</param>
/// <param name="Checks">What it looked at.</param>
public sealed record ToolStage(string Name, string Verdict, IReadOnlyList<ToolCheck> Checks);

/// <summary>A check of a stage.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Verdict">A verdict's word.</param>
/// <param name="Detail">For people.</param>
public sealed record ToolCheck(string Id, string Verdict, string Detail);
