using System.Runtime.CompilerServices;
using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Cryptography.OpenPgp;

/// <summary>Verifies detached OpenPGP signatures over git objects. Each trusted key is parsed once, as long as its record lives. Thread safe.</summary>
internal sealed class OpenPgpVerifier(TimeProvider timeProvider)
{
    private const int MaxArmor = 64 << 10;
    private const int MaxSignatures = 16;

    private readonly ConditionalWeakTable<TrustedKey, Prepared> prepared = [];

    /// <summary>One judgement for each signature in the armour; one alone where it can't be taken apart.</summary>
    public IReadOnlyList<Judgement> Verify(ReadOnlySpan<byte> armor, ReadOnlySpan<byte> payload, IReadOnlyList<TrustedKey> committers)
    {
        if (armor.Length > MaxArmor)
        {
            return [Assessment.Malformed("the signature is larger than 64 KiB", "签名超过 64 KiB")];
        }

        try
        {
            var judgements = new List<Judgement>();
            var reader = new PgpReader(Decode(armor));
            while (!reader.IsAtEnd)
            {
                var body = reader.ReadPacket(out var tag);
                if (tag != PgpTag.Signature || judgements.Count == MaxSignatures)
                {
                    return [Assessment.Unsupported("the armour holds something else than one to 16 signatures", "签名块中不是 1 至 16 个签名")];
                }

                judgements.Add(VerifyOne(body, payload, committers));
            }

            return judgements;
        }
        catch (FormatException e)
        {
            return [Assessment.Malformed($"the signature is malformed: {e.Message}", "签名格式错误")];
        }
    }

    /// <summary>One binary signature with one certificate, whose keys must count at <paramref name="at"/> too. Window and revocation in the trust store are not looked at.</summary>
    public Judgement VerifyDetached(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, TrustedKey trusted, DateTimeOffset at)
    {
        try
        {
            var reader = new PgpReader(signature);
            var body = reader.ReadPacket(out var tag);
            if (tag != PgpTag.Signature || !reader.IsAtEnd || PgpSignature.VersionOf(body) != 4)
            {
                return Assessment.Unsupported("it is not exactly one OpenPGP signature of version 4", "不是单个 OpenPGP 第 4 版签名");
            }

            var parsed = PgpSignature.Parse(body);
            return RefuseForm(parsed) ?? VerifyDetached(parsed, message, trusted, at);
        }
        catch (FormatException e)
        {
            return Assessment.Malformed($"the signature is malformed: {e.Message}", "签名格式错误");
        }
    }

    private Judgement VerifyDetached(PgpSignature signature, ReadOnlySpan<byte> message, TrustedKey trusted, DateTimeOffset at)
    {
        Judgement? result = null;
        foreach (var key in Prepare(trusted)?.Keys.Where(key => signature.Names(key.Key)) ?? [])
        {
            var judged = RefuseKey(key, signature, message, at);
            if (judged is null)
            {
                return Assessment.Pass(trusted.Id);
            }

            result = result is null || result.Diagnostic == SourceDiagnostics.BadSignature ? judged : result;
        }

        return result ?? Assessment.Malformed("the signature names no key of this certificate", "签名所指的密钥不在此证书中");
    }

    private Judgement VerifyOne(ReadOnlySpan<byte> body, ReadOnlySpan<byte> payload, IReadOnlyList<TrustedKey> committers)
    {
        var version = PgpSignature.VersionOf(body);
        return version == 4 ? Verify(PgpSignature.Parse(body), payload, committers)
            : Assessment.Unsupported($"it is an OpenPGP signature of version {version}, and only version 4 is accepted", $"签名为 OpenPGP 第 {version} 版,仅接受第 4 版");
    }

    private static byte[] Decode(ReadOnlySpan<byte> armor)
    {
        var data = PgpArmor.Decode(armor, "PGP SIGNATURE", out var consumed);
        var rest = armor[consumed..].Trim("\r\n"u8);
        return rest.IsEmpty || IsTimestamp(rest) ? data : throw new FormatException("something lies behind the armour");
    }

    // OpenTimestamps' git wrapper appends its own proof. Neither gpg nor this tool judges it; a further signature could hide behind no other name.
    private static bool IsTimestamp(ReadOnlySpan<byte> text) =>
        text.StartsWith("-----BEGIN OPENTIMESTAMPS GIT TIMESTAMP-----\n"u8) && text.EndsWith("\n-----END OPENTIMESTAMPS GIT TIMESTAMP-----"u8)
        && text[1..].IndexOf("-----BEGIN"u8) < 0;

