using Cake.Frosting;

namespace CiCompliance.Cake.Tasks;

/// <summary>Writes the CycloneDX bill of materials: the stage <c>sbom</c>.</summary>
[TaskName("Sbom")]
[TaskDescription("Writes the CycloneDX bill of materials")]
[IsDependentOn(typeof(BuildTask))]
public class SbomTask() : StageTask("sbom");
