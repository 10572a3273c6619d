using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace CiCompliance.PackageTests;

/// <summary>The shell of the reusable workflow's steps: the tool is installed by digest, one job judges, another signs what it was handed.</summary>
internal sealed partial class WorkflowDoor : Door
{
    private readonly string runner = LocalFeed.NewFolder("runner");

    public WorkflowDoor() => Step("build", "Install the tool", LocalFeed.NewFolder("workspace"), new()
    {
        ["TOOL_VERSION"] = LocalFeed.Version, ["TOOL_SHA256"] = LocalFeed.ToolDigests, ["TOOL_FEED"] = LocalFeed.Feed,
    }).ShouldPass();

    public override DoorAnswer Judge(ProtectedBranch branch, string evidence, IReadOnlyList<(string Name, string Value)> options)
    {
        var place = Path.Combine(runner, "evidence");
        if (Directory.Exists(place))
        {
            Directory.Delete(place, recursive: true);
        }

        var variables = new Dictionary<string, string> { ["PROJECT"] = ".", ["REVISION"] = branch.Head, ["OBJECT"] = branch.Head, ["BRANCH"] = "", ["BASE"] = branch.Base, ["PROTECTED"] = branch.Base, ["ARTIFACT"] = "evidence" };
        var answer = Answer(Step("build", "Build and judge", branch.Path, variables));
        if (answer.ExitCode == 0)
        {
            variables["DIGEST"] = FolderDigest().Match(answer.Log).Groups[1].Value;
            foreach (var name in Secret().Matches(File.ReadAllText(Workflow)).Select(match => match.Groups[1].Value).Distinct())
            {
                var option = options.FirstOrDefault(option => option.Name == name.ToLowerInvariant().Replace('_', '-'));
                variables[name] = option.Value is null ? "" : File.ReadAllText(option.Value);
            }

            answer = Answer(Step("sign", "Sign and seal", branch.Path, variables));
        }

        if (Directory.Exists(place))
        {
            Directory.Move(place, evidence);
        }

        return answer;
    }

    private static string Workflow => Path.Combine(LocalFeed.Root, ".github", "workflows", "go-compliance.yml");

    // The steps send the answer to a file, and messages to the log.
    private DoorAnswer Answer(Outcome outcome) => Parse(outcome with { Output = $"{outcome.Output}\n{File.ReadAllText(Path.Combine(runner, "answer.json"))}" });

    private Outcome Step(string job, string name, string workspace, Dictionary<string, string> variables)
    {
        var root = (Dictionary<object, object>)new DeserializerBuilder().Build().Deserialize<object>(File.ReadAllText(Workflow))!;
        var steps = (List<object>)((Dictionary<object, object>)((Dictionary<object, object>)root["jobs"])[job])["steps"];
        var shell = (string)steps.Cast<Dictionary<object, object>>().Single(step => (string)step["name"] == name)["run"];
        var environment = LocalFeed.NewEnvironment();
        environment["RUNNER_TEMP"] = runner;
        environment["GITHUB_OUTPUT"] = Path.Combine(runner, "output");
        environment["GITHUB_STEP_SUMMARY"] = Path.Combine(runner, "summary");
        foreach (var (variable, value) in variables)
        {
            environment[variable] = value;
        }

        return Run.Shell(workspace, shell, environment);
    }

    [GeneratedRegex("\"folderDigest\":\"(sha256:[0-9a-f]{64})\"")]
    private static partial Regex FolderDigest();

    [GeneratedRegex(@"^ {10}((?:SM2|P256|LOG)_[A-Z0-9_]+): ", RegexOptions.Multiline)]
    private static partial Regex Secret();
}
