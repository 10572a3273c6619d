using System.Text.Json;

namespace CiCompliance.Diagnostics;

/// <summary>What a parser has against its input, in both languages; <see cref="Exception.Message"/> is the English one.</summary>
internal interface ILocalizedProblem
{
    LocalizedText Problem { get; }
}

/// <summary>Input that does not have its format.</summary>
internal sealed class LocalizedFormatException(string en, string zh, Exception? innerException = null)
    : FormatException(en, innerException), ILocalizedProblem
{
    public LocalizedText Problem { get; } = new(en, zh);
}

/// <summary>A JSON document that is not what its reader takes.</summary>
internal sealed class LocalizedJsonException(string en, string zh, Exception? innerException = null)
    : JsonException(en, innerException), ILocalizedProblem
{
    public LocalizedText Problem { get; } = new(en, zh);
}

internal static class ParserProblem
{
    /// <summary>What the parser said. The runtime speaks English only: of its messages a Chinese reader gets the place.</summary>
    public static LocalizedText Problem(this Exception e) => e switch
    {
        ILocalizedProblem localized => localized.Problem,
        JsonException { LineNumber: { } line, BytePositionInLine: { } position } json => new(json.Message,
            $"JSON 文档第 {line + 1} 行第 {position + 1} 字节{(json.Path is { Length: > 0 } path ? $"({path})" : "")}不符合要求"),
        JsonException json => new(json.Message, "不是所要求的 JSON 文档"),
        _ => new(e.Message, "内容不符合其格式"),
    };
}