    private Judgement Verify(PgpSignature signature, ReadOnlySpan<byte> payload, IReadOnlyList<TrustedKey> committers)
    {
        var keyId = (signature.Subpackets.IssuerFingerprint ?? signature.Subpackets.IssuerKeyId) is { } issuer ? Convert.ToHexStringLower(issuer) : null;
        if (RefuseForm(signature) is { } refusal)
        {
            return refusal with { KeyId = keyId };
        }

        Judgement? result = null;
        foreach (var committer in committers)
        {
            if (committer.Algorithm != KeyAlgorithm.OpenPgp || Prepare(committer) is not { } certificate)
            {
                continue;
            }

            foreach (var key in certificate.Keys.Where(key => signature.Names(key.Key)))
            {
                var judged = Judge(committer, key, signature, payload) with { KeyId = committer.Id, Material = key.Key.Material };
                if (judged.Verdict == Verdict.Pass)
                {
                    return judged;
                }

                // A key id of 64 bits may be another key's too, and a subkey another certificate's: whose signature it is not has the least to say.
                result = result is null || result.Diagnostic == SourceDiagnostics.BadSignature ? judged : result;
            }
        }

        return result ?? Assessment.UnknownKey(keyId, signature.Subpackets.Created);
    }

    private Judgement? RefuseForm(PgpSignature signature)
    {
        var subpackets = signature.Subpackets;
        if (signature.Type != PgpSignatureType.BinaryDocument)
        {
            return Assessment.Unsupported("only signatures over binary documents are accepted", "仅接受对二进制文档的签名");
        }

        if (PgpHash.Strong(signature.HashAlgorithm) is null)
        {
            return PgpHash.IsWeak(signature.HashAlgorithm)
                ? Assessment.Weak("the signature rests on a hash weaker than SHA-256", "签名使用的杂凑算法弱于 SHA-256")
                : Assessment.Unsupported("the signature's hash algorithm is not known", "签名使用了未知的杂凑算法");
        }

        if (subpackets.HasUnknownCritical || (subpackets.Lifetime ?? TimeSpan.Zero) > TimeSpan.Zero)
        {
            return Assessment.Unsupported("the signature ends by itself, or has critical parts that are not applied here", "签名自带有效期，或含有此处不处理的关键字段");
        }

        return subpackets.Created is not { } created ? Assessment.Malformed("the signature names no time", "签名没有时间")
            : Assessment.IsInFuture(created, timeProvider) ? Assessment.Malformed("the signature claims to be made in the future", "签名时间在未来")
            : null;
    }

    private static Judgement Judge(TrustedKey committer, PgpSigningKey key, PgpSignature signature, ReadOnlySpan<byte> payload)
    {
        var signedAt = signature.Subpackets.Created!.Value;
        return RefuseKey(key, signature, payload) ?? Assessment.Judge(committer, signedAt) with { SignedAt = signedAt };
    }

    /// <summary>What the certificate itself has against the signature, or null.</summary>
    /// <param name="at">When the key must count besides the time that the signature names.</param>
    private static Judgement? RefuseKey(PgpSigningKey key, PgpSignature signature, ReadOnlySpan<byte> payload, DateTimeOffset? at = null)
    {
        var signedAt = signature.Subpackets.Created!.Value;
        if (key.Key.IsDiscreteLogarithm)
        {
            return Assessment.Weak("DSA and ElGamal keys are too weak", "DSA 和 ElGamal 密钥强度不足");
        }

        if (key.IsWeak)
        {
            return Assessment.Weak("the key is weaker than RSA 2048, or held only by signatures weaker than SHA-256", "密钥弱于 RSA 2048，或其自签名弱于 SHA-256");
        }

        if (!key.Key.CanVerify)
        {
            return Assessment.Unsupported("the key's algorithm is not RSA, ECDSA or Ed25519", "密钥算法不是 RSA、ECDSA 或 Ed25519");
        }

        if (!signature.Verifies(key.Key, payload))
        {
            return Assessment.Malformed("the signature does not match the object", "签名与对象不符") with { SignedAt = signedAt };
        }

        var result = key switch
        {
            { IsBound: false } => Assessment.Unsupported("no valid self-signature binds the key to its certificate", "密钥与其证书之间没有有效的自签名绑定"),
            { MaySign: false } => Assessment.Unsupported("the key's flags do not allow signing", "密钥用途不允许签名"),
            _ when key.IsRevokedAt(signedAt) => Assessment.Revoked(),
            _ when !key.IsAliveAt(signedAt) => Assessment.NotValidThen(),
            _ when at is { } time && key.IsRevokedAt(time) => Assessment.Revoked(),
            _ when at is { } time && !key.IsAliveAt(time) => Assessment.Expired(),
            _ => null,
        };
        return result is null ? null : result with { SignedAt = signedAt };
    }

    private PgpCertificate? Prepare(TrustedKey key) => prepared.GetValue(key, static key => Prepared.From(key)).Certificate;

    private sealed record Prepared(PgpCertificate? Certificate)
    {
        // A trusted key that is malformed, or of another fingerprint than it says, matches nothing: its signatures are of an unknown key.
        public static Prepared From(TrustedKey key)
        {
            try
            {
                var certificate = PgpCertificate.Parse(key.PublicKey);
                return new Prepared(certificate.Fingerprint == key.Id ? certificate : null);
            }
            catch (FormatException)
            {
                return new Prepared(Certificate: null);
            }
        }
    }
}
