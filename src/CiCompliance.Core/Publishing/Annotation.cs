using System.Text.RegularExpressions;

namespace CiCompliance.Publishing;

public enum AnnotationLevel
{
    Warning,
    Failure,
}

/// <summary>A finding at the line that it is about. All texts are safe to show.</summary>
/// <param name="Path">In the repository; <c>.github</c>, as the runner itself writes, where a finding has no file in it.</param>
/// <param name="Title">The code and, for a commit, its whole id.</param>
public sealed partial record Annotation(AnnotationLevel Level, string Path, int Line, int? Column, string Title, string Message)
{
    public const string NoFile = ".github";

    private const int MaxTitle = 200;
    private const int MaxMessage = 2000;

    /// <param name="tree">Paths of the commit's tree: whatever else an origin names is no file that GitHub could show.</param>
    /// <param name="moduleDirectory">The Go module's folder within it, or empty.</param>
    internal static Annotation Of(Finding finding, IReadOnlySet<string> tree, string moduleDirectory, Language language)
    {
        var place = Place().Match(finding.Origin);
        var name = place.Success ? place.Groups["path"].Value : finding.Origin;
        var path = new[] { moduleDirectory.Length == 0 ? name : $"{moduleDirectory}/{name}", name }.FirstOrDefault(tree.Contains);
        var (line, column) = path is null ? (1, (int?)null) : (Number(place.Groups["line"]) ?? 1, Number(place.Groups["column"]));
        var origin = SafeText.Line(finding.Origin, MaxTitle);
        return new Annotation(
            finding.Diagnostic.Kind == DiagnosticKind.Notice ? AnnotationLevel.Warning : AnnotationLevel.Failure,
            path ?? NoFile, line, column,
            $"{SafeText.Line(finding.Diagnostic.Code, 16)} {origin}",
            $"{SafeText.Line(finding.What.In(language), MaxMessage)}. {SafeText.Line(finding.Fix.In(language), MaxMessage)}");
    }

    private static int? Number(Group group) => group.Success && int.TryParse(group.Value, out var number) && number > 0 ? number : null;

    [GeneratedRegex(@"\A(?<path>[^()]+)\((?<line>[0-9]{1,9})(,(?<column>[0-9]{1,9}))?\)\z")]
    private static partial Regex Place();
}
