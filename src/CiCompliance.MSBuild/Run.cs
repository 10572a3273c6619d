using CiCompliance.Pipeline;
using Microsoft.Build.Utilities;

namespace CiCompliance.MSBuild;

/// <summary>
/// <c>cicompliance run</c>. Gates run every time. Where only unsigned stages are asked for and nothing that decides about the build differs,
/// by digest, from an earlier run that passed, its build and SBOM are kept; in a CI system never.
/// </summary>
public sealed class Run : StageTask
{
    /// <summary><c>--stages</c>, separated by semicolons or commas; empty: all.</summary>
    public string? Stages { get; set; }

    /// <summary>The binaries in the evidence folder.</summary>
    [Output]
    public ITaskItem[] Binaries { get; private set; } = [];

    private protected override IReadOnlyList<string> Verb => ["run"];

    private string Folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Out));

    // Always said, or the environment of the build would choose.
    private IReadOnlyList<string> StageNames =>
        Stages?.Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } names ? names : StageCatalog.Names;

    // A folder that an earlier job handed over is compared by the tool, with nothing done to it before.
    // A descriptor can be read once, and gates and run would both read it.
    private bool MayKeep => string.IsNullOrEmpty(ExpectDigest) && ProxyTokenFile?.StartsWith("fd:", StringComparison.Ordinal) is not true && !DoorEnvironment.IsCi(Environment.GetEnvironmentVariable) && KeptBuild.MayServe(StageNames);

    private string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Project));

    /// <inheritdoc />
    public override bool Execute()
    {
        if (!KeysAreReferences())
        {
            return false;
        }

        var kept = MayKeep ? new KeptBuild(Folder, [.. Judged(), .. StageNames], Trust ?? Environment.GetEnvironmentVariable(ToolArguments.VariableOf("trust"))) : null;
        if (kept is not null && kept.IsWhole && GatesPassAgain(kept))
        {
            BuildLog.Note(new($"CiCompliance: {Name}: gates passed; build and SBOM are unchanged", $"CiCompliance: {Name}:门禁通过;构建与 SBOM 无变化"));
            return Succeed();
        }

        kept?.Forget();
        if (Log.HasLoggedErrors || RunTool(Options(), BuildLog.Show) is not { IsCompliant: true } answer || Log.HasLoggedErrors)
        {
            return false;
        }

        kept?.Remember();
        BuildLog.Note(new($"CiCompliance: {Name}: {answer.Summary} -> {Folder}", $"CiCompliance: {Name}:{answer.Summary} -> {Folder}"));
        return Succeed();
    }

    private protected override IReadOnlyList<string> Options() => [.. base.Options(), .. Given([("--stages", string.Join(',', StageNames))])];

    // In a folder of their own: beginning a run in the kept one would drop what it holds. Whatever they find but "all passed, nothing differs"
    // is found again, and told, by the whole run that follows.
    private bool GatesPassAgain(KeptBuild kept)
    {
        var answer = RunTool([.. Judged(), .. Given([("--out", kept.GatesFolder), ("--stages", string.Join(',', KeptBuild.Gates)), ("--proxy-token-file", ProxyTokenFile)])],
            line => Log.LogMessage(MessageImportance.Low, "{0}", line), isQuiet: true);
        return answer is { IsCompliant: true } && kept.IsSameAsGates();
    }

    private bool Succeed()
    {
        var folder = Path.Combine(Folder, "bin");
        Binaries = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(file => new TaskItem(file, new Dictionary<string, string> { ["GoModule"] = Project }))]
            : [];
        return true;
    }
}
