using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Json;
using CiCompliance.Sigstore;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Sigstore;

public sealed class BundleFormTests
{
    private static readonly string Good = Encoding.UTF8.GetString(SigstoreVectors.Bundle("t3.bundle"));

    [TestCase("t3.bundle")]
    [TestCase("c3v1.bundle")]
    [TestCase("real.bundle")]
    [TestCase("att.c2new.bundle")]
    [TestCase("att.c3v1.bundle")]
    [TestCase("app.v2.bundle")]
    [TestCase("app.v2p.bundle")]
    [TestCase("att.v2.bundle")]
    [TestCase("app.c3.bundle")]
    public void ToJson_OfARealBundle_SaysTheSame(string name)
    {
        var bundle = Bundle.Parse(SigstoreVectors.Bundle(name));

        // Real tools differ in what they write of zero values: written and read again it is the same.
        Bundle.Parse(bundle.ToJson()).ToJson().ShouldBe(bundle.ToJson());
        CanonicalJson.IsCanonical(bundle.ToJson()).ShouldBeTrue();
    }

    [Test]
    public void Parse_OfTheOtherFormsOfProtojson_ReadsTheSame()
    {
        var same = Bundle.Parse(Encoding.UTF8.GetBytes(Good)).ToJson();
        foreach (var changed in new Action<JsonNode>[]
        {
            bundle => Entry(bundle)["logIndex"] = 2,
            bundle => Rename(Entry(bundle), "logIndex", "log_index"),
            bundle => Rename(bundle, "verificationMaterial", "verification_material"),
            bundle => bundle["verificationMaterial"]!["certificate"] = null,
            bundle => bundle["verificationMaterial"]!["timestampVerificationData"] = new JsonObject { ["rfc3161Timestamps"] = null },
            bundle => bundle["messageSignature"]!["messageDigest"]!["algorithm"] = 1,
            bundle => Text(Message(bundle), "signature", text => text.Replace('+', '-').Replace('/', '_').TrimEnd('=')),
            bundle => Text(Message(bundle), "signature", text => text.Insert(20, "\n") + "\r\n"),
            bundle => bundle["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.3",
        })
        {
            var node = JsonNode.Parse(Good)!;
            changed(node);
            Bundle.Parse(Encoding.UTF8.GetBytes(node.ToJsonString())).ToJson().ShouldBe(same);
        }
    }

    [Test]
    public void Parse_OfWhatIsNoBundle_Refuses()
    {
        foreach (var changed in new Action<JsonNode>[]
        {
            bundle => bundle["x"] = 1,
            bundle => Entry(bundle)["x"] = null,
            bundle => Entry(bundle)["log_index"] = "2",
            bundle => Entry(bundle)["logIndex"] = "-1",
            bundle => Entry(bundle)["logIndex"] = 1.5,
            bundle => Entry(bundle)["logIndex"] = "1e3",
            bundle => Entry(bundle)["logIndex"] = " 2",
            bundle => Entry(bundle)["logIndex"] = "9223372036854775808",
            bundle => Entry(bundle)["logIndex"] = true,
            bundle => Entry(bundle).AsObject().Remove("kindVersion"),
            bundle => Entry(bundle)["logId"] = new JsonObject(),
            bundle => Entry(bundle)["canonicalizedBody"] = "",
            bundle => Entry(bundle)["canonicalizedBody"] = "a",
            bundle => Entry(bundle)["canonicalizedBody"] = "YWI=!",
            bundle => Entry(bundle)["canonicalizedBody"] = "YWJ=",
            bundle => bundle.AsObject().Remove("messageSignature"),
            bundle => bundle.AsObject().Remove("mediaType"),
            bundle => bundle["dsseEnvelope"] = new JsonObject { ["payload"] = "", ["payloadType"] = "x", ["signatures"] = new JsonArray(new JsonObject { ["sig"] = "YQ==" }) },
            bundle => bundle["messageSignature"]!["messageDigest"]!["algorithm"] = 99,
            bundle => bundle["verificationMaterial"]!.AsObject().Remove("publicKey"),
            bundle => bundle["verificationMaterial"]!["certificate"] = new JsonObject { ["rawBytes"] = "YQ==" },
            bundle => bundle["verificationMaterial"]!["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray() },
            bundle => bundle["verificationMaterial"]!["tlogEntries"] = new JsonObject(),
            bundle => bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray((JsonNode?)null),
        })
        {
            var node = JsonNode.Parse(Good)!;
            changed(node);
            var text = node.ToJsonString();
            Should.Throw<JsonException>(() => Bundle.Parse(Encoding.UTF8.GetBytes(text)), text);
        }

        foreach (var text in new[] { "", "[]", "null", "{", "\"x\"", Good + "{}", Good.Replace("\"mediaType\"", "\"media\\ud800Type\"", StringComparison.Ordinal), Good.Insert(1, "\"mediaType\":\"x\",") })
        {
            Should.Throw<JsonException>(() => Bundle.Parse(Encoding.UTF8.GetBytes(text)), text);
        }
    }

    [TestCase("application/vnd.dev.sigstore.bundle+json;version=0.4")]
    [TestCase("application/vnd.dev.sigstore.bundle.v0.2+json")]
    [TestCase("application/json")]
    public void Parse_OfAnotherVersion_SaysSo(string mediaType)
    {
        var node = JsonNode.Parse(Good)!;
        node["mediaType"] = mediaType;

        Should.Throw<UnsupportedBundleException>(() => Bundle.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()))).Form.ShouldBe(mediaType);
    }

