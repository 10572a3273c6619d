using Cake.Frosting;
using CiCompliance.Cake;
using CiCompliance.Cake.Tasks;

namespace CiCompliance.Cake.Sample;

/// <summary>One stage replaced, all others as they are.</summary>
[TaskName("Sbom")]
public sealed class LicensedSbomTask : SbomTask
{
    public override void Run(ComplianceContext context)
    {
        base.Run(context);
        Console.Out.WriteLine("licences checked");
    }
}

/// <summary>Comes after the whole pipeline.</summary>
[TaskName("Deploy")]
[IsDependentOn(typeof(SealTask))]
public sealed class DeployTask : FrostingTask<ComplianceContext>
{
    public override void Run(ComplianceContext context) => Console.Out.WriteLine("deployed");
}

/// <summary>A failure that has nothing to do with a stage.</summary>
[TaskName("Broken")]
public sealed class BrokenTask : FrostingTask<ComplianceContext>
{
    public override void Run(ComplianceContext context) => throw new InvalidOperationException("broken");
}
