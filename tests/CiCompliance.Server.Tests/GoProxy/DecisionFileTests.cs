using System.Text.Json.Nodes;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Server.GoProxy;
using CiCompliance.Server.Hosting;
using CiCompliance.Server.Tests.Log;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

public sealed class DecisionFileTests
{
    private readonly SetClock clock = new();
    private TempDirectory directory = null!;
    private EventText events = null!;
    private DecisionFile decisions = null!;

    [SetUp]
    public void SetUp()
    {
        directory = new();
        events = new();
        decisions = new(directory.Combine("decisions.jsonl"), new ServerEvents(events, clock), new GoProxyMetrics(), clock);
    }

    [TearDown]
    public void TearDown()
    {
        decisions.Dispose();
        events.Dispose();
        directory.Dispose();
    }

    [Test]
    public void Refused_OfEverNewNames_IsWrittenSoOftenAMinuteAndThenCounted()
    {
        Refuse(GoProxyDiagnostics.Denied, 1000);
        Lines("refused").Count.ShouldBe(600);
        Lines("more").ShouldBeEmpty("the minute isn't over");

        clock.Now += TimeSpan.FromMinutes(1);
        Refuse(GoProxyDiagnostics.Denied, 1);
        Lines("refused").Count.ShouldBe(601);
        var more = Lines("more").ShouldHaveSingleItem();
        ((int)more["count"]!, (string?)more["of"]).ShouldBe((400, "refusals"));
        clock.Now += TimeSpan.FromMinutes(1);
        Refuse(GoProxyDiagnostics.Denied, 1);
        Lines("more").Count.ShouldBe(1, "each is told of once");
    }

    [Test]
    public async Task Alarm_AfterAFloodOfRefusals_IsWrittenAndHasABoundOfItsOwn()
    {
        Refuse(GoProxyDiagnostics.Denied, 1000);
        Refuse(GoProxyDiagnostics.InvalidHash, 700);
        Lines("refused").Count(line => (string?)line["code"] == "CIC7106").ShouldBe(600);
        events.ToString().Split("\"event\":\"alarm\"").Length.ShouldBe(601);

        clock.Now += TimeSpan.FromMinutes(1);
        await decisions.PassedAsync(new("example.com/a", "v1.0.0"), "zip", Stored);
        Lines("more").Select(line => ((string?)line["of"], (int)line["count"]!)).ShouldBe([("refusals", 400), ("alarms", 100)]);
        events.ToString().ShouldContain("\"event\":\"more\",\"of\":\"alarms\",\"count\":100");
    }

    [Test]
    public async Task Passed_HasNoBound()
    {
        Refuse(GoProxyDiagnostics.Denied, 1000);
        for (var i = 0; i < 700; i++)
        {
            await decisions.PassedAsync(new("example.com/a", "v1.0.0"), "zip", Stored);
        }

        Lines("passed").Count.ShouldBe(700);
    }

    [Test]
    public void Dispose_InMidMinute_SaysWhatWasLeftOut()
    {
        Refuse(GoProxyDiagnostics.Denied, 601);
        decisions.Dispose();
        ((int)Lines("more").ShouldHaveSingleItem()["count"]!).ShouldBe(1);
    }

    private static StoredModule Stored => StoredModule.Of(new("example.com/a", "v1.0.0")) with { Zip = new(new string('a', 64), 1, "h1:") };

    private void Refuse(Diagnostic diagnostic, int times)
    {
        for (var i = 0; i < times; i++)
        {
            decisions.Refused(new($"evil.com/m{i}", "v1.0.0"), "zip", new(diagnostic, "evil.com", new("no", "否"), new("don't", "勿用")));
        }
    }

    private List<JsonNode> Lines(string name) =>
        [.. File.ReadAllLines(directory.Combine("decisions.jsonl")).Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["event"] == name)];
}
