using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Maps the evidence to clauses and writes the report: the stage <c>assess</c>.</summary>
[TaskName("Assess")]
[TaskDescription("Maps the evidence to clauses and writes the report")]
public class AssessTask() : StageTask("assess");
