using System.Globalization;
using System.Security.Cryptography;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using CiCompliance.Build.Packing;

namespace CiCompliance.Build.Tasks;

[TaskName("Pack")]
[TaskDescription("Packs the doors into artifacts/packages: the same commit gives the same bytes")]
public sealed class PackTask : FrostingTask<BuildContext>
{
    private const string Output = "bin/Release/net10.0";

    /// <summary>Project, and the deps.json that says what its package carries; a package without code has none. The MSBuild package carries the tool.</summary>
    internal static readonly (string Project, string? Dependencies)[] Packages =
    [
        ("src/CiCompliance.Tool", $"src/CiCompliance.Tool/{Output}/cicompliance.deps.json"),
        ("src/CiCompliance.MSBuild", $"src/CiCompliance.Tool/{Output}/cicompliance.deps.json"),
        ("src/CiCompliance.Cake", $"src/CiCompliance.Cake/{Output}/CiCompliance.Cake.deps.json"),
        ("templates", null),
    ];

    internal static string FolderOf(BuildContext context) => Path.Combine(context.Artifacts, "packages");

    public override void Run(BuildContext context)
    {
        Pack(context);
        foreach (var package in Directory.EnumerateFiles(FolderOf(context)).Order(StringComparer.Ordinal))
        {
            context.Log.Information("{0}", package);
        }
    }

    internal static void Pack(BuildContext context)
    {
        var target = FolderOf(context);
        var source = PackedSource.Of(arguments => context.Ask("git", arguments));
        // The version is in every package: another commit, or a tag on it, packs again.
        var stamp = SourceStamp.Of(Path.Combine(context.Artifacts, "stamps", "packages"), context.Root,
            [.. PublishTask.Sources, "templates", "docs/diagnostics", "LICENSE", "build/Tasks/PackTask.cs", "build/Packing"], target,
            source.Revision, context.Ask("git", "tag", "--list"), Environment.Version.ToString());
        if (stamp.IsCurrent && Directory.Exists(target))
        {
            context.Log.Information("{0} is up to date", target);
            return;
        }

        stamp.Clear();
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        Directory.CreateDirectory(target);
        var version = source.VersionOf(context.Ask(Environment.ProcessPath!, "msbuild", "src/CiCompliance.Core", "-restore", "-t:MinVer", "-getProperty:PackageVersion", "-nologo"));
        if (source.IsDirty)
        {
            context.Log.Warning("The working tree is not commit {0}: the packages are {1}, not for publication", source.Commit, version);
        }

        // Files in a package carry the commit's time, not the build's.
        var time = long.Parse(context.Ask("git", "log", "-1", "--format=%ct"), CultureInfo.InvariantCulture);
        foreach (var (project, dependencies) in Packages)
        {
            string[] common = ["-c", "Release", "-nologo", "-v", "quiet", "-clp:NoSummary", "-p:ContinuousIntegrationBuild=true", $"-p:MinVerVersionOverride={version}",
                .. source.IsDirty ? [$"-p:SourceRevisionId={source.Revision}"] : Array.Empty<string>()];
            context.DotNet(["build", project, .. common]);
            var id = project == "templates" ? "CiCompliance.Templates" : Path.GetFileName(project);
            var content = dependencies is null ? null : File.ReadAllText(Path.Combine(context.Root, dependencies));
            var sbom = Path.Combine(context.Artifacts, "sbom", id, "sbom.cdx.json");
            Directory.CreateDirectory(Path.GetDirectoryName(sbom)!);
            File.WriteAllText(sbom, PackageSbom.Of(id, version, content));
            context.DotNet(["pack", project, .. common, "-o", target, $"-p:PackageSbom={sbom}", $"-p:DeterministicTimestamp={time}",
                $"-p:ToolPackageDigests={string.Join(' ', ToolDigests(target))}"]);
        }

        stamp.Write();
    }

    // The workflow that the templates generate runs the tool of no other package.
    private static IEnumerable<string> ToolDigests(string folder) => Directory.EnumerateFiles(folder, "CiCompliance.Tool.*.nupkg")
        .Order(StringComparer.Ordinal).Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
}
