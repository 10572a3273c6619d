using Cake.Frosting;
using CiCompliance.Build.Testing;

namespace CiCompliance.Build.Tasks;

[TaskName("Mutate")]
[TaskDescription("Verifies 100,000 mutated signatures, keys and objects, or as many as --count says; --seed repeats a run's choices")]
public sealed class MutateTask : FrostingTask<BuildContext>
{
    public override void Run(BuildContext context)
    {
        Environment.SetEnvironmentVariable("CICOMPLIANCE_MUTATIONS", context.Argument("count") ?? "100000");
        Environment.SetEnvironmentVariable("CICOMPLIANCE_MUTATION_SEED", context.Argument("seed"));
        FilteredTests.Run(context, "tests/CiCompliance.Cryptography.Tests", "FullyQualifiedName~.Mutations.", "mutate",
            "a mutated input passed, failed to be refused in time, or was not tried; what it is stands above");
    }
}
