using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using CiCompliance.Evidence.Verification;
using CiCompliance.Pipeline;

namespace CiCompliance.Tool.Output;

/// <summary>What a verb answers: its exit code, what it found, and the text for people.</summary>
/// <param name="Text">What standard output shows with <c>--format text</c>; may have several lines, each already safe.</param>
internal sealed record Answer(int ExitCode, IReadOnlyList<Finding> Findings, LocalizedText Text)
{
    public Verdict? Verdict { get; init; }

    public IReadOnlyList<StageResult>? Stages { get; init; }

    /// <summary>What <c>verify evidence</c> found, step by step.</summary>
    public IReadOnlyList<VerifiedRow>? Rows { get; init; }

    public IReadOnlyList<DoctorRow>? Prerequisites { get; init; }

    /// <summary>Files that were written or are worth opening, absolute.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    public IReadOnlyList<KeyRow>? Keys { get; init; }

    /// <summary>What <c>trust explain</c> found.</summary>
    public IReadOnlyList<ObjectRow>? Objects { get; init; }

    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>The evidence folder as this verb leaves it, for the job that goes on with it.</summary>
    public string? FolderDigest { get; init; }

    /// <summary>The command that verifies what this one wrote.</summary>
    public string? VerifyCommand { get; init; }

    /// <summary>One line of JSON in ASCII: no terminal, runner or encoding can take any of it for something else.</summary>
    public string ToJson(Language language)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Encoder() }))
        {
            JsonSerializer.Serialize(writer, AnswerDocument.From(this, language), AnswerContext.Default.AnswerDocument);
        }

        return System.Text.Encoding.ASCII.GetString(buffer.ToArray());
    }

    private static JavaScriptEncoder Encoder()
    {
        // "#" begins commands of CI runners ("##[…]") anywhere in a line.
        var settings = new TextEncoderSettings(UnicodeRanges.BasicLatin);
        settings.ForbidCharacters('#');
        return JavaScriptEncoder.Create(settings);
    }
}

/// <summary>One prerequisite. <see cref="Needed"/> says whether its absence stops a run.</summary>
internal sealed record DoctorRow(string Name, DoctorStatus Status, bool Needed, LocalizedText Detail, LocalizedText Fix);

internal enum DoctorStatus
{
    Ok,
    Missing,
    Wrong,
}

internal sealed record KeyRow(string Id, string Name, string Role, string Algorithm, string Change, IReadOnlyList<string> Identities);

/// <summary>The wire form of <see cref="Answer"/>, described in docs/guides/command-line.md.</summary>
internal sealed record AnswerDocument(
    int ExitCode,
    string? Verdict,
    IReadOnlyList<FindingDocument> Findings,
    IReadOnlyList<StageDocument>? Stages,
    IReadOnlyList<EvidenceRowDocument>? Rows,
    IReadOnlyList<PrerequisiteDocument>? Prerequisites,
    IReadOnlyList<string>? Files,
    IReadOnlyList<KeyRow>? Keys,
    IReadOnlyList<ObjectDocument>? Objects,
    IReadOnlyDictionary<string, string>? Environment,
    string? FolderDigest,
    string? VerifyCommand,
    string? Text)
{
    public static AnswerDocument From(Answer answer, Language language) => new(
        answer.ExitCode,
        answer.Verdict?.ToWord(),
        [.. answer.Findings.Select(finding => FindingDocument.From(finding, language))],
        answer.Stages?.Select(stage => new StageDocument(stage.Stage, stage.Verdict.ToWord(),
            [.. stage.Checks.Select(check => new CheckDocument(check.Id, check.Verdict.ToWord(), check.Detail.In(language)))])).ToList(),
        answer.Rows?.Select(row => new EvidenceRowDocument(row.Step, row.Id, row.Basis.ToString().ToLowerInvariant(), row.Verdict.ToWord(),
            row.Detail.In(language))).ToList(),
        answer.Prerequisites?.Select(row => new PrerequisiteDocument(row.Name, row.Status.ToString().ToLowerInvariant(), row.Needed,
            row.Detail.In(language), row.Fix.In(language))).ToList(),
        answer.Files,
        answer.Keys,
        answer.Objects?.Select(item => ObjectDocument.From(item, language)).ToList(),
        answer.Environment,
        answer.FolderDigest,
        answer.VerifyCommand,
        // Beside rows it says the same again: for a door that shows people what it has judged by the rest.
        answer.Text.In(language) is { Length: > 0 } text ? text : null);
}

internal sealed record FindingDocument(string Code, string Severity, string Origin, string What, string Fix)
{
    public static FindingDocument From(Finding finding, Language language) => new(
        finding.Diagnostic.Code,
        finding.Diagnostic.Kind == DiagnosticKind.Notice ? "warning" : "error",
        finding.Origin, finding.What.In(language), finding.Fix.In(language));
}

internal sealed record StageDocument(string Name, string Verdict, IReadOnlyList<CheckDocument> Checks);

internal sealed record EvidenceRowDocument(int Step, string Id, string Basis, string Verdict, string Detail);

internal sealed record CheckDocument(string Id, string Verdict, string Detail);

internal sealed record PrerequisiteDocument(string Name, string Status, bool Needed, string Detail, string? Fix);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(AnswerDocument))]
internal sealed partial class AnswerContext : JsonSerializerContext;
