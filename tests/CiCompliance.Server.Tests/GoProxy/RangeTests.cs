using System.Net;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>Conditional requests, ranges and HEAD (RFC 9110 §9.3.2, §13, §14).</summary>
internal sealed class RangeTests
{
    private const string Zip = "/example.com/a/@v/v1.0.0.zip";

    private static readonly Dictionary<string, string> Files = new() { ["go.mod"] = "module example.com/a\n", ["a.go"] = new('x', 3000) };

    [TestCase("bytes=0-9", HttpStatusCode.PartialContent, 0, 10)]
    [TestCase("bytes=10-", HttpStatusCode.PartialContent, 10, null)]
    [TestCase("bytes=-10", HttpStatusCode.PartialContent, -10, null)]
    [TestCase("bytes=0-9,20-29", HttpStatusCode.OK, 0, null)]
    [TestCase("items=0-9", HttpStatusCode.OK, 0, null)]
    public async Task Range_OfAZip_IsThatPart(string range, HttpStatusCode status, int from, int? to)
    {
        await using var proxy = await StartAsync();
        var whole = proxy.Public.ZipOf("example.com/a", "v1.0.0");
        var begin = from < 0 ? whole.Length + from : from;
        using var answer = await proxy.SendAsync(Zip, request => request.Headers.TryAddWithoutValidation("Range", range));
        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(whole[begin..(to ?? whole.Length)]);
        answer.Content.Headers.ContentRange?.ToString().ShouldBe($"bytes {begin}-{(to ?? whole.Length) - 1}/{whole.Length}");
        (answer.Content.Headers.ContentRange is not null).ShouldBe(status == HttpStatusCode.PartialContent);
    }

    [Test]
    public async Task Range_BehindTheEnd_Is416()
    {
        await using var proxy = await StartAsync();
        var length = proxy.Public.ZipOf("example.com/a", "v1.0.0").Length;
        using var answer = await proxy.SendAsync(Zip, request => request.Headers.TryAddWithoutValidation("Range", $"bytes={length}-"));
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        answer.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes */{length}");
    }

    [Test]
    public async Task Range_UnderACondition_HoldsForThatFileOnly()
    {
        await using var proxy = await StartAsync();
        using var first = await proxy.SendAsync(Zip, _ => { });
        var tag = first.Headers.ETag!.Tag;
        foreach (var (condition, expected) in new[] { (tag, HttpStatusCode.PartialContent), ("\"other\"", HttpStatusCode.OK), ("W/" + tag, HttpStatusCode.OK), ("Thu, 01 Jan 2026 00:00:00 GMT", HttpStatusCode.OK) })
        {
            using var answer = await proxy.SendAsync(Zip, request =>
            {
                request.Headers.TryAddWithoutValidation("Range", "bytes=0-9");
                request.Headers.TryAddWithoutValidation("If-Range", condition);
            });
            answer.StatusCode.ShouldBe(expected, condition);
        }
    }

    [Test]
    public async Task Range_OfADeniedOrUnknownModule_IsRefusedAsTheWholeIs()
    {
        await using var proxy = await StartAsync();
        using var answer = await proxy.SendAsync("/example.com/none/@v/v1.0.0.zip", request =>
        {
            request.Headers.TryAddWithoutValidation("Range", "bytes=0-9");
            request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [TestCase(Zip)]
    [TestCase("/example.com/a/@v/v1.0.0.mod")]
    [TestCase("/example.com/a/@v/v1.0.0.info")]
    public async Task Condition_ThatHolds_Is304(string path)
    {
        await using var proxy = await StartAsync();
        for (var round = 0; round < 2; round++)
        {
            using var first = await proxy.SendAsync(path, _ => { });
            var tag = first.Headers.ETag!.Tag;
            first.Headers.CacheControl!.ToString().ShouldBe("no-cache", "a cache in front asks each time: it may have been denied since");
            foreach (var (condition, expected) in new[] { (tag, HttpStatusCode.NotModified), ("W/" + tag, HttpStatusCode.NotModified), ("*", HttpStatusCode.NotModified), ("\"other\"", HttpStatusCode.OK) })
            {
                using var answer = await proxy.SendAsync(path, request => request.Headers.TryAddWithoutValidation("If-None-Match", condition));
                answer.StatusCode.ShouldBe(expected, condition);
                answer.Headers.ETag!.Tag.ShouldBe(tag);
                (await answer.Content.ReadAsByteArrayAsync()).Length.ShouldBe(expected == HttpStatusCode.OK ? (await first.Content.ReadAsByteArrayAsync()).Length : 0);
            }
        }
    }

    [TestCase(Zip)]
    [TestCase("/example.com/a/@v/v1.0.0.mod")]
    [TestCase("/example.com/a/@v/v1.0.0.info")]
    [TestCase("/example.com/a/@v/list")]
    [TestCase("/example.com/none/@v/v1.0.0.zip")]
    public async Task Head_IsTheAnswerWithoutItsContent(string path)
    {
        await using var proxy = await StartAsync();
        using var whole = await proxy.SendAsync(path, _ => { });
        using var head = await proxy.SendAsync(path, request =>
        {
            request.Method = HttpMethod.Head;
            request.Headers.TryAddWithoutValidation("Range", "bytes=0-1");
        });
        head.StatusCode.ShouldBe(whole.StatusCode, "a range is for GET");
        head.Content.Headers.ContentLength.ShouldBe(whole.Content.Headers.ContentLength);
        head.Content.Headers.ContentType.ShouldBe(whole.Content.Headers.ContentType);
        head.Headers.ETag.ShouldBe(whole.Headers.ETag);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [TestCase(1 << 10, false)]
    [TestCase(200 << 10, true)]
    public async Task GoMod_BeyondWhatIsKeptInMemory_IsSentFromItsFile(int size, bool isStreamed)
    {
        const string path = "/example.com/large/@v/v1.0.0.mod";
        var goMod = $"module example.com/large\n// {new string('x', size)}\n";
        await using var proxy = await RunningProxy.StartAsync(add: upstream => upstream.Add("example.com/large", "v1.0.0", new Dictionary<string, string> { ["go.mod"] = goMod }));
        for (var round = 0; round < 2; round++)
        {
            using var answer = await proxy.SendAsync(path, _ => { });
            (await answer.Content.ReadAsStringAsync()).ShouldBe(goMod);
            answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
            answer.Content.Headers.ContentLength.ShouldBe(goMod.Length);
            answer.Headers.CacheControl!.ToString().ShouldBe("no-cache");

            // Only what lies in a file has ranges.
            answer.Headers.AcceptRanges.Count.ShouldBe(isStreamed ? 1 : 0);
            using var again = await proxy.SendAsync(path, request => request.Headers.TryAddWithoutValidation("If-None-Match", answer.Headers.ETag!.Tag));
            again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        }
    }

    private static Task<RunningProxy> StartAsync() => RunningProxy.StartAsync(add: upstream => upstream.Add("example.com/a", "v1.0.0", Files));
}
