namespace CiCompliance.MSBuild;

/// <summary><c>cicompliance env verify</c>: begins a run.</summary>
public sealed class VerifyEnvironment : StageTask
{
    private protected override IReadOnlyList<string> Verb => ["env", "verify"];
}

/// <summary><c>cicompliance verify commits</c>.</summary>
public sealed class VerifyCommits : StageTask
{
    private protected override IReadOnlyList<string> Verb => ["verify", "commits"];
}

/// <summary><c>cicompliance verify dependencies</c>.</summary>
public sealed class VerifyDependencies : StageTask
{
    private protected override IReadOnlyList<string> Verb => ["verify", "dependencies"];
}

/// <summary><c>cicompliance build</c>.</summary>
public sealed class Build : StageTask
{
    private protected override IReadOnlyList<string> Verb => ["build"];
}

/// <summary><c>cicompliance verify binary</c>.</summary>
public sealed class VerifyBinary : StageTask
{
    private protected override IReadOnlyList<string> Verb => ["verify", "binary"];
}

/// <summary><c>cicompliance sbom</c>.</summary>
public sealed class Sbom : StageTask
{
    private protected override IReadOnlyList<string> Verb => ["sbom"];
}

/// <summary><c>cicompliance sign</c>.</summary>
public sealed class Sign : StageTask
{
    private protected override IReadOnlyList<string> Verb => ["sign"];
}

/// <summary><c>cicompliance record</c>.</summary>
public sealed class Record : StageTask
{
    private protected override IReadOnlyList<string> Verb => ["record"];
}

/// <summary><c>cicompliance assess</c>.</summary>
public sealed class Assess : StageTask
{
    private protected override IReadOnlyList<string> Verb => ["assess"];
}

/// <summary><c>cicompliance seal</c>.</summary>
public sealed class Seal : StageTask
{
    private protected override IReadOnlyList<string> Verb => ["seal"];
}
