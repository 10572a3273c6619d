using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Digests;
using CiCompliance.Go;
using CiCompliance.Json;
using CiCompliance.Sbom;
using NJsonSchema;

namespace CiCompliance.Core.Tests.Sbom;

public sealed class CycloneDxWriterTests
{
    private static readonly DigestSet Binary = new(new string('1', 64), new string('2', 64));
    private static readonly DateTimeOffset Time = new(2026, 11, 22, 20, 0, 0, TimeSpan.FromHours(8));
    private static readonly GoBuildInfo Info = new(
        "go1.23.5 X:boringcrypto",
        "example.com/App/cmd/app",
        new BuildInfoModule("example.com/App", "(devel)", ""),
        [
            new BuildInfoModule("github.com/docker/docker", "v20.10.7+incompatible", "h1:a="),
            new BuildInfoModule("github.com/BurntSushi/toml", "v1.0.0", "h1:b=", new BuildInfoModule("example.com/fork/toml", "v1.0.1", "h1:c=")),
            new BuildInfoModule("example.com/local", "v0.0.0", "", new BuildInfoModule("./local", "", "")),
        ],
        [new BuildSetting("CGO_ENABLED", "0")]);

    [Test]
    public async Task Write_WhenReadByTheSchema_IsCycloneDx16()
    {
        var schema = await JsonSchema.FromFileAsync(TestVectors.PathOf("oscal", "schemas", "bom-1.6.schema.json"));

        schema.Validate(Encoding.UTF8.GetString(Write())).ShouldBeEmpty();
        schema.Validate(Encoding.UTF8.GetString(Write()).Replace("\"CycloneDX\"", "\"Other\"", StringComparison.Ordinal)).ShouldNotBeEmpty();
    }

    [Test]
    public void Write_WhenCalledAgain_GivesTheSameCanonicalBytes()
    {
        Write().ShouldBe(Write());
        CanonicalJson.IsCanonical(Write()).ShouldBeTrue();
    }

    [Test]
    public void Write_WhenTheBinaryIsAnother_TheSerialNumberIsAnother()
    {
        var other = CycloneDxWriter.Write(Info, Binary with { Sha256 = new string('3', 64) }, "app", Time);

        ((string?)JsonNode.Parse(other)!["serialNumber"]).ShouldNotBe((string?)Document()["serialNumber"]);
        CycloneDxWriter.SerialNumber(Binary).Version.ShouldBe(5);
        CycloneDxWriter.SerialNumber(Binary).Variant.ShouldBeInRange(8, 11);
    }

    [Test]
    public void Write_WhenModulesAreReplaced_NamesTheCodeThatIsInTheBinary()
    {
        var components = Document()["components"]!.AsArray();

        components.Select(node => (string?)node!["purl"]).ShouldBe(
            [null, "pkg:golang/example.com/fork/toml@v1.0.1", "pkg:golang/github.com/docker/docker@v20.10.7%2Bincompatible", "pkg:golang/stdlib@1.23.5"]);
        components[1]!["properties"]!.AsArray().Select(node => (string?)node!["value"]).ShouldBe(["h1:c=", "github.com/BurntSushi/toml@v1.0.0"]);
    }

    [Test]
    public void Write_WhenRead_BindsTheBinaryAndSaysWhatIsNotKnown()
    {
        var document = Document();
        var main = document["metadata"]!["component"]!;

        ((string?)document["metadata"]!["timestamp"]).ShouldBe("2026-11-22T12:00:00Z");
        ((string?)main["purl"]).ShouldBe("pkg:golang/example.com/app");
        ((string?)main["hashes"]![0]!["content"]).ShouldBe(Binary.Sha256);
        main["properties"]!.AsArray().ShouldContain(node => (string?)node!["name"] == "cicompliance:sm3" && (string?)node["value"] == Binary.Sm3);
        ((string?)document["compositions"]![1]!["aggregate"]).ShouldBe("incomplete");
        document["dependencies"]![0]!["dependsOn"]!.AsArray().Count.ShouldBe(4);
    }

    [TestCase("github.com/Masterminds/semver/v3", "v3.2.1", "pkg:golang/github.com/masterminds/semver/v3@v3.2.1")]
    [TestCase("example.com/a", "", "pkg:golang/example.com/a")]
    [TestCase("example.com/a", "(devel)", "pkg:golang/example.com/a")]
    [TestCase("example.com/a b", "v1?x#y@z", "pkg:golang/example.com/a%20b@v1%3Fx%23y%40z")]
    [TestCase("例.cn/a", "v1.0.0", "pkg:golang/%E4%BE%8B.cn/a@v1.0.0")]
    public void OfModule_WhenEncoded_FollowsThePurlSpecification(string path, string version, string expected) =>
        PackageUrl.OfModule(path, version).ShouldBe(expected);

    private static byte[] Write() => CycloneDxWriter.Write(Info, Binary, "app", Time);

    private static JsonNode Document() => JsonNode.Parse(Write())!;
}
