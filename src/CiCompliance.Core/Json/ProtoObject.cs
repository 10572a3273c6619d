using System.Globalization;
using System.Text.Json;

namespace CiCompliance.Json;

/// <summary>
/// One object of the JSON form of protocol buffers ("ProtoJSON"): members by their JSON or their original name, null and absence are the
/// default, 64-bit integers as strings or numbers, base64 in either alphabet with or without padding and in lines. Whatever isn't asked for is refused, as cosign does.
/// </summary>
internal sealed class ProtoObject
{
    private readonly Dictionary<string, JsonElement> members = [];
    private readonly string path;

    private ProtoObject(JsonElement element, string path)
    {
        this.path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Problem("is not an object", "不是对象");
        }

        foreach (var member in element.EnumerateObject())
        {
            // The original name of a member and its JSON name are the same member.
            if (!members.TryAdd(JsonName(member.Name), member.Value))
            {
                throw Problem($"has '{Clip(member.Name)}' twice", $"中“{Clip(member.Name)}”重复");
            }
        }
    }

    /// <summary>Reads one document whole; what <paramref name="read"/> leaves of any object is refused.</summary>
    /// <exception cref="JsonException">Not such a document: duplicate or unknown members, too deep, not Unicode.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, string name, Func<ProtoObject, T> read)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = StrictJson.MaxDepth });
            using var document = JsonDocument.ParseValue(ref reader);
            if (reader.Read())
            {
                throw new LocalizedJsonException("something follows the document", "文档之后还有内容");
            }

            return new ProtoObject(document.RootElement, name).Whole(read);
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair, escaped: JSON by its grammar, but no text.
            throw new LocalizedJsonException("a text is not valid Unicode", "文本不是有效的 Unicode", e);
        }
    }

    /// <summary>Null where the member is absent.</summary>
    public T? Object<T>(string name, Func<ProtoObject, T> read)
        where T : class => Take(name) is { } value ? new ProtoObject(value, $"{path}.{name}").Whole(read) : null;

    /// <exception cref="JsonException">More than <paramref name="maximum"/>, or one of them null.</exception>
    public IReadOnlyList<T> List<T>(string name, int maximum, Func<ProtoObject, T> read) =>
        [.. Items(name, maximum).Select(item => new ProtoObject(item, $"{path}.{name}").Whole(read))];

    public IReadOnlyList<byte[]> BytesList(string name, int maximum) => [.. Items(name, maximum).Select(item => Decode(item, name))];

    /// <summary>Empty where absent.</summary>
    public string Text(string name) => Take(name) is not { } value ? ""
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw Problem($"has a '{name}' that is no text", $"中的“{name}”不是文本");

    /// <summary>The name of an enum's value. protojson also takes its number.</summary>
    /// <param name="byNumber">Names by number, for those who write numbers.</param>
    public string Enum(string name, params ReadOnlySpan<string> byNumber) => Take(name) switch
    {
        null => "",
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number >= 0 && number < byNumber.Length => byNumber[number],
        _ => throw Problem($"has a '{name}' that is not known", $"中的“{name}”未知"),
    };

    /// <summary>Null where absent, so that a value that must be there can be asked for.</summary>
    public byte[]? Bytes(string name) => Take(name) is { } value ? Decode(value, name) : null;

    /// <exception cref="JsonException">Absent or empty.</exception>
    public byte[] NeededBytes(string name) => Bytes(name) is { Length: > 0 } value ? value : throw Missing(name);

    /// <summary>Zero where absent.</summary>
    /// <exception cref="JsonException">Not a whole number, or negative: nothing here is.</exception>
    public long Int64(string name)
    {
        var number = 0L;
        var isNumber = Take(name) switch
        {
            null => true,
            { ValueKind: JsonValueKind.String } value =>
                long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number),
            { ValueKind: JsonValueKind.Number } value => value.TryGetInt64(out number),
            _ => false,
        };
        return isNumber && number >= 0 ? number
            : throw Problem($"has a '{name}' that is not a whole number from 0", $"中的“{name}”不是非负整数");
    }

    /// <summary>RFC 3339 in UTC; null where absent.</summary>
    public DateTimeOffset? Time(string name)
    {
        var text = Text(name);
        return text.Length == 0 ? null
            : text is [.., 'Z'] && text.Length <= 30 && DateTimeOffset.TryParseExact(
                text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
            : throw Problem($"has a '{name}' that is not a time in UTC", $"中的“{name}”不是 UTC 时间");
    }

    public void Ignore(string name) => members.Remove(name);

    public LocalizedJsonException Missing(string name) => Problem($"lacks '{name}'", $"缺少“{name}”");

    private LocalizedJsonException Problem(string en, string zh) => new($"{path} {en}", $"{path} {zh}");

    private T Whole<T>(Func<ProtoObject, T> read)
    {
        var value = read(this);
        return members.Count == 0 ? value
            : throw Problem($"has an unknown member '{Clip(members.Keys.First())}'", $"含未知成员“{Clip(members.Keys.First())}”");
    }

    /// <summary>A name may be as long as the document.</summary>
    private static string Clip(string name) => SafeText.Line(name.Length <= 64 ? name : name[..64] + "…");

    private JsonElement? Take(string name) => members.Remove(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private List<JsonElement> Items(string name, int maximum) => Take(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } value when value.GetArrayLength() <= maximum => [.. value.EnumerateArray()],
        { ValueKind: JsonValueKind.Array } => throw Problem($"has more than {maximum} '{name}'", $"中的“{name}”超过 {maximum} 个"),
        _ => throw Problem($"has a '{name}' that is no list", $"中的“{name}”不是列表"),
    };

    private byte[] Decode(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String && TryDecode(value.GetString()!) is { } bytes ? bytes
            : throw Problem($"has a '{name}' that is not base64", $"中的“{name}”不是 base64");

    private static byte[]? TryDecode(string text)
    {
        if (text.AsSpan().IndexOfAny('\r', '\n') >= 0)
        {
            // Go's decoder, which the field's tools use, takes lines.
            text = text.Replace("\r", "").Replace("\n", "");
        }

        if (text.Length % 4 != 0 || text.AsSpan().IndexOfAny('-', '_') >= 0)
        {
            text = text.TrimEnd('=').Replace('-', '+').Replace('_', '/');
            text = text.PadRight((text.Length + 3) / 4 * 4, '=');
        }

        return StrictBase64.TryDecode(text);
    }

    private static string JsonName(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
        {
            return name;
        }

        var words = name.Split('_');
        return words[0] + string.Concat(words.Skip(1).Select(word => word.Length == 0 ? "_" : char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
