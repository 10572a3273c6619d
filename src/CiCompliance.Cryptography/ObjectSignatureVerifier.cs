using CiCompliance.Cryptography.Cms;
using CiCompliance.Cryptography.OpenPgp;
using CiCompliance.Cryptography.Ssh;
using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Cryptography;

/// <summary>
/// OpenPGP (RSA from 2048 bits, ECDSA P-256/384/521, Ed25519; SHA-256 and up), SSH (the same keys, and those in authenticators) and CMS signatures
/// (SM2, RSA, ECDSA) of git objects. Thread safe: keep one for a whole range, since it remembers each trusted key's parsed form.
/// </summary>
/// <param name="timeProvider">Only refuses signatures from the future, and stands in where a CMS signature names no time.</param>
public sealed class ObjectSignatureVerifier(TimeProvider timeProvider) : IObjectSignatureVerifier
{
    private readonly OpenPgpVerifier openPgp = new(timeProvider);
    private readonly CmsVerifier cms = new(timeProvider);
    private readonly SshVerifier ssh = new(timeProvider);

    public ObjectSignatureVerifier()
        : this(TimeProvider.System)
    {
    }

    public SignatureAssessment Verify(ObjectSignature signature, IReadOnlyList<TrustedKey> committers) => Assessment.Combine(signature.Format switch
    {
        SignatureFormat.OpenPgp => openPgp.Verify(signature.Armour.Span, signature.Payload.Span, committers),
        SignatureFormat.Cms => cms.Verify(signature.Armour.Span, signature.Payload.Span, committers),
        SignatureFormat.Ssh => [ssh.Verify(signature, committers)],
        _ => [Assessment.Unsupported("the signature is of an unknown format", "签名格式未知")],
    });
}
