using System.Globalization;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using CiCompliance.Build.Packing;

namespace CiCompliance.Build.Tasks;

[TaskName("Pack")]
[TaskDescription("Packs the doors into artifacts/packages: the same commit gives the same bytes")]
public sealed class PackTask : FrostingTask<BuildContext>
{
    /// <summary>Project, and the deps.json that says what its package carries; a package without code has none.</summary>
    internal static readonly (string Project, string? Dependencies)[] Packages =
    [
        ("src/CiCompliance.Tool", "cicompliance.deps.json"),
        ("src/CiCompliance.MSBuild", "CiCompliance.MSBuild.deps.json"),
        ("src/CiCompliance.Cake", "CiCompliance.Cake.deps.json"),
        ("templates", null),
    ];

    public override void Run(BuildContext context)
    {
        var target = Path.Combine(context.Artifacts, "packages");
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        var version = context.Ask(Environment.ProcessPath!, "msbuild", "src/CiCompliance.Core", "-restore", "-t:MinVer", "-getProperty:PackageVersion", "-nologo");
        // Files in a package carry the commit's time, not the build's.
        var time = long.Parse(context.Ask("git", "log", "-1", "--format=%ct"), CultureInfo.InvariantCulture);
        foreach (var (project, dependencies) in Packages)
        {
            string[] common = ["-c", "Release", "-nologo", "-v", "quiet", "-clp:NoSummary", "-p:ContinuousIntegrationBuild=true"];
            context.DotNet(["build", project, .. common]);
            var id = project == "templates" ? "CiCompliance.Templates" : Path.GetFileName(project);
            var content = dependencies is null ? null : File.ReadAllText(Path.Combine(context.Root, project, "bin", "Release", "net10.0", dependencies));
            var sbom = Path.Combine(context.Artifacts, "sbom", id, "sbom.cdx.json");
            Directory.CreateDirectory(Path.GetDirectoryName(sbom)!);
            File.WriteAllText(sbom, PackageSbom.Of(id, version, content));
            context.DotNet(["pack", project, .. common, "-o", target, $"-p:PackageSbom={sbom}", $"-p:DeterministicTimestamp={time}"]);
        }

        foreach (var package in Directory.EnumerateFiles(target, "*.nupkg").Order(StringComparer.Ordinal))
        {
            context.Log.Information("{0}", package);
        }
    }
}
