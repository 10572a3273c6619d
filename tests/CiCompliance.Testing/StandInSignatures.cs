using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Testing;

/// <summary>Verifies what <see cref="GitRepositoryFixture.SignWithStandIn"/> made, with the names of the committers' keys as keys.</summary>
public sealed class StandInSignatures : IObjectSignatureVerifier
{
    public static TrustedKey Key(string name, params string[] repositories) =>
        new(name, name, KeyRole.Committer, KeyAlgorithm.OpenPgp, [1], repositories);

    public SignatureAssessment Verify(ObjectSignature signature, IReadOnlyList<TrustedKey> committers)
    {
        var lines = Encoding.UTF8.GetString(signature.Armour.Span).Split('\n');
        var words = lines is ["-----BEGIN PGP SIGNATURE-----", "", var body, "-----END PGP SIGNATURE-----", ""] ? body.Split(' ') : [];
        var (diagnostic, key) = words is not [var name, var digest] ? (SourceDiagnostics.BadSignature, null)
            : committers.FirstOrDefault(key => key.Id == name) is not { } found ? (SourceDiagnostics.UnknownKey, name)
            : digest == GitRepositoryFixture.StandInDigest(name, signature.Payload.Span) ? (null, found.Id)
            : (SourceDiagnostics.BadSignature, name);
        return new SignatureAssessment(diagnostic is null ? Verdict.Pass : Verdict.Fail, diagnostic, key is null ? [] : [new ObjectSigner(key, signature.ClaimedAt)],
            new(diagnostic?.Title ?? "signed", diagnostic?.Title ?? "已签名"));
    }
}
