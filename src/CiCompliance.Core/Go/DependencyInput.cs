using CiCompliance.Evidence;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Source;

namespace CiCompliance.Go;

/// <summary>What the dependencies stage reads: go.mod, go.sum and the listing of the verified tree, all from the evidence folder.</summary>
internal sealed class DependencyInput
{
    private const int MaxSourceRecord = 1 << 20;
    private const int MaxModulesTxt = 16 << 20;
    private readonly SourceRecord source;
    private readonly TreeListing tree;
    private readonly string workingDirectory;
    private readonly byte[] goMod;
    private readonly byte[] goSum;
    private readonly bool isSourceSigned;
    private readonly HashSet<ModuleVersion> listed;

    private DependencyInput(StageContext context)
    {
        var evidence = context.Evidence;
        source = evidence.Read(EvidencePaths.Source, MaxSourceRecord, bytes => SourceRecord.Parse(bytes));
        goMod = evidence.Read(EvidencePaths.GoMod, GoMod.MaxBytes);
        goSum = evidence.Exists(EvidencePaths.GoSum) ? evidence.Read(EvidencePaths.GoSum, GoSum.MaxBytes) : [];
        GoMod = Parse(DependencyDiagnostics.MalformedGoMod, EvidencePaths.GoMod, () => GoMod.Parse(goMod));
        GoSum = Parse(DependencyDiagnostics.MalformedGoSum, EvidencePaths.GoSum, () => GoSum.Parse(goSum));
        // Only what vendoring and folder replacements need.
        tree = evidence.Read(EvidencePaths.Tree, TreeListing.MaxBytes, bytes => TreeListing.Parse(bytes,
            path => path == "go.mod" || path.EndsWith("/go.mod", StringComparison.Ordinal) || path.Contains("vendor/", StringComparison.Ordinal)));
        isSourceSigned = context.Policy.Dependencies.Vendor == VendorPolicy.SourceSigned;
        workingDirectory = RepositoryRoot(context.Options.ProjectDirectory, source.ModuleDirectory);
        listed = [.. GoMod.Require.Select(Replaced)];
        Findings = [.. Problems(), .. Replacements()];
    }

    public GoMod GoMod { get; }

    public GoSum GoSum { get; }

    public IReadOnlyList<Finding> Findings { get; }

    public bool HasVendor => tree.Contains(InModule(VendorVerifier.ModulesTxt));

    public bool NeedsZips => !(HasVendor && isSourceSigned);

    public static DependencyInput Read(StageContext context) => new(context);

    /// <summary>A go.mod of 1.17 and later lists every module that the build needs; before, go.sum's zip lines do.</summary>
    public bool NeedsZip(GoSumEntry entry) => NeedsZips && entry.Zip is not null && (!GoMod.ListsWholeBuild || listed.Contains(entry.Module));

    /// <summary>Writes go.mod, go.sum, and the go.mod of folders that replace modules; returns the module's folder in the scratch folder.</summary>
    public string WriteScratch(string scratch)
    {
        var module = Path.Combine(scratch, source.ModuleDirectory);
        Directory.CreateDirectory(module);
        File.WriteAllBytes(Path.Combine(module, "go.mod"), goMod);
        File.WriteAllBytes(Path.Combine(module, "go.sum"), goSum);
        foreach (var path in GoMod.Replace.Where(replace => replace.IsDirectory).Select(replace => InTree(replace.NewPath)).OfType<string>().Distinct())
        {
            var file = path.Length == 0 ? "go.mod" : $"{path}/go.mod";
            if (ReadVerified(file, GoMod.MaxBytes) is { } content && file != InModule("go.mod"))
            {
                Directory.CreateDirectory(Path.Combine(scratch, path));
                File.WriteAllBytes(Path.Combine(scratch, file), content);
            }
        }

        return module;
    }

    /// <summary>The go command may complete go.sum; then the committed one was not complete.</summary>
    public IEnumerable<Finding> CheckUnchanged(string module)
    {
        foreach (var (name, before) in new[] { ("go.mod", goMod), ("go.sum", goSum) })
        {
            if (!File.ReadAllBytes(Path.Combine(module, name)).AsSpan().SequenceEqual(before))
            {
                yield return new(DependencyDiagnostics.GoSumIncomplete, name,
                    new("the go command had to change it to download the modules", "go 命令下载模块时不得不修改它"),
                    new("Run go mod tidy, look at the difference and commit it", "请运行 go mod tidy,检查差异并提交"));
            }
        }
    }

    public IReadOnlyList<Finding> VerifyVendor(Func<ModuleVersion, string?> zipOf, CancellationToken cancellationToken)
    {
        if (ReadVerified(InModule(VendorVerifier.ModulesTxt), MaxModulesTxt) is not { } modulesTxt)
        {
            return [WorkingTreeDiffers(InModule(VendorVerifier.ModulesTxt))];
        }

        try
        {
            return new VendorVerifier(tree, source.ObjectFormat, InModule("")).Verify(VendoredModule.Parse(modulesTxt), zipOf, cancellationToken);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            return [new(DependencyDiagnostics.VendorDiffers, VendorVerifier.ModulesTxt, new(e.Message, $"格式不正确:{e.Message}"),
                new("Run go mod vendor and look at the difference", "请运行 go mod vendor 并检查差异"))];
        }
    }

