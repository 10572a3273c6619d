using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Verifies the signatures of the commits in range: the stage <c>source</c>.</summary>
[TaskName("VerifyCommits")]
[TaskDescription("Verifies the signatures of the commits in range")]
public class VerifyCommitsTask() : StageTask("source");
