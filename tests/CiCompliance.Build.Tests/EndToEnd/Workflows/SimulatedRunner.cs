namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>What GitHub says of a run: its event, the caller's inputs, the secrets it may have.</summary>
internal sealed class RunContext
{
    /// <summary>Names under <c>github</c>, for example <c>event.before</c>; what an event lacks is empty, as there.</summary>
    public required Dictionary<string, string> GitHub { get; init; }

    public required Dictionary<string, string> Inputs { get; init; }

    public Dictionary<string, string> Secrets { get; init; } = [];

    /// <summary>Which secrets a job asked for.</summary>
    public Dictionary<string, HashSet<string>> Asked { get; } = [];

    public Dictionary<string, JobResult> Jobs { get; } = [];
}

/// <param name="Result"><c>success</c>, <c>failure</c> or <c>skipped</c>.</param>
internal sealed record JobResult(string Result, int ExitCode, Dictionary<string, string> Outputs, string Log, string Summary);

/// <summary>
/// Runs a job of a workflow as a runner does: the shell of each <c>run:</c> for real, with the files and variables of a runner, in a folder and
/// a home of its own. An action that is used has a local equivalent: a clone, a copy to and from the store of artifacts.
/// </summary>
internal sealed class SimulatedRunner(WorkflowFile workflow, RunContext context, string origin, string folder)
{
    public string Artifact(string name) => Path.Combine(folder, "artifacts", name);

    public string Temp(string job) => Path.Combine(folder, job, "temp");

    public string Workspace(string job) => Path.Combine(folder, job, "workspace");

    public JobResult Run(string name)
    {
        var job = workflow.Jobs[name];
        // Without a word about the jobs before it, a condition means that all of them succeeded.
        var condition = WorkflowFile.Value(job, "if") ?? "true.always";
        var needs = job.GetValueOrDefault("needs") switch { string one => [one], List<object> list => list.Cast<string>().ToList(), _ => [] };
        var skipped = (!condition.Contains("!cancelled()", StringComparison.Ordinal) && needs.Exists(before => context.Jobs[before].Result != "success"))
            || !Expression.IsTrue(condition, text => text == "true.always" ? "true" : Read(name, [], text));
        return context.Jobs[name] = skipped ? new JobResult("skipped", 0, [], "", "") : RunSteps(name, job);
    }

    /// <summary>What the caller of the workflow gets, once its jobs have run.</summary>
    public string Output(string name) =>
        Expression.Fill(WorkflowFile.Value(WorkflowFile.Map(WorkflowFile.Map(Call("outputs"))[name]), "value")!, text => Read("", [], text));

    private JobResult RunSteps(string name, Dictionary<string, object> job)
    {
        // A runner is new for every job.
        if (Directory.Exists(Path.Combine(folder, name)))
        {
            Directory.Delete(Path.Combine(folder, name), recursive: true);
        }

        foreach (var part in new[] { Temp(name), Workspace(name), Path.Combine(folder, name, "home"), Path.Combine(folder, "artifacts") })
        {
            Directory.CreateDirectory(part);
        }

        var (log, summary, exitCode) = ("", "", 0);
        var outputs = new Dictionary<string, string>();
        foreach (var step in WorkflowFile.StepsOf(job))
        {
            string Value(string text) => Expression.Fill(text, expression => Read(name, outputs, expression));
            var condition = WorkflowFile.Value(step, "if") ?? "success.so.far";
            if (!Expression.IsTrue(condition, text => text == "success.so.far" ? (exitCode == 0 ? "true" : "") : Read(name, outputs, text))
                || (exitCode != 0 && !condition.Contains("!cancelled()", StringComparison.Ordinal)))
            {
                continue;
            }

            var code = 0;
            if (WorkflowFile.Value(step, "uses") is { } action)
            {
                var with = WorkflowFile.Map(step.GetValueOrDefault("with")).ToDictionary(pair => pair.Key, pair => Value((string)pair.Value));
                if (action.StartsWith("actions/upload-artifact@", StringComparison.Ordinal) && Directory.Exists(Artifact(with["name"])))
                {
                    (code, log) = (1, log + "(409) Conflict: an artifact with this name already exists on the workflow run\n");
                }
                else
                {
                    Use(name, action.Split('@')[0], with);
                }
            }
            else
            {
                var environment = WorkflowFile.Map(step.GetValueOrDefault("env")).ToDictionary(pair => pair.Key, pair => Value((string)pair.Value ?? ""));
                var shell = new StepShell(folder, name, environment, context.GitHub);
                (code, var text, var written) = shell.Run((string)step["run"]);
                log += text;
                summary += shell.Summary;
                foreach (var (key, value) in written)
                {
                    outputs[$"{WorkflowFile.Value(step, "id")}.outputs.{key}"] = value;
                }
            }

            exitCode = exitCode == 0 ? code : exitCode;
        }

        var jobOutputs = WorkflowFile.Map(job.GetValueOrDefault("outputs"))
            .ToDictionary(pair => pair.Key, pair => Expression.Fill((string)pair.Value, expression => Read(name, outputs, expression)));
        return new JobResult(exitCode == 0 ? "success" : "failure", exitCode, jobOutputs, log, summary);
    }

