using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.Hosting;

/// <summary>
/// Reads whole bodies, with a bound for each and for all of them together: one that a connection's own buffer holds needs no place, a
/// larger one one of many, a large one one of few. So slow senders can neither fill the memory nor keep others out.
/// </summary>
/// <param name="maxBytes">Of one request.</param>
/// <param name="maxAtOnce">Requests that need a place.</param>
/// <param name="maxLargeAtOnce">Of these, the large ones.</param>
internal sealed class RequestBody(int maxBytes = RequestBody.MaxBytes, int maxAtOnce = 4096, int maxLargeAtOnce = 16) : IDisposable
{
    /// <summary>Of a request; a DSSE envelope carries its payload, of which the log keeps the hash.</summary>
    public const int MaxBytes = 4 << 20;

    private const int Tiny = 4 << 10;
    private const int Small = 32 << 10;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim places = new(maxAtOnce);
    private readonly SemaphoreSlim largePlaces = new(maxLargeAtOnce);

    /// <exception cref="RefusedException">Too large (413), too slow (408) or no body of HTTP (400).</exception>
    /// <exception cref="UnavailableException">Too many at once.</exception>
    public async Task<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > maxBytes)
        {
            throw TooLarge();
        }

        var (hasPlace, isLarge) = (false, false);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            limit.CancelAfter(MaxTime);
            var reader = context.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync(limit.Token);
                if (read.IsCompleted)
                {
                    var body = read.Buffer.Length <= maxBytes ? read.Buffer.ToArray() : throw TooLarge();
                    reader.AdvanceTo(read.Buffer.End);
                    return body;
                }

                var length = read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (length > maxBytes)
                {
                    throw TooLarge();
                }

                if (length > Tiny && !hasPlace)
                {
                    hasPlace = places.Wait(0) ? true : throw Busy();
                }

                if (length > Small && !isLarge)
                {
                    isLarge = largePlaces.Wait(0) ? true : throw Busy();
                }
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new RefusedException("slow", "the request took too long", StatusCodes.Status408RequestTimeout);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // Chunks that are none, or a sender that went away: nothing of this server's failed.
            throw new RefusedException("bad-request", "the body of the request is not HTTP, or does not end");
        }
        finally
        {
            if (isLarge)
            {
                largePlaces.Release();
            }

            if (hasPlace)
            {
                places.Release();
            }
        }
    }

    public void Dispose()
    {
        places.Dispose();
        largePlaces.Dispose();
    }

    private RefusedException TooLarge() => new("too-large", $"a request of this kind has at most {maxBytes} bytes", StatusCodes.Status413PayloadTooLarge);

    private static UnavailableException Busy() => new("busy", "too many requests are being read");
}
