using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Builds the verified commit in a fresh checkout: the stage <c>build</c>.</summary>
[TaskName("Build")]
[TaskDescription("Builds the verified commit in a fresh checkout")]
[IsDependentOn(typeof(VerifyEnvironmentTask))]
[IsDependentOn(typeof(VerifyCommitsTask))]
[IsDependentOn(typeof(VerifyDependenciesTask))]
public class BuildTask() : StageTask("build");
