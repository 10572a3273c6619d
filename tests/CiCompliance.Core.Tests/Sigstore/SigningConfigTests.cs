using System.Text;
using System.Text.Json;
using CiCompliance.Sigstore;

namespace CiCompliance.Core.Tests.Sigstore;

public sealed class SigningConfigTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SigningService[] Services =
    [
        Service("https://a1", 1, "a"), Service("https://a2-old", 2, "a", startDay: 1), Service("https://a2", 2, "a", startDay: 2),
        Service("https://b1", 1, "b"), Service("https://c2", 2, "c"), Service("https://d3", 3, "d"),
        Service("https://e2-ended", 2, "e") with { ValidFor = new(Now.AddDays(-9), Now.AddDays(-1)) },
        Service("https://f2-later", 2, "f") with { ValidFor = new(Now.AddDays(1), null) },
    ];

    [Test]
    public void Select_OfAll_TakesTheBestOfEachOperator() =>
        Urls(ServiceSelector.All, 0, 1, 2).ShouldBe(["https://a2", "https://c2", "https://b1"]);

    [Test]
    public void Select_OfAny_TakesTheNewestApi()
    {
        Urls(ServiceSelector.Any, 0, 1, 2).ShouldBe(["https://a2"]);
        Urls(ServiceSelector.Any, 0, 1).ShouldBe(["https://a1"]);
    }

    [Test]
    public void Select_OfExact_TakesSoManyOrNone()
    {
        Urls(ServiceSelector.Exact, 2, 1, 2).ShouldBe(["https://a2", "https://c2"]);
        Should.Throw<InvalidOperationException>(() => Urls(ServiceSelector.Exact, 4, 1, 2)).Message.ShouldContain("4 services");
    }

    [Test]
    public void Select_WhenNoneCanBeUsed_Throws([Values(ServiceSelector.Any, ServiceSelector.All)] ServiceSelector selector) =>
        Should.Throw<InvalidOperationException>(() => Urls(selector, 0, 9));

    [Test]
    public void Select_WhenNothingIsSaid_TakesNone() => Urls(ServiceSelector.Undefined, 0, 1, 2).ShouldBeEmpty();

    [Test]
    public void Select_AtTheEndsOfAWindow_TakesIt()
    {
        var service = Service("https://a", 1, "a") with { ValidFor = new(Now, Now) };

        new ServiceSelection(ServiceSelector.Any, 0).Select([service], [1], Now).ShouldHaveSingleItem();
    }

    [Test]
    public void Parse_OfAWholeConfig_ReadsEveryPart()
    {
        var config = SigningConfig.Parse(Encoding.UTF8.GetBytes("""
            {"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json",
             "caUrls":[{"url":"https://fulcio","majorApiVersion":1,"validFor":{"start":"2022-04-14T21:38:40Z"},"operator":"sigstore.dev"}],
             "oidcUrls":[{"url":"https://oauth2","majorApiVersion":1,"validFor":{"start":"2025-04-16T00:00:00Z"},"operator":"sigstore.dev"}],
             "rekorTlogUrls":[{"url":"https://rekor","majorApiVersion":1,"validFor":{"start":"2021-01-12T11:53:27Z","end":"2026-12-31T00:00:00Z"},"operator":"sigstore.dev"}],
             "tsaUrls":[{"url":"https://tsa","majorApiVersion":1,"validFor":{"start":"2025-04-09T00:00:00Z"},"operator":"sigstore.dev"}],
             "rekorTlogConfig":{"selector":"ANY"},"tsaConfig":{"selector":3,"count":1}}
            """));

        config.CertificateAuthorities.ShouldHaveSingleItem().Operator.ShouldBe("sigstore.dev");
        config.IdentityProviders.ShouldHaveSingleItem().Url.ShouldBe("https://oauth2");
        config.SelectLogs([1], Now).ShouldHaveSingleItem().Url.ShouldBe("https://rekor");
        config.TimestampSelection.ShouldBe(new ServiceSelection(ServiceSelector.Exact, 1));
        config.SelectTimestampAuthorities([1], Now).ShouldHaveSingleItem().Url.ShouldBe("https://tsa");
    }

    [TestCase("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.1+json"}""")]
    [TestCase("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","x":1}""")]
    [TestCase("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{"selector":"SOME"}}""")]
    [TestCase("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{"selector":"EXACT"}}""")]
    [TestCase("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{"selector":"EXACT","count":65}}""")]
    [TestCase("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogUrls":[{"url":"file:///x","majorApiVersion":1,"validFor":{"start":"2024-01-01T00:00:00Z"}}]}""")]
    [TestCase("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogUrls":[{"url":"https://x","majorApiVersion":1}]}""")]
    [TestCase("""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogUrls":[{"url":"https://x","majorApiVersion":1,"validFor":{}}]}""")]
    public void Parse_OfWhatIsNoConfig_Refuses(string json) => Should.Throw<JsonException>(() => SigningConfig.Parse(Encoding.UTF8.GetBytes(json)));

    [Test]
    public void Parse_PastTheBound_Refuses() => Should.Throw<JsonException>(() => SigningConfig.Parse(new byte[SigningConfig.MaxBytes + 1]));

    private static List<string> Urls(ServiceSelector selector, int count, params int[] supported) =>
        [.. new ServiceSelection(selector, count).Select(Services, supported, Now).Select(service => service.Url)];

    private static SigningService Service(string url, int version, string operatorName, int startDay = 1) =>
        new(url, version, new(new DateTimeOffset(2025, 1, startDay, 0, 0, 0, TimeSpan.Zero), null), operatorName);
}
