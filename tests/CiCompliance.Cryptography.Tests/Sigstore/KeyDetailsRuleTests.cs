using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Sigstore;
using CiCompliance.Testing.Sigstore;

namespace CiCompliance.Cryptography.Tests.Sigstore;

/// <summary>What a trusted root's <c>keyDetails</c> says of a log's key.</summary>
public sealed class KeyDetailsRuleTests : BundleRules
{
    private readonly IssuedCertificate signer = World.Issue();

    [TestCase("PKIX_ECDSA_P256_SHA_256")]
    [TestCase(5)]
    public void Verify_WhenTheRootSaysWhatTheKeyIs_Passes(object details) => ShouldPass(Verify(Bundle(), Root("tlogs", 0, Value(details))));

    [TestCase("PKIX_ECDSA_P384_SHA_384")]
    [TestCase("PKIX_ECDSA_P384_SHA_256")]
    [TestCase("PKIX_RSA_PKCS1V15_2048_SHA256")]
    [TestCase("PKIX_RSA_PKCS1V5")]
    [TestCase("PKIX_ED25519")]
    [TestCase("PKIX_ECDSA_P256_HMAC_SHA_256")]
    [TestCase("PKIX_SOMETHING_NEW")]
    [TestCase("PUBLIC_KEY_DETAILS_UNSPECIFIED")]
    [TestCase("")]
    [TestCase(7)]
    [TestCase(null)]
    public void Verify_WhenTheRootSaysSomethingElse_IsRefused(object? details)
    {
        ShouldBeRefused(Verify(Bundle(), Root("tlogs", 0, Value(details))), "CIC2106");
        // Where it isn't used the rest of the root counts.
        ShouldPass(Verify(Bundle(), Root("tlogs", 1, Value(details is "PKIX_ED25519" or 7 ? "PKIX_SOMETHING_NEW" : details))));
    }

    [TestCase("PKIX_ECDSA_P384_SHA_384")]
    [TestCase(null)]
    public void Verify_WhenItIsACertificateLogs_IsRefused(object? details) =>
        VerifyCodes(Root("ctlogs", 0, Value(details))).ShouldBe(["CIC2114"]);

    private Bundle Bundle() => World.SignV1(signer, TestSigstore.Message(signer.Key));

    private IEnumerable<string> VerifyCodes(TrustedRoot root) => Verify(Bundle(), root).Findings.Select(finding => finding.Diagnostic.Code);

    private static JsonValue? Value(object? details) => details switch { int number => JsonValue.Create(number), string text => JsonValue.Create(text), _ => null };

    private static TrustedRoot Root(string part, int index, JsonNode? details)
    {
        var root = JsonNode.Parse(World.Root.ToJson())!;
        root[part]![index]!["publicKey"]!["keyDetails"] = details;
        return TrustedRoot.Parse(Encoding.UTF8.GetBytes(root.ToJsonString()));
    }
}
