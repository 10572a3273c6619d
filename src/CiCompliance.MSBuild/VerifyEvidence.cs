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

    /// <summary><c>--checkpoint</c>: last checkpoint the auditor saw.</summary>
    public string? Checkpoint { get; set; }

    /// <summary><c>--consistency-proof</c>.</summary>
    public string? ConsistencyProof { get; set; }

    /// <summary><c>--witnesses</c>.</summary>
    public string? Witnesses { get; set; }

    /// <summary><c>--minimum-tool</c>.</summary>
    public string? MinimumTool { get; set; }

    /// <summary><c>--allow-demonstration</c>.</summary>
    public bool AllowDemonstration { get; set; }

    private protected override IReadOnlyList<string> Verb => ["verify", "evidence"];

    private protected override IReadOnlyList<string> Options() =>
    [
        Path.GetFullPath(Evidence),
        .. Given([("--trust", Trust), ("--repository", Repository), ("--commit", Commit), ("--artifact", Artifact), ("--policy", Policy), ("--base", Base),
            ("--checkpoint", Checkpoint), ("--consistency-proof", ConsistencyProof), ("--witnesses", Witnesses), ("--minimum-tool", MinimumTool)]),
        .. AllowDemonstration ? ["--allow-demonstration"] : Array.Empty<string>(),
    ];
}
