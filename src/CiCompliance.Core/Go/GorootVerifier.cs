using System.Security.Cryptography;
using System.Text;
using CiCompliance.Digests;

namespace CiCompliance.Go;

/// <param name="Packages">The packages it belongs to; empty: unknown.</param>
internal sealed record GorootReport(IReadOnlyList<string> Packages, DigestSet? Tools, Finding? Finding);

/// <summary>
/// Compares a GOROOT with the checksums of the Debian packages that installed it: every file of bin, pkg, src, lib and go.env must be theirs and unchanged. The
/// checksums are MD5 and lie on the same machine: this finds changes, it doesn't withstand somebody who owns the machine.
/// </summary>
internal sealed class GorootVerifier(IDigestCalculator digests, string packageInfo = "/var/lib/dpkg/info")
{
    private const int MaxFiles = 100_000;
    private static readonly string[] Programs = ["bin", "pkg/tool"];
    private static readonly string[] Parts = ["bin", "pkg", "src", "lib"];

    public GorootReport Verify(string goroot, CancellationToken cancellationToken)
    {
        var root = RealPath.Of(goroot);
        var go = Path.Combine(root, "bin", "go");
        var (packages, checksums) = ReadPackages();
        if (!checksums.ContainsKey(go))
        {
            return new([], Tools(root, cancellationToken), new(GoEnvironmentDiagnostics.GorootUnknown, root,
                new("no package of this system installed it; the digests of its programs are kept instead", "它不是由系统软件包安装的;已记录其程序的摘要"),
                new("Compare the digests with those of the Go release, or install Go from the distribution", "请将摘要与 Go 发行版比对,或从发行版安装 Go")));
        }

        var owners = new HashSet<string>(StringComparer.Ordinal);
        string? altered = null;
        foreach (var file in Files(root))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!checksums.TryGetValue(file, out var expected))
            {
                altered ??= file;
                continue;
            }

            owners.Add(packages[expected.Package]);
            using var content = File.OpenRead(file);
            if (Convert.ToHexStringLower(MD5.HashData(content)) != expected.Md5)
            {
                altered = file;
            }
        }

        return new([.. owners.Order(StringComparer.Ordinal)], null, altered is null ? null : new(GoEnvironmentDiagnostics.GorootAltered, altered,
            new("this file is not as the package of the Go toolchain has it", "该文件与 Go 工具链软件包中的不一致"),
            new("Install the package again (apt-get install --reinstall) and find out who changed it", "请重新安装该软件包(apt-get install --reinstall)并查明改动来源")));
    }

    private (List<string> Names, Dictionary<string, (string Md5, int Package)> Files) ReadPackages()
    {
        var names = new List<string>();
        var files = new Dictionary<string, (string, int)>(StringComparer.Ordinal);
        if (!Directory.Exists(packageInfo))
        {
            return (names, files);
        }

        foreach (var list in Directory.EnumerateFiles(packageInfo, "golang*.md5sums").Order(StringComparer.Ordinal))
        {
            names.Add(Path.GetFileNameWithoutExtension(list));
            foreach (var line in File.ReadLines(list).Where(line => line.Length > 34))
            {
                files["/" + line[34..]] = (line[..32], names.Count - 1);
            }
        }

        return (names, files);
    }

    private DigestSet Tools(string root, CancellationToken cancellationToken)
    {
        var listing = new StringBuilder();
        foreach (var file in Programs.SelectMany(part => Walk(Path.Combine(root, part))).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var content = File.OpenRead(file);
            listing.Append(Convert.ToHexStringLower(SHA256.HashData(content))).Append("  ").Append(Path.GetRelativePath(root, file)).Append('\n');
        }

        return digests.Compute(Encoding.UTF8.GetBytes(listing.ToString()));
    }

    private static IEnumerable<string> Files(string root)
    {
        var settings = Path.Combine(root, "go.env");
        return Parts.SelectMany(part => Walk(Path.Combine(root, part))).Concat(File.Exists(settings) ? [RealPath.Of(settings)] : []);
    }

    /// <summary>Real paths of all files below; the distribution links whole folders to /usr/share.</summary>
    private static IEnumerable<string> Walk(string directory)
    {
        var pending = new Stack<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        pending.Push(directory);
        while (pending.TryPop(out var next))
        {
            var real = RealPath.Of(next);
            if (!Directory.Exists(real))
            {
                continue;
            }

            if (!seen.Add(real))
            {
                continue;
            }

            foreach (var entry in new DirectoryInfo(real).EnumerateFileSystemInfos())
            {
                if (seen.Count > MaxFiles)
                {
                    throw new IOException($"{directory} has too many folders");
                }

                var isLink = entry.LinkTarget is not null;
                if (entry is DirectoryInfo || (isLink && Directory.Exists(entry.FullName)))
                {
                    pending.Push(entry.FullName);
                }
                else
                {
                    yield return isLink ? RealPath.Of(entry.FullName) : entry.FullName;
                }
            }
        }
    }
}
