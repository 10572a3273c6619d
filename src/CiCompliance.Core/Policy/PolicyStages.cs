namespace CiCompliance.Policy;

/// <summary>Names of the stages that a policy may require, in the order they run.</summary>
public static class PolicyStages
{
    /// <summary>Every stage whose verdict the assessment shows.</summary>
    public static IReadOnlyList<string> Assessed { get; } = ["environment", "source", "dependencies", "build", "binary", "sbom", "sign", "record"];

    /// <summary><see cref="Assessed"/>, then the two that close the evidence folder.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Assessed, "assess", "seal"];

    /// <summary>The stages that a policy requires; a policy that names none requires all.</summary>
    public static IReadOnlyList<string> RequiredBy(CompliancePolicy policy) => policy.Stages.Count == 0 ? All : policy.Stages;
}
