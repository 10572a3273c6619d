using System.Globalization;
using System.Text.Json;
using CiCompliance.Go;

namespace CiCompliance.GoProxy.Sources;

/// <summary><c>.info</c> on the wire: an object with <c>Version</c> and <c>Time</c>, both strings. Other members are somebody else's and not passed on.</summary>
public static class ModuleInfoJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    /// <returns>Null unless it names a canonical version that can be a file's name; a time in no form of RFC 3339 makes it nothing too.</returns>
    public static ModuleInfo? TryParse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("Version", out var version) || version.ValueKind != JsonValueKind.String
                || version.GetString() is not { } text || !SemanticVersion.IsCanonical(text) || ModulePath.Escape(text).Length > ModulePath.MaxElement)
            {
                return null;
            }

            return !root.TryGetProperty("Time", out var time) ? new(text, null)
                : time.ValueKind == JsonValueKind.String && time.TryGetDateTimeOffset(out var at) ? new(text, at.ToUniversalTime())
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half a pair of surrogates is the latter.
            return null;
        }
    }

    public static byte[] ToBytes(ModuleInfo info)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("Version", info.Version);
            if (info.Time is { } time)
            {
                writer.WriteString("Time", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
