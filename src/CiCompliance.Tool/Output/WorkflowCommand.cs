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

    public static string Data(string text) => text.Replace("%", "%25").Replace("\r", "%0D").Replace("\n", "%0A");

    public static string Property(string text) => Data(text).Replace(":", "%3A").Replace(",", "%2C");
}
