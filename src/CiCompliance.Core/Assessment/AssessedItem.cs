namespace CiCompliance.Assessment;

/// <summary>
/// One of the three things the pipeline is asked to show. The grouping is this product's, after a public article; GB/T 22239-2019 has no
/// section on software supply chains.
/// </summary>
/// <param name="Stages">Stages whose checks support it.</param>
/// <param name="Clauses">Ids of <see cref="Assessment.Clauses"/>.</param>
/// <param name="Caveat">What the clauses do not say.</param>
public sealed record AssessedItem(
    string Id,
    LocalizedText Title,
    LocalizedText Question,
    IReadOnlyList<string> Stages,
    IReadOnlyList<string> Clauses,
    LocalizedText Caveat)
{
    public static IReadOnlyList<AssessedItem> All { get; } =
    [
        new("source-origin", new("Source origin", "来源可信"),
            new("Do source and modules come from where they claim to?", "源代码与模块是否来自其声称的来源？"),
            ["environment", "source", "dependencies"],
            ["gbt22239-8.1.9.4.f", "gbt22239-8.1.9.4.g", "gbt22239-8.1.9.3.c", "gbt22239-8.1.9.5.c", "gbt22239-8.1.9.10.b", "gbt22239-8.1.9.10.c",
                "gbt22239-8.1.4.1.a", "gbt22239-8.1.4.2.d", "gbt39786-8.3.f", "gbt43698", "gbt43848-origin"],
            new("The clauses ask for approval and version control, not for provenance", "条款要求的是授权审批与版本控制，并非来源证明")),
        new("build-integrity", new("Build not tampered with", "构建不可篡改"),
            new("Was exactly this source built, and would a change be noticed?", "构建的是否正是该源代码，改动能否被发现？"),
            ["environment", "build", "binary", "record"],
            ["gbt22239-8.1.9.4.a", "gbt22239-8.1.9.4.e", "gbt22239-8.1.9.4.f", "gbt22239-8.1.4.3.a", "gbt22239-8.1.4.3.b", "gbt22239-8.1.4.3.c",
                "gbt22239-8.1.4.3.d", "gbt22239-8.1.10.6.g", "gbt22239-8.1.10.10.a", "gbt22239-8.1.4.6", "gbt39786-8.3.e", "slsa-build-l1"],
            new("No clause of GB/T 22239 says \"build\"", "GB/T 22239 没有条款提到“构建”")),
        new("delivery-intact", new("Deliverable intact", "交付完整"),
            new("Can the receiver tell that this is what was built?", "接收方能否确认这就是所构建的产物？"),
            ["sbom", "sign", "record"],
            ["gbt22239-8.1.9.8.a", "gbt22239-8.1.9.7.b", "gbt22239-8.1.4.7.a", "gbt22239-8.1.4.7.b", "gbt39786-8.3.f", "gbt39786-8.4.f",
                "gbt39786-8.4.g", "gbt39786-8.4.h"],
            new("The clauses speak of important data; executables come in by an open list only", "条款所述为重要数据；可执行程序仅可由开放列举涵盖")),
    ];
}
