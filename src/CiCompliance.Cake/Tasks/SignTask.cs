using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Signs with SM2 and P-256: the stage <c>sign</c>.</summary>
[TaskName("Sign")]
[TaskDescription("Signs with SM2 and P-256")]
[IsDependentOn(typeof(VerifyEnvironmentTask))]
[IsDependentOn(typeof(VerifyCommitsTask))]
[IsDependentOn(typeof(VerifyDependenciesTask))]
[IsDependentOn(typeof(BuildTask))]
[IsDependentOn(typeof(VerifyBinaryTask))]
[IsDependentOn(typeof(SbomTask))]
public class SignTask() : StageTask("sign");
