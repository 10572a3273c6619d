using CiCompliance.GoProxy.Storage;
using CiCompliance.Server.GoProxy.Http;
using CiCompliance.Testing;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.Tests.GoProxy.Http;

internal sealed class FailedAnswerTests
{
    [Test]
    public async Task Error_AfterAFileThatCouldNotBeRead_KeepsNothingOfTheFile()
    {
        using var folder = new TempDirectory();
        await using var content = new FileStream(folder.Write("zip", "ten bytes."), FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous);
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Headers.Range = "bytes=500-599";
        var file = new StoredFile(new string('a', 64), 1000, "h1:");
        await Should.ThrowAsync<IOException>(() => FileAnswer.WriteAsync(context, content, file, FileAnswer.ZipType, isPrivate: false));
        context.Response.StatusCode.ShouldBe(206, "so far");
        context.Response.Headers.ContentRange.Count.ShouldBe(1);

        var error = ProxyAnswer.Text("later\n", StatusCodes.Status503ServiceUnavailable);
        await error.WriteAsync(context, isPrivate: false);

        context.Response.StatusCode.ShouldBe(503);
        context.Response.Headers.Keys.Order().ShouldBe(["Cache-Control", "Content-Length", "Content-Type"]);
        context.Response.Headers.CacheControl.ToString().ShouldBe("no-store");
        context.Response.ContentLength.ShouldBe(6);
    }
}
