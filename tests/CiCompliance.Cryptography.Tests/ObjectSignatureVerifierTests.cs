using CiCompliance.Diagnostics;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests;

public sealed class ObjectSignatureVerifierTests
{
    [TestCase(SignatureFormat.Unknown)]
    [TestCase(SignatureFormat.None)]
    public void Verify_WhenFormatIsAnother_IsUnsupported(SignatureFormat format)
    {
        var assessment = new ObjectSignatureVerifier().Verify(format, "-----BEGIN SSH SIGNATURE-----\n"u8, "tree"u8, []);
        assessment.Verdict.ShouldBe(Verdict.Fail);
        assessment.Diagnostic.ShouldBe(SourceDiagnostics.UnsupportedSignature);
    }
}