    [Test]
    public void Parse_PastABound_Refuses()
    {
        var large = Convert.ToBase64String(new byte[(64 << 10) + 1]);
        foreach (var changed in new Action<JsonNode>[]
        {
            bundle => Repeat(bundle["verificationMaterial"]!, "tlogEntries", Bundle.MaxEntries + 1, Entry(bundle)),
            bundle => Timestamps(bundle, Bundle.MaxTimestamps + 1, "YQ=="),
            bundle => Timestamps(bundle, 1, large),
            bundle => Certificates(bundle, Bundle.MaxCertificates + 1, "YQ=="),
            bundle => Certificates(bundle, 1, large),
            bundle => Repeat(Entry(bundle)["inclusionProof"]!, "hashes", 64, Entry(bundle)["inclusionProof"]!["hashes"]![0]!),
            bundle => bundle["x"] = Deep(40),
        })
        {
            var node = JsonNode.Parse(Good)!;
            changed(node);
            var json = Encoding.UTF8.GetBytes(node.ToJsonString(new JsonSerializerOptions { MaxDepth = 64 }));
            Should.Throw<JsonException>(() => Bundle.Parse(json));
        }

        Should.Throw<JsonException>(() => Bundle.Parse(new byte[Bundle.MaxBytes + 1])).Message.ShouldContain("larger");
        // Deep enough to end a recursive reader's stack.
        Should.Throw<JsonException>(() => Bundle.Parse(Encoding.UTF8.GetBytes(new string('[', 1 << 20))));

        var within = JsonNode.Parse(Good)!;
        Repeat(within["verificationMaterial"]!, "tlogEntries", Bundle.MaxEntries, Entry(within));
        Bundle.Parse(Encoding.UTF8.GetBytes(within.ToJsonString())).Entries.Count.ShouldBe(Bundle.MaxEntries);
    }

    private static JsonNode Entry(JsonNode bundle) => bundle["verificationMaterial"]!["tlogEntries"]![0]!;

    private static JsonNode Message(JsonNode bundle) => bundle["messageSignature"]!;

    private static void Timestamps(JsonNode bundle, int count, string value)
    {
        var data = new JsonObject();
        bundle["verificationMaterial"]!["timestampVerificationData"] = data;
        Repeat(data, "rfc3161Timestamps", count, new JsonObject { ["signedTimestamp"] = value });
    }

    private static void Certificates(JsonNode bundle, int count, string value)
    {
        bundle["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2";
        bundle["verificationMaterial"]!.AsObject().Remove("publicKey");
        var chain = new JsonObject();
        bundle["verificationMaterial"]!["x509CertificateChain"] = chain;
        Repeat(chain, "certificates", count, new JsonObject { ["rawBytes"] = value });
    }

    private static void Repeat(JsonNode parent, string name, int count, JsonNode item) =>
        parent[name] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => item.DeepClone())]);

    private static void Rename(JsonNode parent, string from, string to)
    {
        var value = parent[from]!.DeepClone();
        parent.AsObject().Remove(from);
        parent[to] = value;
    }

    private static void Text(JsonNode parent, string name, Func<string, string> change) => parent[name] = change(parent[name]!.GetValue<string>());

    private static JsonNode Deep(int levels) => levels == 0 ? JsonValue.Create(1)! : new JsonArray(Deep(levels - 1));
}
