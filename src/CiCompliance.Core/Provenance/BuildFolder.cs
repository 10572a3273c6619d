using CiCompliance.Go;

namespace CiCompliance.Provenance;

/// <summary>The folders of one build, all new except the module cache, which the dependencies stage filled.</summary>
internal sealed class BuildFolder
{
    public BuildFolder(string workDirectory, string moduleDirectory)
    {
        Root = Path.GetFullPath(workDirectory);
        Checkout = Path.Combine(Root, "checkout");
        Module = Path.GetFullPath(Path.Combine(Checkout, moduleDirectory));
        ModuleCache = Path.Combine(Root, "modcache");
        BuildCache = Path.Combine(Root, "gocache");
        Outputs = Path.Combine(Root, "out");
        if (Module != Checkout && !Module.StartsWith(Checkout + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new CiComplianceException(BuildDiagnostics.BadBuildPolicy, moduleDirectory,
                new("the module's folder lies outside the repository", "模块目录位于仓库之外"), new("Run the source stage again", "请重新运行 source 阶段"));
        }
    }

    public string Root { get; }

    public string Checkout { get; }

    /// <summary>Where go.mod is.</summary>
    public string Module { get; }

    public string ModuleCache { get; }

    public string BuildCache { get; }

    public bool HasVendor => File.Exists(Path.Combine(Module, "vendor", "modules.txt"));

    private string Outputs { get; }

    public string OutputOf(BuildTarget target) => Path.Combine(Outputs, $"{target.Os}-{target.Arch}");

    /// <exception cref="CiComplianceException">A go.work lies above (CIC2001).</exception>
    public void Prepare()
    {
        for (var folder = new DirectoryInfo(Root); folder is not null; folder = folder.Parent)
        {
            var workspace = Path.Combine(folder.FullName, "go.work");
            if (File.Exists(workspace))
            {
                throw new CiComplianceException(BuildDiagnostics.ParentWorkspace, workspace,
                    new("a workspace above the work folder can replace modules of the build", "工作目录上层的 go.work 可能替换构建中的模块"),
                    new("Give an --out outside of it", "请用 --out 指定其外部的目录"));
            }
        }

        foreach (var folder in new[] { Checkout, BuildCache, Outputs })
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            Directory.CreateDirectory(folder);
        }

        Directory.CreateDirectory(ModuleCache);
    }
}