    private string Read(string job, Dictionary<string, string> steps, string name)
    {
        var (scope, rest) = (name.Split('.')[0], name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        switch (scope)
        {
            case "inputs":
                var declared = WorkflowFile.Map(WorkflowFile.Map(Call("inputs"))[rest]);
                return context.Inputs.GetValueOrDefault(rest) ?? WorkflowFile.Value(declared, "default")
                    ?? throw new InvalidOperationException($"the input {rest} is required");
            case "secrets":
                WorkflowFile.Map(Call("secrets")).ShouldContainKey(rest);
                (context.Asked.TryGetValue(job, out var asked) ? asked : context.Asked[job] = []).Add(rest);
                return context.Secrets.GetValueOrDefault(rest, "");
            case "needs" or "jobs":
                if (rest.EndsWith(".result", StringComparison.Ordinal))
                {
                    return context.Jobs[rest[..^".result".Length]].Result;
                }

                var parts = rest.Split(".outputs.");
                return context.Jobs[parts[0]].Outputs.GetValueOrDefault(parts[1], "");
            case "steps":
                return steps.GetValueOrDefault(rest, "");
            case "github" when rest.StartsWith("event.", StringComparison.Ordinal):
                return context.GitHub.GetValueOrDefault(rest, "");
            case "github":
                return context.GitHub[rest];
            case "runner" when rest == "temp":
                return Temp(job);
            default:
                throw new NotSupportedException(name);
        }
    }

    private object Call(string part) => WorkflowFile.Map(WorkflowFile.Map(workflow.Root["on"])["workflow_call"])[part];

    private void Use(string job, string action, Dictionary<string, string> with)
    {
        switch (action)
        {
            case "actions/checkout":
                with["persist-credentials"].ShouldBe("false");
                Git("clone", "--quiet", "--no-checkout", origin, Workspace(job));
                Git("-C", Workspace(job), "fetch", "--quiet", "origin", with["ref"]);
                Git("-C", Workspace(job), "checkout", "--quiet", "--detach", with["ref"]);
                break;
            case "actions/upload-artifact":
                Scenario.Copy(with["path"], Artifact(with["name"]));
                Directory.EnumerateFiles(Artifact(with["name"]), "*", SearchOption.AllDirectories).ShouldNotBeEmpty();
                break;
            case "actions/download-artifact":
                Scenario.Copy(Artifact(with["name"]), with["path"]);
                break;
            case "actions/setup-dotnet" or "actions/setup-go":
                break;
            default:
                throw new NotSupportedException(action);
        }
    }

    private void Git(params string[] arguments) => ChildProcess.Capture("git", arguments, folder,
        new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = folder, ["GIT_CONFIG_NOSYSTEM"] = "1" });
}
