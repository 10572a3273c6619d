using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CiCompliance.Json;

/// <summary>Reading of untrusted JSON: no unknown members, no duplicates, no comments, bounded depth. Wire contexts use these options.</summary>
public static class StrictJson
{
    public const int MaxDepth = 32;

    internal static JsonTypeInfo<JsonNode> NodeTypeInfo => JsonNodeContext.Default.JsonNode;

    /// <summary>Parses one document with the type's own source-generated context.</summary>
    /// <exception cref="JsonException">Anything that isn't exactly such a document.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> typeInfo)
    {
        RefuseNullItems(json);
        try
        {
            return JsonSerializer.Deserialize(json, typeInfo) ?? throw new LocalizedJsonException("null is not a document", "文档不能为 null");
        }
        catch (InvalidOperationException e)
        {
            throw new LocalizedJsonException("a text is not valid Unicode", "文本不是有效的 Unicode", e);
        }
    }

    /// <summary>As <see cref="Parse{T}"/>, and the bytes must be the canonical form of what they say.</summary>
    public static T ParseCanonical<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> typeInfo) =>
        CanonicalJson.IsCanonical(json) ? Parse(json, typeInfo) : throw new LocalizedJsonException("not in canonical form (RFC 8785)", "不是规范形式(RFC 8785)");

    // Deserialisation lets null into a list of what can't be null; readers rely on the type.
    private static void RefuseNullItems(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("null"u8) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        var (lists, depth) = (0UL, 0);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    lists |= 1UL << ++depth;
                    break;
                case JsonTokenType.StartObject:
                    lists &= ~(1UL << ++depth);
                    break;
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    depth--;
                    break;
                case JsonTokenType.Null when (lists & (1UL << depth)) != 0:
                    throw new LocalizedJsonException("a list holds null", "列表中含 null");
                default:
                    break;
            }
        }
    }
}

[JsonSerializable(typeof(JsonNode))]
internal sealed partial class JsonNodeContext : JsonSerializerContext;

/// <summary>
/// The options that every wire context of the evidence carries, so that none is weaker than another:
/// <c>[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase …)]</c>.
/// </summary>
internal sealed class KebabCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
