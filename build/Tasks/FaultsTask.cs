using Cake.Frosting;
using CiCompliance.Build.Testing;

namespace CiCompliance.Build.Tasks;

[TaskName("Faults")]
[TaskDescription("Kills the log server and the module proxy under load, each 200 times or as often as --count says, and looks for everything that they acknowledged")]
public sealed class FaultsTask : FrostingTask<BuildContext>
{
    public override void Run(BuildContext context)
    {
        Environment.SetEnvironmentVariable("CICOMPLIANCE_KILLS", context.Argument("count") ?? "200");
        FilteredTests.Run(context, "tests/CiCompliance.Tool.Tests", "FullyQualifiedName~.KilledServerTests.", "faults",
            "a server lost or forked something, or was not tried; what it is stands above");
    }
}
