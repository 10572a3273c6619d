namespace CiCompliance.MSBuild;

/// <summary><c>cicompliance verify evidence</c>: an evidence folder, offline, with the auditor's own trust store.</summary>
public sealed class VerifyEvidence : CiComplianceTask
{
    /// <summary>The evidence folder.</summary>
    [Required]
    public string Evidence { get; set; } = "";

    /// <summary><c>--trust</c>.</summary>
    [Required]
    public string Trust { get; set; } = "";

    /// <summary><c>--repository</c>.</summary>
    public string? Repository { get; set; }

    /// <summary><c>--commit</c>.</summary>
    public string? Commit { get; set; }

    /// <summary><c>--artifact</c>: the binary that was received.</summary>
    public string? Artifact { get; set; }

    /// <summary><c>--policy</c>: the auditor's own policy.</summary>
    public string? Policy { get; set; }

    /// <summary><c>--base</c>.</summary>
    public string? Base { get; set; }

    /// <summary><c>--tag</c>: the annotated tag that must have been built.</summary>
    public string? Tag { get; set; }

    /// <summary><c>--branch</c>: the branch that must have been judged.</summary>
    public string? Branch { get; set; }

    /// <summary><c>--checkpoint</c>: last checkpoint the auditor saw.</summary>
    public string? Checkpoint { get; set; }

    /// <summary><c>--consistency-proof</c>.</summary>
    public string? ConsistencyProof { get; set; }

    /// <summary><c>--witnesses</c>.</summary>
    public string? Witnesses { get; set; }

    /// <summary><c>--minimum-tool</c>.</summary>
    public string? MinimumTool { get; set; }

    /// <summary><c>--allow-demonstration</c>; false also where the environment says otherwise.</summary>
    public bool AllowDemonstration { get; set; }

    /// <summary>
    /// Properties of this task that may not be empty, separated by semicolons: <c>Policy;Checkpoint;Base;Branch;Tag;Witnesses;MinimumTool</c>. MSBuild makes an
    /// empty text of a property that is mistyped, and an option that is not given is not checked.
    /// </summary>
    public string? Requires { get; set; }

    private (string Name, string? Value)[] Optional =>
    [
        ("Repository", Repository), ("Commit", Commit), ("Artifact", Artifact), ("Policy", Policy), ("Base", Base), ("Branch", Branch), ("Tag", Tag), ("Checkpoint", Checkpoint),
        ("ConsistencyProof", ConsistencyProof), ("Witnesses", Witnesses), ("MinimumTool", MinimumTool),
    ];

    /// <inheritdoc />
    public override bool Execute()
    {
        foreach (var name in Requires?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (!Optional.Any(option => option.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && option.Value is { Length: > 0 }))
            {
                BuildLog.Show(new Finding(MSBuildDiagnostics.Required, name,
                    new("Requires names it, but it is no property of VerifyEvidence or it is empty", "Requires 列出了它,但它不是 VerifyEvidence 的属性,或其值为空"),
                    new("Look for a mistyped $(property) in the project", "请检查项目中是否写错了 $(属性名)")));
            }
        }

        return !Log.HasLoggedErrors && base.Execute();
    }

    private protected override IReadOnlyList<string> Verb => ["verify", "evidence"];

    private protected override IReadOnlyList<string> Options() =>
    [
        Path.GetFullPath(Evidence),
        .. Given([("--trust", Trust), ("--repository", Repository), ("--commit", Commit), ("--artifact", Artifact), ("--policy", Policy), ("--base", Base), ("--branch", Branch), ("--tag", Tag),
            ("--checkpoint", Checkpoint), ("--consistency-proof", ConsistencyProof), ("--witnesses", Witnesses), ("--minimum-tool", MinimumTool)]),
        .. AllowDemonstration ? ["--allow-demonstration"] : Array.Empty<string>(),
    ];
}
