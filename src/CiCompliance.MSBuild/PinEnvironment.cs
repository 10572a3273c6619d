using Microsoft.Build.Utilities;

namespace CiCompliance.MSBuild;

/// <summary><c>cicompliance env pin</c>: the policy's Go settings, as items for an <c>Exec</c> or a file.</summary>
public sealed class PinEnvironment : StageTask
{
    /// <summary>One item a variable: its name, with metadata <c>Value</c>.</summary>
    [Output]
    public ITaskItem[] Variables { get; private set; } = [];

    /// <summary>The same as <c>NAME=value</c>, the form of <c>Exec</c>'s <c>EnvironmentVariables</c>.</summary>
    [Output]
    public string[] EnvironmentVariables { get; private set; } = [];

    private protected override IReadOnlyList<string> Verb => ["env", "pin"];

    /// <inheritdoc />
    public override bool Execute()
    {
        if (!KeysAreReferences() || RunTool(Options(), BuildLog.Show) is not { IsCompliant: true } answer)
        {
            return false;
        }

        Variables = [.. answer.Environment.Select(variable => new TaskItem(variable.Key, new Dictionary<string, string> { ["Value"] = variable.Value }))];
        EnvironmentVariables = [.. answer.Environment.Select(variable => $"{variable.Key}={variable.Value}")];
        return !Log.HasLoggedErrors;
    }
}
