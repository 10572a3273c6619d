using System.Globalization;
using CiCompliance.GoProxy.Storage;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>Sends a file piece by piece, or one range of it (RFC 9110 §14): what is asked for in another form, or with another method than GET, is sent whole.</summary>
internal static class FileAnswer
{
    public const string ZipType = "application/zip";

    /// <summary>Read and handed on at once; a connection holds a few of them at most.</summary>
    public const int PieceSize = 128 << 10;

    /// <param name="type">Of the content.</param>
    /// <exception cref="IOException">It can't be read, or became shorter.</exception>
    public static async Task WriteAsync(HttpContext context, FileStream content, StoredFile file, string type, bool isPrivate)
    {
        var response = context.Response;
        var tag = $"\"{file.Sha256}\"";
        response.Headers.ETag = tag;
        response.Headers.CacheControl = ProxyAnswer.Revalidated(isPrivate);
        response.Headers.AcceptRanges = "bytes";
        response.ContentType = type;
        if (EntityTag.Matches(context.Request.Headers.IfNoneMatch, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (from, to) = (0L, file.Size);
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Range.ToString() is { Length: > 0 } wanted && context.Request.Headers.IfRange.ToString() is var condition && (condition.Length == 0 || condition == tag)
            && ByteRange.Parse(wanted, file.Size) is { } range)
        {
            if (range.IsUnsatisfiable)
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{file.Size}");
                response.ContentLength = 0;
                return;
            }

            (from, to) = (range.From, range.To);
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to - 1}/{file.Size}");
        }

        response.ContentLength = to - from;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await SendAsync(context, content, from, to);
        }
    }

    private static async Task SendAsync(HttpContext context, FileStream content, long from, long to)
    {
        var writer = context.Response.BodyWriter;
        while (from < to)
        {
            var memory = writer.GetMemory((int)Math.Min(PieceSize, to - from));
            // Files are read on a thread of the pool either way: this is one, and the next piece is read while the last one is sent.
            var read = RandomAccess.Read(content.SafeFileHandle, memory.Span[..(int)Math.Min(memory.Length, to - from)], from);
            if (read == 0)
            {
                throw new IOException("the file became shorter while it was sent");
            }

            writer.Advance(read);
            from += read;
            await writer.FlushAsync(context.RequestAborted);
        }
    }
}

/// <summary>One range of bytes.</summary>
/// <param name="To">After the last.</param>
internal readonly record struct ByteRange(long From, long To)
{
    public bool IsUnsatisfiable => From >= To;

    /// <returns>Null for a form that isn't understood, several ranges among them.</returns>
    public static ByteRange? Parse(string header, long size)
    {
        const string unit = "bytes=";
        if (!header.StartsWith(unit, StringComparison.Ordinal) || header[unit.Length..].Split('-') is not [var first, var last])
        {
            return null;
        }

        var hasFrom = Number(first, out var from);
        var hasTo = Number(last, out var to);
        return (hasFrom, hasTo, first.Length, last.Length) switch
        {
            (true, true, _, _) when to >= from => new(from, Math.Min(to + 1, size)),
            (true, false, _, 0) => new(from, size),
            (false, true, 0, _) => new(to == 0 ? size : Math.Max(0, size - to), size),
            _ => null,
        };
    }

    private static bool Number(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value < long.MaxValue;
}

internal static class EntityTag
{
    /// <summary>RFC 9110 §13.1.2, weak comparison.</summary>
    public static bool Matches(string? ifNoneMatch, string tag) =>
        ifNoneMatch is { Length: > 0 and < 4096 } header
        && header.Split(',', StringSplitOptions.TrimEntries).Any(one => one == "*" || one == tag || one == "W/" + tag);
}
