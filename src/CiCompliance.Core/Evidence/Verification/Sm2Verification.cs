using CiCompliance.Keys;
using CiCompliance.Signing;

namespace CiCompliance.Evidence.Verification;

/// <summary>Verifies one SM2 envelope with the trust store's evidence keys.</summary>
internal static class Sm2Verification
{
    /// <summary>The trusted key that signed it, or null where it was refused.</summary>
    public static TrustedKey? Verify(
        VerificationContext context, int step, string name, string payloadType, ReadOnlySpan<byte> payload, Diagnostic badSignature)
    {
        if (context.Document(step, name, bytes => DsseEnvelope.Parse(bytes)) is not { } envelope)
        {
            return null;
        }

        if (envelope.Signatures is not [var signature] || envelope.PayloadType != payloadType || !payload.SequenceEqual(envelope.Payload))
        {
            context.Refuse(step, name, badSignature, name,
                new("it does not hold exactly one signature over the expected bytes", "其中不是对预期内容的唯一签名"));
            return null;
        }

        var key = context.Trust.Find(KeyRole.EvidenceSm2, signature.KeyId, context.Run.Repository);
        if (key is not { Algorithm: KeyAlgorithm.Sm2 })
        {
            context.Refuse(step, name, VerificationDiagnostics.UntrustedKey, name,
                new($"key {signature.KeyId} is not trusted as evidence-sm2 for this repository", $"密钥 {signature.KeyId} 不是本仓库受信的 evidence-sm2 密钥"));
            return null;
        }

        var signed = DsseEnvelope.PreAuthenticationEncoding(envelope.PayloadType, envelope.Payload);
        if (context.Services.Signatures.Verify(key.Algorithm, key.PublicKey, signed, signature.Sig) == Verdict.Pass)
        {
            return key;
        }

        context.Refuse(step, name, badSignature, name, new("its SM2 signature does not verify", "SM2 签名验证失败"));
        return null;
    }
}
