using Cake.Core;
using Cake.Frosting;
using CiCompliance.Cake;
using CiCompliance.Cake.Tasks;

namespace Build;

/// <summary>What the tasks share. <c>--demo=DIR</c> takes policy, trust store and keys from the folder that `cicompliance demonstrate DIR` wrote.</summary>
public sealed class BuildContext : ComplianceContext
{
    public BuildContext(ICakeContext context)
        : base(context)
    {
        if (context.Arguments.GetArguments("demo").LastOrDefault() is not { } folder)
        {
            return;
        }

        Options.Demonstration = true;
        Options.Config ??= Path.Combine(folder, "compliance.yml");
        Options.Trust ??= Path.Combine(folder, "trust.json");
        Options.Sm2Key ??= Path.Combine(folder, "keys", "sm2-key.pem");
        Options.Sm2Certificates ??= Path.Combine(folder, "keys", "sm2-certificates.pem");
        Options.P256Key ??= Path.Combine(folder, "keys", "p256-key.pem");
        Options.LogKey ??= Path.Combine(folder, "keys", "log-key.pem");
        Options.LogSm2Key ??= Path.Combine(folder, "keys", "log-sm2-key.pem");
    }
}

/// <summary>What ./build.sh does without --target: every stage.</summary>
[TaskName("Default")]
[IsDependentOn(typeof(RunTask))]
public sealed class DefaultTask : FrostingTask<ComplianceContext>;
