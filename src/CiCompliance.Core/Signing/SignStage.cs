using CiCompliance.Attestations;
using CiCompliance.BinaryHardening;
using CiCompliance.Digests;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Source;

namespace CiCompliance.Signing;

/// <summary>
/// Signs one statement per output and predicate, twice over the same bytes: SM2 (<c>*.sm2.dsse.json</c>) and P-256
/// (<c>*.sigstore.json</c>, not yet logged). Believes no earlier stage: verdicts, source, binaries, digests and identities are checked again first,
/// and the keys are opened only then.
/// </summary>
public sealed class SignStage(
    ISignerFactory signers, ISignatureVerifier verifier, IObjectSignatureVerifier objects, IBinaryJudge binaries, IDigestCalculator digests) : IStage
{
    public string Name => "sign";

    public Task<StageResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var findings = StageFindings(context);
        if (findings.Count > 0)
        {
            return Task.FromResult(new StageResult(Name, [], findings));
        }

        context.Progress.Report(new("checking what is to be signed", "正在核对待签内容"));
        var source = new SourceRecheck(objects).Check(context, findings, cancellationToken);
        var statements = findings.Count > 0 ? [] : new StatementCollector(binaries, digests).Collect(context, source, findings, cancellationToken);
        if (findings.Count > 0 || statements.Count == 0)
        {
            return Task.FromResult(new StageResult(Name, [], findings));
        }

        context.Progress.Report(new($"signing {statements.Count} statements", $"正在签署 {statements.Count} 份声明"));
        Sign(context, statements, cancellationToken);
        foreach (var statement in statements.Where(statement => statement.Predicate is "provenance" or "binary"))
        {
            context.Evidence.Delete(EvidencePaths.Unsigned(statement.Output, statement.Predicate));
        }

        return Task.FromResult(new StageResult(Name,
            [new Check("sign.statements", Verdict.Pass,
                new($"{statements.Count} statements signed with SM2 and P-256", $"{statements.Count} 份声明已用 SM2 与 P-256 签署"))], []));
    }

    private static List<Finding> StageFindings(StageContext context) =>
        [.. StageCatalog.All.Single(stage => stage.Name == "sign").After
            .Where(stage => context.Run.VerdictOf(stage) is not (Verdict.Pass or Verdict.NotApplicable))
            .Select(stage => new Finding(SigningDiagnostics.StageNotPassed, stage,
                new($"not signed: stage {stage} is {context.Run.VerdictOf(stage).ToWord()}", $"未签名:阶段 {stage} 的结论为 {context.Run.VerdictOf(stage).ToWord()}"),
                new($"Resolve what {stage} says, then run it and sign again", $"请先解决 {stage} 阶段的问题,再重新运行并签名")))];

    private void Sign(StageContext context, IReadOnlyList<PendingStatement> statements, CancellationToken cancellationToken)
    {
        var sm2Reference = Require(context.Options.Sm2Key, "--sm2-key");
        var p256Reference = Require(context.Options.P256Key, "--p256-key");
        using var sm2 = signers.Open(sm2Reference, KeyAlgorithm.Sm2);
        using var p256 = signers.Open(p256Reference, KeyAlgorithm.EcdsaP256);
        foreach (var (output, predicate, payload) in statements)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var message = DsseEnvelope.PreAuthenticationEncoding(DsseEnvelope.InTotoPayloadType, payload);
            var envelope = new DsseEnvelope(payload, DsseEnvelope.InTotoPayloadType,
                [new DsseSignature(sm2.KeyId, SignAndVerify(sm2, message), sm2.CertificateChain)]);
            var bundle = SigstoreBundle.ForDsse(DsseEnvelope.InTotoPayloadType, payload, SignAndVerify(p256, message), p256.PublicKey);
            context.Evidence.Write(EvidencePaths.Sm2Envelope(output, predicate), envelope.ToJson());
            context.Evidence.Write(EvidencePaths.SigstoreBundle(output, predicate), bundle.ToJson());
        }
    }

    /// <summary>A fault while signing must not leave the machine: a wrong ECDSA or SM2 signature can betray the key.</summary>
    private byte[] SignAndVerify(ISigner signer, byte[] message)
    {
        var signature = signer.Sign(message);
        return verifier.Verify(signer.Algorithm, signer.PublicKey, message, signature) == Verdict.Pass
            ? signature
            : throw new CiComplianceException(SigningDiagnostics.SignatureFailed, signer.KeyId,
                new("a signature just made with this key does not verify", "刚用此密钥生成的签名验证失败"),
                new("Check the key and the machine before signing again", "请检查密钥与机器后再签名"));
    }

    private static KeyReference Require(KeyReference? key, string option) => key
        ?? throw new CiComplianceException(SigningDiagnostics.KeyMissing, option,
            new("signing needs this key and it is not given", "签名需要该密钥,但未提供"),
            new($"Give it as {option} FILE or {option} fd:N", $"请用 {option} 文件 或 {option} fd:N 提供"));
}
