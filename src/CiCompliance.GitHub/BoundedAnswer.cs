using System.Text.Json;

namespace CiCompliance.GitHub;

/// <summary>Answers of a server that may be anybody's: bounded when read, one line when shown.</summary>
internal static class BoundedAnswer
{
    private const int MaxShown = 200;

    /// <exception cref="CiComplianceException">Larger than allowed (CIC5409).</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, int maxBytes, string host, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var all = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (all.Length + read > maxBytes)
            {
                throw Malformed(host, new($"its answer is larger than {maxBytes} bytes", $"返回内容超过 {maxBytes} 字节"));
            }

            await all.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return all.ToArray();
    }

    /// <summary>GitHub's own words: <c>: text</c>, or nothing.</summary>
    public static string Message(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("message", out var message)
                && message.ValueKind == JsonValueKind.String && Line(message.GetString()!) is { Length: > 0 } line ? ": " + line : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    public static string Line(string text) => new([.. text.Where(c => !char.IsControl(c)).Take(MaxShown)]);

    public static CiComplianceException Malformed(string host, LocalizedText what, Exception? cause = null) => new(PublishingDiagnostics.Malformed, host, what,
        new("Check GITHUB_API_URL and any proxy in between", "请检查 GITHUB_API_URL 及中间代理"), cause);
}
