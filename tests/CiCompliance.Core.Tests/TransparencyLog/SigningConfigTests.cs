using System.Text;
using System.Text.Json;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

public sealed class SigningConfigTests
{
    private const string Head = "{\"mediaType\":\"" + SigningConfig.MediaType + "\"";

    private static readonly DateTimeOffset Now = new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero);
    private static readonly ServiceChoice Any = new(ServiceSelector.Any, 0);

    [TestCase("sc-v1.json", 1)]
    [TestCase("sc-v2.json", 2)]
    public void Parse_OfCosigns_GivesItsLog(string name, int version)
    {
        var config = SigningConfig.Parse(TestVectors.Read("sigstore", "trust", name));

        SigningConfig.Select(config.Logs, config.LogChoice, [1, 2], Now).ShouldHaveSingleItem().Version.ShouldBe(version);
    }

    [Test]
    public void Select_WhenThereIsNoLog_Refuses()
    {
        var config = SigningConfig.Parse(TestVectors.Read("sigstore", "trust", "sc-empty.json"));

        Should.Throw<FormatException>(() => SigningConfig.Select(config.Logs, config.LogChoice, [1, 2], Now));
    }

    [TestCase("{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.1+json\"}")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase(Head + ",\"more\":1}")]
    [TestCase(Head + ",\"rekorTlogUrls\":[{\"url\":\"\",\"majorApiVersion\":1,\"validFor\":{\"start\":\"2024-01-01T00:00:00Z\"}}]}")]
    [TestCase(Head + ",\"rekorTlogUrls\":[{\"url\":\"https://a\",\"majorApiVersion\":0,\"validFor\":{\"start\":\"2024-01-01T00:00:00Z\"}}]}")]
    [TestCase(Head + ",\"rekorTlogUrls\":[{\"url\":\"https://a\",\"majorApiVersion\":1}]}")]
    [TestCase(Head + ",\"rekorTlogUrls\":[{\"url\":\"https://a\",\"majorApiVersion\":1,\"validFor\":{}}]}")]
    [TestCase(Head + ",\"rekorTlogConfig\":{\"selector\":\"SOME\"}}")]
    [TestCase(Head + ",\"rekorTlogConfig\":{\"selector\":\"EXACT\"}}")]
    [TestCase(Head + ",\"rekorTlogConfig\":{\"selector\":\"ANY\",\"count\":2}}")]
    [TestCase(Head + ",\"rekorTlogConfig\":{\"selector\":\"ANY\"},\"rekorTlogConfig\":{\"selector\":\"ALL\"}}")]
    public void Parse_WhenItIsNotSuchAConfig_Refuses(string json) =>
        Should.Throw<JsonException>(() => SigningConfig.Parse(Encoding.UTF8.GetBytes(json)));

    [Test]
    public void Select_TakesTheNewestVersionOfEachOperatorThatIsValidNow()
    {
        SigningService[] services =
        [
            new("https://a1", 1, new(Now.AddYears(-2), null), "a"),
            new("https://a2", 2, new(Now.AddDays(-1), null), "a"),
            new("https://a3", 3, new(Now.AddDays(-1), null), "a"),
            new("https://a-next", 2, new(Now.AddDays(1), null), "a"),
            new("https://b-ended", 2, new(Now.AddYears(-2), Now.AddDays(-1)), "b"),
            new("https://b1", 1, new(Now.AddYears(-2), null), "b"),
        ];

        Urls(Any).ShouldBe(["https://a2"]);
        Urls(new(ServiceSelector.All, 0)).ShouldBe(["https://a2", "https://b1"]);
        Urls(new(ServiceSelector.Exact, 2)).ShouldBe(["https://a2", "https://b1"]);
        Should.Throw<FormatException>(() => Urls(new(ServiceSelector.Exact, 3)));
        Should.Throw<FormatException>(() => Urls(new(ServiceSelector.None, 0)));
        Should.Throw<FormatException>(() => SigningConfig.Select(services, Any, [4], Now));

        IEnumerable<string> Urls(ServiceChoice choice) => SigningConfig.Select(services, choice, [1, 2], Now).Select(service => service.Url);
    }
}
