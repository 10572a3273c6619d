using CiCompliance.Digests;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Tool.Inputs;

namespace CiCompliance.Tool;

/// <summary>The one place that names implementations.</summary>
internal sealed class Composition : IComposition
{
    public IDigestCalculator Digests => throw NotAvailable("digests");

    public ILogFolders Logs => throw NotAvailable("log");

    public IRevisions Revisions(string projectDirectory, CancellationToken cancellationToken) => throw NotAvailable("git");

    public CompliancePolicy ParsePolicy(byte[] yaml, string origin) => throw NotAvailable("policy");

    public string PolicyTemplate(string repository, IReadOnlyList<string> packages) => throw NotAvailable("policy template");

    public IStage Stage(string name) => name switch
    {
        _ => throw NotAvailable(name),
    };

    public IReadOnlyDictionary<string, string> PinnedEnvironment(CompliancePolicy policy) => throw NotAvailable("env pin");

    public (IReadOnlyList<TrustedKey> Keys, IReadOnlyList<Finding> Findings) ImportKeys(byte[] content, string name, KeyRole role) => throw NotAvailable("trust import");

    public Task<StageResult> VerifyEvidenceAsync(EvidenceExpectation expectation, CancellationToken cancellationToken) =>
        throw NotAvailable("verify evidence");

    private static CiComplianceException NotAvailable(string part) => new(ToolDiagnostics.NotAvailable, "cicompliance",
        new($"this build has no {part}", $"此构建不含 {part}"), new("Install a complete build of the tool", "请安装完整版本的工具"));
}
