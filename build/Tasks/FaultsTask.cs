using Cake.Frosting;
using CiCompliance.Build.Testing;

namespace CiCompliance.Build.Tasks;

[TaskName("Faults")]
[TaskDescription("Kills the log server under load 200 times, or as often as --count says, and looks for every entry that it acknowledged")]
public sealed class FaultsTask : FrostingTask<BuildContext>
{
    public override void Run(BuildContext context)
    {
        Environment.SetEnvironmentVariable("CICOMPLIANCE_KILLS", context.Argument("count") ?? "200");
        FilteredTests.Run(context, "tests/CiCompliance.Tool.Tests", "FullyQualifiedName~.KilledServerTests.", "faults",
            "the log lost or forked something, or was not tried; what it is stands above");
    }
}
