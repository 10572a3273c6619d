using CiCompliance.Evidence.Verification;
using CiCompliance.Keys;

namespace CiCompliance.GoProxy.Publishers;

/// <summary>
/// Judges one signature over the right statement. It proves no time by itself: a key counts while it is valid now and not revoked, or as of the time that an
/// independent log proves.
/// </summary>
internal sealed class SignatureJudge(TrustStore trust, ISignatureVerifier signatures, IOpenPgpVerifier openPgp, TimeProvider clock)
{
    public JudgedSignature Judge(ModuleStatement statement, ModuleSignature signature, string source)
    {
        var key = trust.Keys.FirstOrDefault(key => key.Id == signature.KeyId);
        var (outcome, detail) = key is null ? NotAllowed($"no key {Short(signature.KeyId)} is in the trust store", $"信任库中没有密钥 {Short(signature.KeyId)}")
            : key.Role != KeyRole.Publisher ? NotAllowed($"{Named(key)} is trusted for something else than publishing", $"{NamedZh(key)} 不是受信任的发布者密钥")
            : Judge(statement, signature, key);
        return new(outcome, source, signature.KeyId, key?.Name, signature.ProvedAt, detail);
    }

    private (PublisherOutcome, LocalizedText) Judge(ModuleStatement statement, ModuleSignature signature, TrustedKey key)
    {
        var now = clock.GetUtcNow();
        var path = statement.Module.Path;
        if (Verify(statement, signature, key, now) is { } reason)
        {
            return reason;
        }

        return !key.Covers(path) ? NotAllowed($"{Named(key)} is not trusted for this path", $"{NamedZh(key)} 不得签署此路径")
            : KeyJudge.Judge(key, signature.ProvedAt, now) is { } judged ? NotAllowed(judged.What.En, judged.What.Zh)
            : (PublisherOutcome.Valid, new($"signed by {Named(key)}", $"由 {NamedZh(key)} 签名"));
    }

    /// <summary>Null where the signature is the key's.</summary>
    private (PublisherOutcome, LocalizedText)? Verify(ModuleStatement statement, ModuleSignature signature, TrustedKey key, DateTimeOffset now)
    {
        if (key.Algorithm == KeyAlgorithm.OpenPgp)
        {
            var answer = openPgp.Verify(signature.Signature, statement.SignedBytes, key, signature.ProvedAt ?? now);
            return answer.Outcome switch
            {
                OpenPgpOutcome.Valid => null,
                OpenPgpOutcome.KeyNotValid => NotAllowed($"{Named(key)}: {answer.Detail.En}", $"{NamedZh(key)}:{answer.Detail.Zh}"),
                _ => (PublisherOutcome.InvalidSignature, new($"{Named(key)}: {answer.Detail.En}", $"{NamedZh(key)}:{answer.Detail.Zh}")),
            };
        }

        return signatures.Verify(key.Algorithm, key.PublicKey, statement.SignedBytes, signature.Signature) == Verdict.Pass
            ? null
            : (PublisherOutcome.InvalidSignature, new($"the signature is not {Named(key)}'s", $"签名不是 {NamedZh(key)} 作出的"));
    }

    private static (PublisherOutcome, LocalizedText) NotAllowed(string en, string zh) => (PublisherOutcome.KeyNotAllowed, new(en, zh));

    private static string Named(TrustedKey key) => $"key '{SafeText.Line(key.Name, 40)}' ({Short(key.Id)})";

    private static string NamedZh(TrustedKey key) => $"密钥“{SafeText.Line(key.Name, 40)}”({Short(key.Id)})";

    /// <summary>Enough for a person to find it by.</summary>
    private static string Short(string keyId) => keyId[..16];
}
