using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Json;
using CiCompliance.Sigstore;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Attestations;

public sealed class SigstoreBundleTests
{
    [TestCase("t3.bundle")]
    [TestCase("c3v1.bundle")]
    [TestCase("real.bundle")]
    [TestCase("att.real.bundle")]
    [TestCase("app.c3.bundle")]
    [TestCase("app.v2p.bundle")]
    public void ToJson_WritesWhatTheRealToolsWrote(string name)
    {
        var bytes = SigstoreVectors.Bundle(name);

        SigstoreBundle.Parse(bytes).ToJson().ShouldBe(CanonicalJson.Canonicalize(bytes));
    }

    public static IEnumerable<TestCaseData> Malformed()
    {
        yield return Change("a number for an int64", root => Entry(root)["logIndex"] = 7);
        yield return Change("a negative index", root => Entry(root)["logIndex"] = "-7");
        yield return Change("a padded index", root => Entry(root)["logIndex"] = "07");
        yield return Change("an index past int64", root => Entry(root)["logIndex"] = "9223372036854775808");
        yield return Change("no log id", root => Entry(root).Remove("logId"));
        yield return Change("URL base64", root => Entry(root)["logId"]!["keyId"] = "Ogk9pqo1M3_na3mXSkPRpb-7mXU0lHXuoOZUlWdMtfI=");
        yield return Change("base64 without padding", root => Entry(root)["logId"]!["keyId"] = "Ogk9pqo1M3/na3mXSkPRpb+7mXU0lHXuoOZUlWdMtfI");
        yield return Change("base64 with white space", root => Entry(root)["logId"]!["keyId"] = "Ogk9pqo1M3/na3mXSkPR pb+7mXU0lHXuoOZUlWdMtfI=");
        yield return Change("two entries", root => root["verificationMaterial"]!["tlogEntries"]!.AsArray().Add(Entry(root).DeepClone()));
        yield return Change("a null", root => root["verificationMaterial"]!["publicKey"] = null);
        yield return Change("no content", root => root.Remove("messageSignature"));
        yield return Change("both contents", root => root["dsseEnvelope"] = new JsonObject
        {
            ["payload"] = "",
            ["payloadType"] = "",
            ["signatures"] = new JsonArray(new JsonObject { ["sig"] = "" }),
        });
        yield return Change("another digest algorithm", root => root["messageSignature"]!["messageDigest"]!["algorithm"] = "SHA2_512");
        yield return Change("a short digest", root => root["messageSignature"]!["messageDigest"]!["digest"] = "AAAA");
        yield return Change("a keyid", root => root["messageSignature"]!["keyid"] = "x");
        yield return Change("a certificate", root => root["verificationMaterial"]!["certificate"] = new JsonObject());
        yield return Change("64 hashes", root => Entry(root)["inclusionProof"]!["hashes"] =
            new JsonArray([.. Enumerable.Repeat(0, 64).Select(_ => (JsonNode)Convert.ToBase64String(new byte[32]))]));
        yield return new TestCaseData(Text().Replace("\"mediaType\"", "\"mediaType\":\"x\",\"mediaType\"", StringComparison.Ordinal)).SetArgDisplayNames("a member twice");
        yield return new TestCaseData(Text() + "{}").SetArgDisplayNames("something after it");
        yield return new TestCaseData(Text()[..^1]).SetArgDisplayNames("its end cut off");
        yield return new TestCaseData("/**/" + Text()).SetArgDisplayNames("a comment");
        yield return new TestCaseData(new string('[', 100)).SetArgDisplayNames("a deep array");
        yield return new TestCaseData("").SetArgDisplayNames("nothing");
        yield return new TestCaseData("null").SetArgDisplayNames("null");
        yield return new TestCaseData("[]").SetArgDisplayNames("an array");
    }

    [TestCaseSource(nameof(Malformed))]
    public void Verify_WhenItHasAnotherForm_Fails(string json)
    {
        var assessment = new BundleVerifier(new EcdsaTestVerifier()).Verify(
            Encoding.UTF8.GetBytes(json), new BundleExpectation([SigstoreVectors.Signer], [SigstoreVectors.Log]), "b");

        assessment.Verdict.ShouldBe(Verdict.Fail);
        assessment.Findings.ShouldHaveSingleItem().Diagnostic.ShouldBe(BundleDiagnostics.Malformed);
    }

    [Test]
    public void Parse_WhenItIsHuge_RefusesUnread() =>
        Should.Throw<JsonException>(() => SigstoreBundle.Parse(new byte[SigstoreBundle.MaxBytes + 1])).Message.ShouldContain("larger");

    [Test]
    public void TrustedRoot_IsTheOneThatTheRealToolsTake() =>
        TrustedRoot.ForLog("rekor.local", SigstoreVectors.Log.PublicKey, new DateTimeOffset(2024, 1, 1, 8, 0, 0, TimeSpan.FromHours(8))).ToJson()
            .ShouldBe(CanonicalJson.Canonicalize(TestVectors.Read("sigstore", "trust", "tr-v1n.json")));

    private static string Text() => Encoding.UTF8.GetString(SigstoreVectors.Bundle("real2.bundle"));

    private static JsonObject Entry(JsonObject root) => root["verificationMaterial"]!["tlogEntries"]![0]!.AsObject();

    private static TestCaseData Change(string name, Action<JsonObject> change)
    {
        var root = JsonNode.Parse(Text())!.AsObject();
        change(root);
        return new TestCaseData(root.ToJsonString()).SetArgDisplayNames(name);
    }
}
