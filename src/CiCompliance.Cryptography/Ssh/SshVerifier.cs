using System.Runtime.CompilerServices;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Cryptography.Ssh;

/// <summary>
/// Verifies SSH signatures over git objects. They name no time: the object's own stands for it, as git has it. Each trusted key is parsed once, as long as
/// its record lives. Thread safe.
/// </summary>
internal sealed class SshVerifier(TimeProvider timeProvider)
{
    private const string Label = "SSH SIGNATURE";
    private const string Namespace = "git";
    private const int MaxArmor = 64 << 10;

    private readonly ConditionalWeakTable<TrustedKey, SshPublicKey> prepared = [];

    public Judgement Verify(ObjectSignature signature, IReadOnlyList<TrustedKey> committers)
    {
        var armor = signature.Armour.Span;
        if (armor.Length > MaxArmor || !armor.StartsWith("-----BEGIN SSH SIGNATURE-----"u8) || !armor.TrimEnd("\r\n"u8).EndsWith("-----END SSH SIGNATURE-----"u8)
            || PemBlock.ReadAll(armor, maximum: 1) is not [{ Label: Label } block])
        {
            return Assessment.Malformed("the signature is not one armoured block of at most 64 KiB", "签名不是单个不超过 64 KiB 的块");
        }

        try
        {
            return SshSignature.Parse(block.Content, out var version) is { } parsed
                ? Verify(parsed, signature, committers)
                : Assessment.Unsupported($"the signature is of SSHSIG version {version}, and only version 1 is accepted", $"签名为 SSHSIG 第 {version} 版,仅接受第 1 版");
        }
        catch (FormatException e)
        {
            return Assessment.Malformed($"the signature is malformed: {e.Message}", "签名格式错误");
        }
    }

    private Judgement Verify(SshSignature parsed, ObjectSignature signature, IReadOnlyList<TrustedKey> committers)
    {
        var keyId = PublicKeyInfo.KeyId(parsed.PublicKey);
        var committer = committers.FirstOrDefault(committer =>
            committer.Algorithm == KeyAlgorithm.Ssh && committer.Id == keyId && committer.PublicKey.AsSpan().SequenceEqual(parsed.PublicKey));
        var key = committer is null ? SshPublicKey.Parse(parsed.PublicKey) : prepared.GetValue(committer, static trusted => SshPublicKey.Parse(trusted.PublicKey));
        if (RefuseForm(parsed, key) is { } refusal)
        {
            return refusal with { KeyId = keyId, SignedAt = signature.ClaimedAt };
        }

        return committer is null
            ? Assessment.UnknownKey(keyId, signature.ClaimedAt)
            : Judge(parsed, key, signature, committer) with { KeyId = keyId, SignedAt = signature.ClaimedAt };
    }

    private Judgement Judge(SshSignature parsed, SshPublicKey key, ObjectSignature signature, TrustedKey committer)
    {
        if (!SshProof.Verifies(key, parsed, signature.Payload.Span, out var isPresent))
        {
            return Assessment.Malformed("the signature does not match the object", "签名与对象不符");
        }

        return !isPresent && !committer.NoTouchRequired ? Assessment.Unsupported(
                "the security key signed without being touched, and the trust store does not allow that", "安全密钥在未被触摸的情况下签名,且信任库未允许")
            : signature.ClaimedAt is not { } claimedAt
                ? Assessment.Malformed("an SSH signature has the object's time, and the object names none that can be read", "SSH 签名以对象时间为准,而该对象没有可读取的时间")
            : Assessment.IsInFuture(claimedAt, timeProvider) ? Assessment.Malformed("the signature claims to be made in the future", "签名时间在未来")
            : Assessment.Judge(committer, claimedAt);
    }

    private static Judgement? RefuseForm(SshSignature signature, SshPublicKey key)
    {
        if (key.Refusal is { } refusal)
        {
            return key.IsWeak ? Assessment.Weak(refusal.En, refusal.Zh) : Assessment.Unsupported(refusal.En, refusal.Zh);
        }

        if (key.Rsa is not null && signature.Algorithm == "ssh-rsa")
        {
            return Assessment.Weak("an RSA signature with SHA-1 (ssh-rsa) is too weak", "使用 SHA-1 的 RSA 签名(ssh-rsa)强度不足");
        }

        if (signature.Algorithm.StartsWith("webauthn-sk-", StringComparison.Ordinal))
        {
            return Assessment.Unsupported("a signature that a browser had made (webauthn) is not accepted", "不接受由浏览器作出的签名(webauthn)");
        }

        if (key.Rsa is null ? signature.Algorithm != key.Type : signature.Algorithm is not ("rsa-sha2-256" or "rsa-sha2-512"))
        {
            return Assessment.Malformed($"the signature is called '{signature.Algorithm}', its key is of the kind '{key.Type}'",
                $"签名算法为“{signature.Algorithm}”,密钥类型为“{key.Type}”");
        }

        return signature.Hash is not ("sha256" or "sha512")
                ? Assessment.Unsupported("the signature's hash is neither sha256 nor sha512", "签名的杂凑算法不是 sha256 或 sha512")
            : signature.Namespace != Namespace
                ? Assessment.Malformed($"the signature was made for '{signature.Namespace}' and not for git", $"签名用途是“{signature.Namespace}”,不是 git")
            : null;
    }
}
