using Microsoft.Build.Utilities;

namespace CiCompliance.MSBuild;

/// <summary>Programs that are copied into one folder need names of their own: of two, the later would stand there under the other's verdict. Only reads.</summary>
public sealed class CheckBinaryNames : Task
{
    /// <summary>The judged programs; metadata <c>GoModule</c> says whose each is.</summary>
    public ITaskItem[] Binaries { get; set; } = [];

    /// <summary>The project, for messages.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>zh or en.</summary>
    public string? Language { get; set; }

    /// <inheritdoc />
    public override bool Execute()
    {
        foreach (var shared in Binaries.GroupBy(binary => Path.GetFileName(binary.ItemSpec), StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            var modules = shared.Select(binary => binary.GetMetadata("GoModule")).ToList();
            new BuildLog(Log, Language).Show(new Finding(MSBuildDiagnostics.SharedName, ProjectFile,
                new($"{string.Join(" and ", modules)} both make {shared.Key}, and one would replace the other", $"{string.Join(" 与 ", modules)} 都生成 {shared.Key},复制时会互相覆盖"),
                new("Give the modules' main packages different names, or leave CiComplianceCopyBinaries out and copy each where it belongs",
                    "请为各模块的 main 包使用不同名称,或去掉 CiComplianceCopyBinaries 并自行复制")));
        }

        return !Log.HasLoggedErrors;
    }
}
