using CiCompliance.Policy;

namespace CiCompliance.Pipeline;

/// <summary>The stages, in their order, and what must have passed before each: the one place that every door takes them from.</summary>
public static class StageCatalog
{
    /// <param name="After">Stages that must have <b>passed</b>; otherwise this one does not run and is undecided.</param>
    /// <param name="Always">Runs whatever happened before: it only reports.</param>
    public sealed record Definition(string Name, IReadOnlyList<string> After, bool Always = false);

    public static IReadOnlyList<Definition> All { get; } =
    [
        new("environment", []),
        new("source", []),
        new("dependencies", ["source"]),
        new("build", ["environment", "source", "dependencies"]),
        new("binary", ["build"]),
        new("sbom", ["build"]),
        new("sign", ["environment", "source", "dependencies", "build", "binary", "sbom"]),
        new("record", ["sign"]),
        new("assess", [], Always: true),
        new("seal", ["record", "assess"]),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(stage => stage.Name)];

    /// <summary>Every stage whose verdict the assessment shows: all before <c>assess</c>.</summary>
    public static IReadOnlyList<string> Assessed { get; } = [.. Names.TakeWhile(name => name != "assess")];

    /// <summary>The stages that a policy requires; a policy that names none requires all.</summary>
    public static IReadOnlyList<string> RequiredBy(CompliancePolicy policy) => policy.Stages.Count == 0 ? Names : policy.Stages;

    /// <summary>Everything before <c>sign</c> is asked for, and nothing that needs a key.</summary>
    public static bool EndsBeforeSigning(IReadOnlyList<string> names) =>
        Names.TakeWhile(name => name != "sign").All(names.Contains) && !names.Any(name => name is "sign" or "record" or "seal");

    public static int IndexOf(string name) => Names.ToList().IndexOf(name);
}
