using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Sigstore;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Sigstore;

/// <summary>Every bundle case of sigstore/sigstore-conformance, each for its reason; by file and by digest.</summary>
public sealed class ConformanceTests
{
    /// <summary>Why each bad case must be refused; the first finding.</summary>
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["bundle-empty-certificate-chain_fail"] = "CIC2100",
        ["bundle-from-wrong-instance_fail"] = "CIC2106",
        ["bundle-invalid-base64-signature_fail"] = "CIC2100",
        ["bundle-malformed-json_fail"] = "CIC2100",
        ["bundle-negative-log-index_fail"] = "CIC2100",
        ["bundle-unknown-version_fail"] = "CIC2101",
        ["bundle-with-root-cert_fail"] = "CIC2112",
        ["checkpoint-bad-keyhint_fail"] = "CIC2111",
        ["checkpoint-wrong-roothash_fail"] = "CIC2111",
        ["dsse-invalid-sig_fail"] = "CIC2103",
        ["dsse-mismatch-envelope_fail"] = "CIC2107",
        ["dsse-mismatch-sig_fail"] = "CIC2107",
        ["inclusion-proof-corrupted-hash_fail"] = "CIC2110",
        ["incorrect-public-key_fail"] = "CIC2107",
        ["integrated-time-in-future_fail"] = "CIC2117",
        ["intoto-expired-certificate_fail"] = "CIC2117",
        ["intoto-log-entry-mismatch_fail"] = "CIC2107",
        ["intoto-missing-inclusion-proof_fail"] = "CIC2110",
        ["intoto-set-outside-signing-cert-validity_fail"] = "CIC2117",
        ["intoto-tsa-timestamp-outside-cert-validity_fail"] = "CIC2117",
        ["invalid-checkpoint-signature_fail"] = "CIC2111",
        ["invalid-ct-key_fail"] = "CIC2114",
        ["invalid-inclusion-proof_fail"] = "CIC2110",
        ["managed-key-no-key_fail"] = "CIC2102",
        ["managed-key-wrong-key_fail"] = "no key",
        ["message-digest-mismatch_fail"] = "CIC2104",
        ["rekor2-checkpoint-missing-log-signature_fail"] = "CIC2111",
        ["rekor2-checkpoint-missing-origin_fail"] = "CIC2111",
        ["rekor2-checkpoint-missing-root-hash_fail"] = "CIC2111",
        ["rekor2-checkpoint-missing-size_fail"] = "CIC2111",
        ["rekor2-checkpoint-no-matching-signature_fail"] = "CIC2111",
        ["rekor2-dsse-invalid-sig_fail"] = "CIC2103",
        ["rekor2-dsse-mismatch-envelope_fail"] = "CIC2107",
        ["rekor2-dsse-mismatch-sig_fail"] = "CIC2107",
        ["rekor2-no-inclusion-proof_fail"] = "CIC2110",
        ["rekor2-no-timestamp_fail"] = "CIC2109",
        ["rekor2-timestamp-outside-trust-root-tsa-validity_fail"] = "CIC2115",
        ["rekor2-timestamp-outside-tsa-cert-validity_fail"] = "CIC2115",
        ["rekor2-timestamp-payload-mismatch_fail"] = "CIC2115",
        ["rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail"] = "CIC2115",
        ["rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail"] = "CIC2115",
        ["rekor2-timestamp-with-incorrect-time_fail"] = "CIC2117",
        ["set-invalid-signature_fail"] = "CIC2108",
        ["signature-mismatch_fail"] = "CIC2103",
        ["trust-root-tlog-missing-validity-start_fail"] = "CIC2119",
        ["wrong-hashedrekord-artifact_fail"] = "CIC2107",
        ["wrong-hashedrekord-cert-and-sig_fail"] = "CIC2107",
        ["wrong-hashedrekord-entry_fail"] = "CIC2107",
        ["wrong-material_fail"] = "CIC2103",
    };

    [Test]
    public void Verify_OfEachCase_IsWhatTheCaseSays([Values] bool byDigest)
    {
        var cases = Conformance.Require();
        cases.Count.ShouldBeGreaterThanOrEqualTo(68);

        foreach (var item in cases)
        {
            var expected = item.MustFail ? Reasons.GetValueOrDefault(item.Name, "(a case that is new here)") : "pass";
            AnswerOf(item, byDigest).ShouldBe(expected, item.Name);
        }
    }

    private static string AnswerOf(Conformance.Case item, bool byDigest)
    {
        ExpectedSigner? signer = item.Key is null ? new ExpectedSigner.Identity(item.Identity, item.Issuer) : ExpectedSigner.Key.TryReadPem(File.ReadAllText(item.Key));
        if (signer is null)
        {
            return "no key";
        }

        try
        {
            var root = TrustedRoot.Parse(item.TrustedRoot is null ? Encoding.UTF8.GetBytes(Conformance.PublicGoodRoot()) : File.ReadAllBytes(item.TrustedRoot), "root");
            var artifact = SignedArtifact.Of(File.ReadAllBytes(item.Artifact));
            var answer = new SigstoreVerifier(root, new SignatureVerifier(), new TimestampTokens(), TimeProvider.System).Verify(
                File.ReadAllBytes(item.Bundle), new(signer, byDigest ? new SignedArtifact(artifact.Sha256) : artifact), item.Name);
            return answer.Verdict == Verdict.Pass ? "pass" : answer.Findings[0].Diagnostic.Code;
        }
        catch (CiComplianceException e)
        {
            return e.Diagnostic.Code;
        }
    }
}
