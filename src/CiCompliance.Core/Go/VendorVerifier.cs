using System.Text;

namespace CiCompliance.Go;

/// <summary>One module of <c>vendor/modules.txt</c>.</summary>
/// <param name="Source">The module whose files were copied: the replacement where there is one; null for a folder.</param>
internal sealed record VendoredModule(string Path, ModuleVersion? Source, IReadOnlySet<string> Packages)
{
    /// <exception cref="FormatException">A line that go mod vendor does not write.</exception>
    public static IReadOnlyList<VendoredModule> Parse(ReadOnlySpan<byte> modulesTxt)
    {
        var modules = new List<VendoredModule>();
        var packages = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(modulesTxt).Split('\n').Select(line => line.Trim()))
        {
            if (line.Length == 0 || line.StartsWith("##", StringComparison.Ordinal))
            {
                continue;
            }

            if (!line.StartsWith("# ", StringComparison.Ordinal))
            {
                packages.Add(line);
                continue;
            }

            var words = line[2..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            packages = new(StringComparer.Ordinal);
            modules.Add(words switch
            {
                [var path, var version] => new(path, new(path, version), packages),
                [var path, "=>", ..] => new(path, null, packages),
                [var path, _, "=>", _] => new(path, null, packages),
                [var path, _, "=>", var target, var version] => new(path, new(target, version), packages),
                _ => throw new FormatException($"vendor/modules.txt has the line '{GoCommand.FirstLines(line)}'"),
            });
        }

        return [.. modules.Where(module => module.Packages.Count > 0)];
    }
}

/// <summary>
/// Compares a vendor folder of the verified tree, by git blob ids, with the module zips that were proved: nothing more, nothing changed, and in the packages that
/// modules.txt lists nothing left out that <c>go mod vendor</c> would copy.
/// </summary>
/// <param name="moduleDirectory">Empty, or the module's folder with its final slash.</param>
internal sealed class VendorVerifier(TreeListing tree, string objectFormat, string moduleDirectory)
{
    public const string ModulesTxt = "vendor/modules.txt";
    private readonly string folder = moduleDirectory + "vendor/";

    /// <param name="modules">What modules.txt says.</param>
    /// <param name="zipOf">Path of a proved zip, or null.</param>
    public IReadOnlyList<Finding> Verify(IReadOnlyList<VendoredModule> modules, Func<ModuleVersion, string?> zipOf, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var open = new Dictionary<VendoredModule, HashSet<string>>();
        var byPath = modules.GroupBy(module => module.Path, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        foreach (var path in tree.Paths.Where(path => path.StartsWith(folder, StringComparison.Ordinal) && path != moduleDirectory + ModulesTxt))
        {
            if (OwnerOf(path[folder.Length..], byPath) is not { } owner)
            {
                findings.Add(Differs(path, "it belongs to no module of vendor/modules.txt", "它不属于 vendor/modules.txt 中的任何模块"));
                continue;
            }

            if (!open.TryGetValue(owner, out var rest))
            {
                open[owner] = rest = new(StringComparer.Ordinal);
            }

            rest.Add(path);
        }

        foreach (var module in modules)
        {
            findings.AddRange(Compare(module, open.GetValueOrDefault(module) ?? [], zipOf, cancellationToken));
        }

        return findings;
    }

    private IEnumerable<Finding> Compare(VendoredModule module, HashSet<string> unseen, Func<ModuleVersion, string?> zipOf, CancellationToken cancellationToken)
    {
        if (module.Source is not { } source || zipOf(source) is not { } zip)
        {
            return [new(DependencyDiagnostics.VendorUndecided, $"vendor/{module.Path}",
                new(module.Source is null ? "it is replaced by a folder, there is no module zip to compare with" : $"the zip of {module.Source} is not there or not proved",
                    module.Source is null ? "它被替换为目录,没有可比对的模块 zip" : $"{module.Source} 的 zip 不存在或未经证明"),
                new("Make the module available through the proxy, or state vendor: source-signed in the policy", "请使该模块可经代理获取,或在策略中声明 vendor: source-signed"))];
        }

        var findings = new List<Finding>();
        var skip = source.ToString().Length + 1;
        using var stream = File.OpenRead(zip);
        ModuleZip.ForEachFile(stream, source, (name, content) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = $"{folder}{module.Path}/{name[skip..]}";
            if (tree.Contains(path) && unseen.Remove(path))
            {
                if (!tree.Matches(path, TreeListing.BlobId(content.Length, content, objectFormat)))
                {
                    findings.Add(Differs(path, $"it is not as in {source}", $"与 {source} 中的不一致"));
                }
            }
            else if (MustBeVendored(module, name[skip..], content))
            {
                findings.Add(Differs(path, $"it is in {source} and left out here", $"{source} 中有此文件,此处缺失"));
            }

            content.CopyTo(Stream.Null);
        });
        findings.AddRange(unseen.Select(path => Differs(path, $"it is not in {source}", $"{source} 中没有此文件")));
        return findings;
    }

    // As cmd/go's modcmd/vendor.go chooses: every file of a listed package save tests, go.mod, go.sum, and Go files that are never built.
    private static bool MustBeVendored(VendoredModule module, string name, Stream content)
    {
        var slash = name.LastIndexOf('/');
        var package = slash < 0 ? module.Path : $"{module.Path}/{name[..slash]}";
        var file = name[(slash + 1)..];
        return module.Packages.Contains(package) && file is not ("go.mod" or "go.sum") && !file.EndsWith("_test.go", StringComparison.Ordinal)
            && !(file.EndsWith(".go", StringComparison.Ordinal) && IsIgnored(content));
    }

    private static bool IsIgnored(Stream content)
    {
        var head = new byte[64 << 10];
        var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(head, 0, length).Split('\n').TakeWhile(line => !line.StartsWith("package ", StringComparison.Ordinal))
            .Any(line => (line.StartsWith("//go:build", StringComparison.Ordinal) || line.StartsWith("// +build", StringComparison.Ordinal))
                && line.Contains("ignore", StringComparison.Ordinal));
    }

    private static VendoredModule? OwnerOf(string path, Dictionary<string, VendoredModule> modules)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (modules.TryGetValue(path[..slash], out var module))
            {
                return module;
            }
        }

        return null;
    }

    private static Finding Differs(string path, string what, string whatZh) => new(DependencyDiagnostics.VendorDiffers, path, new(what, whatZh),
        new("Run go mod vendor and look at the difference", "请运行 go mod vendor 并检查差异"));
}
