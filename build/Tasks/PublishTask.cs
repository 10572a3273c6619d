using System.Runtime.InteropServices;
using Cake.Core.Diagnostics;
using Cake.Frosting;

namespace CiCompliance.Build.Tasks;

[TaskName("Publish")]
[TaskDescription("Builds the product and leaves the tool at artifacts/tool/cicompliance")]
public sealed class PublishTask : FrostingTask<BuildContext>
{
    internal static readonly string[] Sources = ["src", "Directory.Build.props", "Directory.Packages.props", "global.json", "THIRD-PARTY-NOTICES.md"];

    private const string Project = "src/CiCompliance.Tool/CiCompliance.Tool.csproj";

    public override void Run(BuildContext context)
    {
        var runtime = RuntimeIdentifier();
        var stamp = SourceStamp.Of(Path.Combine(context.Artifacts, "stamps", "tool"), context.Root, Sources, Path.GetDirectoryName(context.Tool), runtime, Environment.Version.ToString());
        if (stamp.IsCurrent && File.Exists(context.Tool))
        {
            context.Log.Information("{0} is up to date", context.Tool);
            return;
        }

        stamp.Clear();
        var target = Path.GetDirectoryName(context.Tool)!;
        var fresh = target + ".new";
        DeleteIfThere(fresh);
        string[] form = runtime == "linux-x64" ? ["-p:NativeTool=true"] : [];
        context.DotNet(["restore", Project, .. form, "-nologo", "-v", "quiet", "-clp:NoSummary"]);
        context.DotNet(["publish", Project, "--no-restore", "-c", "Release", .. form.Length > 0 ? [.. form, "-r", runtime] : HostSearch(fresh), "-o", fresh,
            "-nologo", "-v", "quiet", "-clp:NoSummary"]);
        DeleteIfThere(target);
        Directory.Move(fresh, target);
        stamp.Write();
    }

    private static string RuntimeIdentifier()
    {
        var system = OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl"
            : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }

    // An executable looks for .NET where the system's packages put it; one in any other folder has to be named, or the printed
    // command would not run as it stands.
    private static string[] HostSearch(string output)
    {
        var dotnet = Path.GetDirectoryName(Environment.ProcessPath)!;
        return dotnet is "/usr/share/dotnet" or "/usr/lib/dotnet" || OperatingSystem.IsWindows()
            ? []
            : ["-p:AppHostDotNetSearch=EnvironmentVariable%3BGlobal%3BAppRelative", $"-p:AppHostRelativeDotNet={Path.GetRelativePath(output, dotnet)}"];
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
