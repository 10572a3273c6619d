using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Reads the hardening from the binaries: the stage <c>binary</c>.</summary>
[TaskName("VerifyBinary")]
[TaskDescription("Reads the hardening from the binaries")]
[IsDependentOn(typeof(BuildTask))]
public class VerifyBinaryTask() : StageTask("binary");
