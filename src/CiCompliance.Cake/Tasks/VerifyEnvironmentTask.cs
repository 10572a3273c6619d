using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Checks what the go command resolves its settings to; begins a run: the stage <c>environment</c>.</summary>
[TaskName("VerifyEnvironment")]
[TaskDescription("Checks what the go command resolves its settings to; begins a run")]
public class VerifyEnvironmentTask() : StageTask("environment");
