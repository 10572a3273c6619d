using CiCompliance.Build.Tests.EndToEnd;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.Packing;

/// <summary>What MSBuild makes of the tool's project.</summary>
public sealed class ToolProjectTests
{
    [TestCase(true, "-p:RuntimeIdentifier=linux-x64")]
    [TestCase(true, "-p:MSBuildRestoreSessionId=1")]
    [TestCase(false, "-p:RuntimeIdentifier=any")]
    [TestCase(false, "-p:RuntimeIdentifier=linux-x64", "-p:NativeTool=true")]
    [TestCase(false, "-p:MSBuildRestoreSessionId=1", "-p:NativeTool=true")]
    public void ReadyToRun_IsRestoredForTheOnePackageThatHasIt(bool expected, params string[] properties)
    {
        // A machine whose package folder has never seen the compiler gets it by the restore or not at all.
        var project = Path.Combine(Scenario.Root, "src", "CiCompliance.Tool", "CiCompliance.Tool.csproj");
        var value = Peer.Run("dotnet", ["msbuild", project, "-nologo", "-p:Configuration=Release", "-getProperty:PublishReadyToRun", .. properties]).Text.Trim();
        (value == "true").ShouldBe(expected, value);
    }
}
