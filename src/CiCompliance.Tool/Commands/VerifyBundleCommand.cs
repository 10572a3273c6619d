using System.Text;
using CiCompliance.Pipeline;
using CiCompliance.Sigstore;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Verifies one Sigstore bundle of anybody's, offline: no repository, no run, no policy.</summary>
internal sealed class VerifyBundleCommand(IComposition parts) : ICommand
{
    private const int MaxKeyBytes = 64 << 10;

    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var path = context.Host.PathOf(context.Arguments.Required(OptionTable.Bundle));
        var signer = Signer(context);
        var root = Root(context);
        var bundle = OutsideFile.ReadAnywhere(path, OptionTable.Bundle.Long, Bundle.MaxBytes);
        var artifact = ArtifactFile.Read(context.Arguments.Operands[0], context.Host, cancellationToken);
        var answer = parts.VerifyBundle(root, bundle, new SigstoreExpectation(signer, artifact), path);
        answer.Findings.ToList().ForEach(context.Reporter.Show);
        var result = new StageResult("verify bundle", answer.Checks, answer.Findings);
        return Task.FromResult(new Answer(PipelineRunner.ExitCodeOf([result]), answer.Findings,
            new(StageTable.Of([result], Language.English), StageTable.Of([result], Language.Chinese)))
        {
            Verdict = answer.Verdict,
            Stages = [result],
        });
    }

    private static ExpectedSigner Signer(CommandContext context)
    {
        var arguments = context.Arguments;
        return (new KeyOptions(arguments, context.Host).Verification, arguments.Value(OptionTable.CertificateIdentity), arguments.Value(OptionTable.CertificateIssuer)) switch
        {
            ({ } key, null, null) => ExpectedSigner.Key.TryReadPem(Encoding.Latin1.GetString(ReadKey(key)))
                ?? throw new CiComplianceException(SigstoreDiagnostics.UnusableKey, OptionTable.VerificationKey.Long,
                    new("what it names is not one public key in PEM: ECDSA P-256, P-384 or P-521, RSA from 2048 bits, or Ed25519",
                        "其内容不是单个 PEM 公钥(ECDSA P-256、P-384、P-521,2048 位以上 RSA,或 Ed25519)"),
                    new("Give the signer's public key, as in cosign.pub", "请给出签名者公钥,如 cosign.pub")),
            (null, { } identity, { } issuer) => new ExpectedSigner.Identity(identity, issuer),
            _ => throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new("verify bundle needs to know who must have signed", "verify bundle 需要知道应由谁签名"),
                new("Give either --key, or --certificate-identity with --certificate-oidc-issuer", "请给出 --key,或同时给出 --certificate-identity 与 --certificate-oidc-issuer")),
        };
    }

    private static TrustedRoot Root(CommandContext context)
    {
        var path = context.Host.PathOf(context.Arguments.Required(OptionTable.TrustedRoot));
        return TrustedRoot.Parse(OutsideFile.ReadAnywhere(path, OptionTable.TrustedRoot.Long, TrustedRoot.MaxBytes), path);
    }

    /// <summary>A public key may be open to others, unlike what other key options name.</summary>
    private static byte[] ReadKey(string reference) =>
        OutsideFile.ReadAnywhere(reference.StartsWith("fd:", StringComparison.Ordinal) ? $"/proc/self/fd/{reference[3..]}" : reference, OptionTable.VerificationKey.Long, MaxKeyBytes);
}