    private byte[]? ReadVerified(string path, int maxBytes) => tree.ReadVerified(workingDirectory, path, maxBytes, source.ObjectFormat);

    private IEnumerable<Finding> Problems()
    {
        foreach (var problem in GoSum.Problems)
        {
            yield return problem.Kind == GoSumProblemKind.Contradiction
                ? new(DependencyDiagnostics.Contradiction, $"go.sum({problem.Line})", new($"another line has another hash for {problem.Module}", $"{problem.Module} 在另一行有不同的哈希"),
                    new("Find out which commit added the second line and remove it", "请查明是哪个提交加入了第二行并将其删除"))
                : new(DependencyDiagnostics.UnknownHash, $"go.sum({problem.Line})", new($"the hash of {problem.Module} is not of the form h1:", $"{problem.Module} 的哈希不是 h1: 形式"),
                    new("Run go mod tidy with a released Go, or update this tool", "请用正式发布的 Go 运行 go mod tidy,或更新本工具"));
        }

        if (GoSum.Entries.Count == 0 && GoMod.Require.Any(module => !GoMod.Replace.Any(replace => replace.IsDirectory && replace.OldPath == module.Path)))
        {
            yield return new(DependencyDiagnostics.GoSumMissing, EvidencePaths.GoSum, new($"go.mod requires {GoMod.Require.Count} modules and go.sum lists none", $"go.mod 需要 {GoMod.Require.Count} 个模块,而 go.sum 没有列出任何模块"),
                new("Run go mod tidy and commit go.sum", "请运行 go mod tidy 并提交 go.sum"));
        }
    }

    private IEnumerable<Finding> Replacements()
    {
        foreach (var replace in GoMod.Replace.Where(replace => replace.IsDirectory))
        {
            if (InTree(replace.NewPath) is not { } path)
            {
                yield return new(DependencyDiagnostics.LocalReplace, $"go.mod: {replace.OldPath}",
                    new($"it is replaced by {replace.NewPath}, which neither commit signatures nor the checksum database cover", $"它被替换为 {replace.NewPath},既不受提交签名也不受校验和数据库覆盖"),
                    new("Replace it by a module version, or move the folder into the repository", "请替换为模块版本,或将该目录移入仓库"));
            }
            else
            {
                yield return new(DependencyDiagnostics.InTreeReplace, $"go.mod: {replace.OldPath}",
                    new($"it is replaced by {replace.NewPath}: covered by the commit signatures, not by the checksum database", $"它被替换为 {replace.NewPath}:由提交签名覆盖,不由校验和数据库覆盖"),
                    new("Nothing needs to be done; the report shows it", "无需处理;报告会列出"));
                var file = path.Length == 0 ? "go.mod" : $"{path}/go.mod";
                if (file != InModule("go.mod") && ReadVerified(file, GoMod.MaxBytes) is null)
                {
                    yield return WorkingTreeDiffers(file);
                }
            }
        }
    }

    private static Finding WorkingTreeDiffers(string file) => new(DependencyDiagnostics.WorkingTreeDiffers, file,
        new("the working folder does not have it as the verified commit does", "工作目录中的该文件与已验证的提交不一致"),
        new("Check the commit out cleanly and run again", "请干净地检出该提交后重试"));

    private ModuleVersion Replaced(ModuleVersion module) =>
        GoMod.Replace.FirstOrDefault(replace => replace.OldPath == module.Path && (replace.OldVersion is null || replace.OldVersion == module.Version)) is { Version: { } version } found
            ? new(found.NewPath, version)
            : module;

    /// <summary>A replacement folder as a path of the tree, or null where it leads out of it.</summary>
    private string? InTree(string folder)
    {
        if (folder.StartsWith('/') || folder.Contains('\\', StringComparison.Ordinal))
        {
            return null;
        }

        var parts = new List<string>(source.ModuleDirectory.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in folder.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."))
        {
            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else
            {
                return null;
            }
        }

        return string.Join('/', parts);
    }

    // The project may be given as the repository or as the module's folder in it.
    private static string RepositoryRoot(string project, string moduleDirectory) =>
        moduleDirectory.Length > 0 && project.EndsWith("/" + moduleDirectory, StringComparison.Ordinal) && !Directory.Exists(Path.Combine(project, moduleDirectory))
            ? project[..^(moduleDirectory.Length + 1)]
            : project;

    private string InModule(string path) => source.ModuleDirectory.Length == 0 ? path : $"{source.ModuleDirectory}/{path}";

    private static T Parse<T>(Diagnostic diagnostic, string origin, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException e)
        {
            throw new CiComplianceException(diagnostic, origin, new(e.Message, $"格式不正确:{e.Message}"),
                new("Restore it from version control or run go mod tidy", "请从版本控制恢复,或运行 go mod tidy"), e);
        }
    }
}
