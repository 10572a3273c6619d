using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Compares the modules with the checksum database: the stage <c>dependencies</c>.</summary>
[TaskName("VerifyDependencies")]
[TaskDescription("Compares the modules with the checksum database")]
[IsDependentOn(typeof(VerifyCommitsTask))]
public class VerifyDependenciesTask() : StageTask("dependencies");
