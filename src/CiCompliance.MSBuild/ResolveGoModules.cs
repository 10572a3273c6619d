using Microsoft.Build.Utilities;

namespace CiCompliance.MSBuild;

/// <summary>Checks the <c>GoModule</c> items and gives each its absolute folder, its name and its evidence folder. Only reads.</summary>
public sealed class ResolveGoModules : Task
{
    /// <summary>The project's <c>GoModule</c> items.</summary>
    public ITaskItem[] GoModules { get; set; } = [];

    /// <summary>Folder under which each module's evidence folder lies, where its item names none.</summary>
    [Required]
    public string Out { get; set; } = "";

    /// <summary>The project, for messages.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>zh or en.</summary>
    public string? Language { get; set; }

    /// <summary>The same items with an absolute identity and metadata <c>Name</c> and <c>Out</c>.</summary>
    [Output]
    public ITaskItem[] Resolved { get; private set; } = [];

    /// <inheritdoc />
    public override bool Execute()
    {
        Resolved = [.. GoModules.Select(Resolve)];
        if (Resolved.Length == 0)
        {
            Refuse(MSBuildDiagnostics.NoGoModule, new("no GoModule item says what to judge", "没有 GoModule 项说明要检查什么"),
                new("Add <GoModule Include=\"folder\" /> to the project", "请在项目中添加 <GoModule Include=\"目录\" />"));
        }

        foreach (var module in Resolved.Where(module => !File.Exists(Path.Combine(module.ItemSpec, "go.mod"))))
        {
            Refuse(MSBuildDiagnostics.GoModule, new($"{module.ItemSpec} has no go.mod", $"{module.ItemSpec} 中没有 go.mod"),
                new("Include the folder of a Go module", "请填写 Go 模块所在目录"));
        }

        foreach (var shared in Resolved.GroupBy(module => module.GetMetadata("Out"), StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            Refuse(MSBuildDiagnostics.GoModule,
                new($"{string.Join(", ", shared.Select(module => module.ItemSpec))} would share the evidence folder {shared.Key}", $"{string.Join("、", shared.Select(module => module.ItemSpec))} 会共用证据目录 {shared.Key}"),
                new("Include each module once, or give the items different Name or Out metadata", "每个模块只写一次,或为各项设置不同的 Name 或 Out 元数据"));
        }

        return !Log.HasLoggedErrors;
    }

    private TaskItem Resolve(ITaskItem module)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(module.ItemSpec));
        var name = module.GetMetadata("Name") is { Length: > 0 } given ? given : Path.GetFileName(folder);
        var evidence = module.GetMetadata("Out") is { Length: > 0 } own ? own : Path.Combine(Out, name);
        var resolved = new TaskItem(module) { ItemSpec = folder };
        resolved.SetMetadata("Name", name);
        resolved.SetMetadata("Out", Path.TrimEndingDirectorySeparator(Path.GetFullPath(evidence)));
        return resolved;
    }

    private void Refuse(Diagnostic diagnostic, LocalizedText what, LocalizedText fix) =>
        new BuildLog(Log, Language).Show(new Finding(diagnostic, ProjectFile, what, fix));
}
