using CiCompliance.Publishing;

namespace CiCompliance.Tool.Output;

/// <summary>GitHub's workflow commands: <c>::error title=CIC1001::text</c>.</summary>
internal static class WorkflowCommand
{
    /// <summary>The runner shows this many of each level per step and drops the rest without a word.</summary>
    public const int MaxAnnotations = 10;

    public static string Annotation(Finding finding, Language language)
    {
        var level = finding.Diagnostic.Kind == DiagnosticKind.Notice ? "warning" : "error";
        return $"::{level} title={Property(finding.Diagnostic.Code + " " + finding.Diagnostic.Title)}::{Data(SafeText.LogLine(finding.Format(language)))}";
    }

    /// <summary>As many as the runner shows; one error less, so that a failure of the step itself is shown too.</summary>
    public static void Write(TextWriter log, IReadOnlyList<Annotation> annotations)
    {
        var shown = annotations.Where(annotation => annotation.Level == AnnotationLevel.Failure).Take(MaxAnnotations - 1)
            .Concat(annotations.Where(annotation => annotation.Level == AnnotationLevel.Warning).Take(MaxAnnotations - 1));
        foreach (var annotation in shown)
        {
            log.WriteLine(Of(annotation));
        }
    }

    private static string Of(Annotation annotation)
    {
        var level = annotation.Level == AnnotationLevel.Failure ? "error" : "warning";
        var file = annotation.Path == CiCompliance.Publishing.Annotation.NoFile ? "" : $"file={Property(annotation.Path)},line={annotation.Line},";
        var column = file.Length > 0 && annotation.Column is { } number ? $"col={number}," : "";
        return $"::{level} {file}{column}title={Property(SafeText.Line(annotation.Title))}::{Data(SafeText.LogLine(annotation.Message))}";
    }

    public static string Data(string text) => text.Replace("%", "%25").Replace("\r", "%0D").Replace("\n", "%0A");

    public static string Property(string text) => Data(text).Replace(":", "%3A").Replace(",", "%2C");
}
