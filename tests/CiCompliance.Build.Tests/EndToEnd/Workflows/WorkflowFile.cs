using YamlDotNet.Serialization;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>A workflow or action as plain YAML: maps, lists and texts.</summary>
internal sealed class WorkflowFile
{
    private WorkflowFile(string name, string text)
    {
        Name = name;
        Text = text;
        Root = Map(new DeserializerBuilder().Build().Deserialize<object>(text));
    }

    /// <summary>Relative to the repository's root.</summary>
    public string Name { get; }

    public string Text { get; }

    public Dictionary<string, object> Root { get; }

    public static WorkflowFile Read(string name) => new(name, File.ReadAllText(Path.Combine(Scenario.Root, name)));

    /// <summary>What GitHub reads: workflows and actions.</summary>
    public static IEnumerable<string> OfGitHub =>
        Directory.EnumerateFiles(Path.Combine(Scenario.Root, ".github"), "*.yml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Scenario.Root, file)).Order();

    /// <summary>Empty for an action.</summary>
    public Dictionary<string, Dictionary<string, object>> Jobs =>
        Root.TryGetValue("jobs", out var jobs) ? Map(jobs).ToDictionary(pair => pair.Key, pair => Map(pair.Value)) : [];

    /// <summary>All steps, a job's after another's, or an action's.</summary>
    public IEnumerable<Dictionary<string, object>> Steps =>
        (Jobs.Count > 0 ? Jobs.Values.SelectMany(StepsOf) : StepsOf(Map(Root["runs"])));

    public static IEnumerable<Dictionary<string, object>> StepsOf(Dictionary<string, object> job) => ((List<object>)job["steps"]).Select(Map);

    public static string? Value(Dictionary<string, object> map, string key) => map.GetValueOrDefault(key) as string;

    public static Dictionary<string, object> Map(object? value) => value is null
        ? []
        : ((Dictionary<object, object>)value).ToDictionary(pair => (string)pair.Key, pair => pair.Value);
}
