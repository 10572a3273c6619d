using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Records the signatures in the transparency log: the stage <c>record</c>.</summary>
[TaskName("Record")]
[TaskDescription("Records the signatures in the transparency log")]
[IsDependentOn(typeof(SignTask))]
public class RecordTask() : StageTask("record");
