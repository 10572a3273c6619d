using Cake.Frosting;

namespace CiCompliance.Build.Tasks;

[TaskName("Default")]
[TaskDescription("The main job: on the repository named by --project, else on the quickstart")]
[IsDependentOn(typeof(ProjectTask))]
[IsDependentOn(typeof(QuickstartTask))]
public sealed class DefaultTask : FrostingTask<BuildContext>;
