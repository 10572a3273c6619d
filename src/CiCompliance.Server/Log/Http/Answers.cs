using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.Log.Http;

/// <summary>Whole answers with their length.</summary>
internal static class Answers
{
    private const string Json = "application/json";

    // Answers are JSON for programs, never a part of a page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteJsonAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return WriteAsync(context, status, Json, buffer.WrittenMemory);
    }

    public static Task WriteErrorAsync(HttpContext context, int status, int code, string message) => WriteJsonAsync(context, status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("code", code);
        writer.WriteString("message", message);
        writer.WriteEndObject();
    });

    public static Task WriteTextAsync(HttpContext context, string text, string type = "text/plain; charset=utf-8") =>
        WriteAsync(context, StatusCodes.Status200OK, type, Encoding.UTF8.GetBytes(text));

    public static async Task WriteAsync(HttpContext context, int status, string type, ReadOnlyMemory<byte> content)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        await context.Response.BodyWriter.WriteAsync(content, context.RequestAborted);
    }

    public static Task WriteEmptyAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
