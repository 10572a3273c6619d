using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Sigstore;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Sigstore;

public sealed class ConformanceTests
{
    [Test]
    public void Cases()
    {
        foreach (var c in Conformance.Require())
        {
            string answer;
            try
            {
                var root = TrustedRoot.Parse(c.TrustedRoot is null ? Encoding.UTF8.GetBytes(Conformance.PublicGoodRoot()) : File.ReadAllBytes(c.TrustedRoot));
                var verifier = new SigstoreVerifier(root, new SignatureVerifier(), new TimestampTokens(), TimeProvider.System);
                ExpectedSigner signer = c.Key is null ? new ExpectedSigner.Identity(c.Identity, c.Issuer) : ExpectedSigner.Key.TryReadPem(File.ReadAllText(c.Key))!;
                var a = verifier.Verify(File.ReadAllBytes(c.Bundle), new(signer, SignedArtifact.Of(File.ReadAllBytes(c.Artifact))), "b");
                answer = a.Verdict + " " + string.Join(" | ", a.Findings.Select(f => f.Diagnostic.Code + " " + f.What.En));
            }
            catch (Exception e) { answer = "THROWS " + e.GetType().Name + e.Message; }
            var right = c.MustFail != answer.StartsWith("Pass", StringComparison.Ordinal);
            TestContext.Out.WriteLine($"{(right ? "ok  " : "BAD ")} {c.Name}: {answer}");
        }
    }
}
