using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Diagnostics;
using CiCompliance.Sigstore;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Sigstore;

public sealed class TrustedRootTests
{
    private static readonly string Good = File.ReadAllText(TestVectors.PathOf("sigstore", "trust", "tr-v2.json"));

    [TestCase("tr-v1")]
    [TestCase("tr-c2")]
    [TestCase("tr-v2")]
    [TestCase("tr-v2ec")]
    public void ToJson_OfARealRoot_SaysTheSame(string name)
    {
        var root = TrustedRoot.Parse(TestVectors.Read("sigstore", "trust", name + ".json"));

        var again = TrustedRoot.Parse(root.ToJson());
        again.ToJson().ShouldBe(root.ToJson());
        again.Logs[0].PublicKey.ShouldBe(root.Logs[0].PublicKey);
        again.Logs[0].ValidFor.ShouldBe(root.Logs[0].ValidFor);
    }

    [Test]
    public void Parse_OfAWholeRoot_ReadsEveryPart()
    {
        var root = TrustedRoot.Parse(Encoding.UTF8.GetBytes("""
            {"mediaType":"application/vnd.dev.sigstore.trustedroot.v0.2+json","tlogs":[],"ctlogs":null,
             "certificateAuthorities":[{"subject":{"organization":"o","commonName":"c"},"uri":"https://ca","operator":"x","validFor":{"start":"2021-03-07T03:20:29.000Z","end":"2022-12-31T23:59:59.999000Z"},
              "certChain":{"certificates":[{"rawBytes":"YQ=="},{"rawBytes":"Yg=="}]}}],
             "timestampAuthorities":[{"certChain":{"certificates":[{"rawBytes":"Yw=="}]},"validFor":{"start":"2025-07-04T00:00:00Z","end":null}}]}
            """));

        root.CertificateAuthorities.ShouldHaveSingleItem().Chain.Count.ShouldBe(2);
        root.CertificateAuthorities[0].ValidFor.End.ShouldBe(new DateTimeOffset(2022, 12, 31, 23, 59, 59, 999, TimeSpan.Zero));
        root.TimestampAuthorities.ShouldHaveSingleItem().ValidFor.End.ShouldBeNull();
    }

    [Test]
    public void Parse_OfALogThatSaysMore_ReadsIt()
    {
        var root = Changed(log =>
        {
            log["checkpointKeyId"] = new JsonObject { ["keyId"] = "AQIDBA==" };
            log["operator"] = "x";
        });

        root.Logs[0].Hint.ToArray().ShouldBe([1, 2, 3, 4]);
        root.Logs[0].Host.ShouldBe("rekor.local");
        Changed(log => log["baseUrl"] = "").Logs[0].Host.ShouldBeNull();
    }

    [Test]
    public void Parse_OfWhatIsNoRoot_Refuses()
    {
        foreach (var changed in new Action<JsonNode>[]
        {
            log => log["publicKey"]!["validFor"] = new JsonObject(),
            log => log["publicKey"]!["validFor"]!["start"] = null,
            log => log["publicKey"]!["validFor"]!["start"] = "",
            log => log["publicKey"]!["validFor"]!["start"] = "2024-01-01T00:00:00+08:00",
            log => log["publicKey"]!["validFor"]!["start"] = "yesterday",
            log => log["publicKey"]!.AsObject().Remove("validFor"),
            log => log.AsObject().Remove("publicKey"),
            log => log.AsObject().Remove("logId"),
            log => log["logId"]!["keyId"] = "AQI=",
            log => log["hashAlgorithm"] = "SHA2_512",
            log => log["hashAlgorithm"] = "SHA9",
            log => log["hashAlgorithm"] = "HASH_ALGORITHM_UNSPECIFIED",
            log => log["hashAlgorithm"] = "",
            log => log["hashAlgorithm"] = null,
            log => log["hashAlgorithm"] = 0,
            log => log["hashAlgorithm"] = 2,
            log => log.AsObject().Remove("hashAlgorithm"),
            log => log["x"] = 1,
        })
        {
            Should.Throw<JsonException>(() => Changed(changed));
            Should.Throw<JsonException>(() => Changed(changed, "ctlogs"));
        }

        foreach (var text in new[]
        {
            "{}", Good.Replace("version=0.1", "version=9", StringComparison.Ordinal), Good.Insert(1, "\"mediaType\":\"x\","),
            """{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","certificateAuthorities":[{"validFor":{"start":"2024-01-01T00:00:00Z"}}]}""",
            Authority("certificateAuthorities", """{"end":"2024-01-01T00:00:00Z"}"""), Authority("certificateAuthorities", "{}"), Authority("certificateAuthorities", "null"),
            Authority("timestampAuthorities", """{"end":"2024-01-01T00:00:00Z"}"""), Authority("timestampAuthorities", "{}"), Authority("timestampAuthorities", "null"),
        })
        {
            Should.Throw<JsonException>(() => TrustedRoot.Parse(Encoding.UTF8.GetBytes(text)), text);
        }

        TrustedRoot.Parse(Encoding.UTF8.GetBytes(Authority("timestampAuthorities", """{"start":"2024-01-01T00:00:00Z"}"""))).TimestampAuthorities.ShouldHaveSingleItem();
        Should.Throw<JsonException>(() => TrustedRoot.Parse(new byte[TrustedRoot.MaxBytes + 1])).Message.ShouldContain("larger");
        Should.Throw<CiComplianceException>(() => TrustedRoot.Parse("{}"u8, "root.json")).Diagnostic.Code.ShouldBe("CIC2119");
    }

    [Test]
    public void Contains_OfAWindow_TakesBothEndsIn()
    {
        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var window = new ValidityWindow(start, start.AddDays(1));

        window.Contains(start).ShouldBeTrue();
        window.Contains(start.AddDays(1)).ShouldBeTrue();
        window.Contains(start.AddTicks(-1)).ShouldBeFalse();
        window.Contains(start.AddDays(1).AddTicks(1)).ShouldBeFalse();
        (window with { End = null }).Contains(DateTimeOffset.MaxValue).ShouldBeTrue();
    }

    private static string Authority(string part, string window) =>
        $$"""{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","{{part}}":[{"certChain":{"certificates":[{"rawBytes":"YQ=="}]},"validFor":{{window}}}]}""";

    private static TrustedRoot Changed(Action<JsonNode> change, string part = "tlogs")
    {
        var node = JsonNode.Parse(Good)!;
        node["ctlogs"] = node["tlogs"]!.DeepClone();
        change(node[part]![0]!);
        return TrustedRoot.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()));
    }
}
