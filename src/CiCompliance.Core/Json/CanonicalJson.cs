using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace CiCompliance.Json;

/// <summary>
/// JSON Canonicalization Scheme (RFC 8785) for the values the evidence uses: members sorted by UTF-16 code units, no white space,
/// minimal escapes. Numbers must be integers within ±2^53; anything else throws <see cref="FormatException"/>.
/// </summary>
public static class CanonicalJson
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // RFC 8785 §3.2.2.2: only the quote, the backslash and U+0000-U+001F are escaped. System.Text.Json escapes more.
    private static readonly SearchValues<char> Escaped = SearchValues.Create(['"', '\\', .. Enumerable.Range(0, ' ').Select(code => (char)code)]);

    public static byte[] Serialize<T>(T value, JsonTypeInfo<T> typeInfo) =>
        Canonicalize(JsonSerializer.SerializeToUtf8Bytes(value, typeInfo));

    /// <exception cref="JsonException">Not JSON, a duplicate member, a text that is not valid Unicode, or too deep.</exception>
    public static byte[] Canonicalize(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = StrictJson.MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);
        var buffer = new ArrayBufferWriter<byte>(json.Length);
        try
        {
            Write(document.RootElement, buffer);
        }
        catch (Exception e) when (e is InvalidOperationException or EncoderFallbackException)
        {
            // Half a surrogate pair, escaped: JSON by its grammar, but no text.
            throw new LocalizedJsonException("a text is not valid Unicode", "文本不是有效的 Unicode", e);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Canonicalize(JsonNode node) => Canonicalize(JsonSerializer.SerializeToUtf8Bytes(node, StrictJson.NodeTypeInfo));

    public static bool IsCanonical(ReadOnlySpan<byte> json) => json.SequenceEqual(Canonicalize(json));

    private static void Write(JsonElement element, ArrayBufferWriter<byte> output)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).ToList();
                output.Write("{"u8);
                for (var i = 0; i < members.Count; i++)
                {
                    if (i > 0)
                    {
                        if (members[i].Name == members[i - 1].Name)
                        {
                            throw new LocalizedJsonException($"duplicate member '{members[i].Name}'", $"成员“{members[i].Name}”重复");
                        }

                        output.Write(","u8);
                    }

                    WriteString(members[i].Name, output);
                    output.Write(":"u8);
                    Write(members[i].Value, output);
                }

                output.Write("}"u8);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                var first = true;
                foreach (var item in element.EnumerateArray())
                {
                    if (!first)
                    {
                        output.Write(","u8);
                    }

                    first = false;
                    Write(item, output);
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteString(element.GetString()!, output);
                break;
            case JsonValueKind.Number:
                if (!element.TryGetInt64(out var number) || Math.Abs((decimal)number) > 1L << 53)
                {
                    throw new LocalizedFormatException($"canonical JSON takes integers up to 2^53 only, not {element.GetRawText()}", $"规范 JSON 只接受不超过 2^53 的整数,而非 {element.GetRawText()}");
                }

                output.Write(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            default:
                output.Write("null"u8);
                break;
        }
    }

    private static void WriteString(string value, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        var rest = value.AsSpan();
        for (var next = rest.IndexOfAny(Escaped); next >= 0; next = rest.IndexOfAny(Escaped))
        {
            Utf8.GetBytes(rest[..next], output);
            Utf8.GetBytes(Escape(rest[next]), output);
            rest = rest[(next + 1)..];
        }

        Utf8.GetBytes(rest, output);
        output.Write("\""u8);
    }

    private static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        _ => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
    };
}
