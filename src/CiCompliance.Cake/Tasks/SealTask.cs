using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Closes the evidence folder: the stage <c>seal</c>.</summary>
[TaskName("Seal")]
[TaskDescription("Closes the evidence folder")]
[IsDependentOn(typeof(RecordTask))]
[IsDependentOn(typeof(AssessTask))]
public class SealTask() : StageTask("seal");
