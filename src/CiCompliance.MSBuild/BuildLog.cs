using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Build.Utilities;

namespace CiCompliance.MSBuild;

/// <summary>Findings as errors and warnings of the build: with code, file, line and a link to the diagnostic's page, which the package carries.</summary>
internal sealed partial class BuildLog(TaskLoggingHelper log, string? language)
{
    private static readonly string Pages = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(BuildLog).Assembly.Location)!, "..", "..", "docs", "diagnostics"));

    /// <summary>A line of the tool's standard error.</summary>
    public void Show(string line)
    {
        if (Canonical().Match(line) is not { Success: true } match)
        {
            log.LogMessage(MessageImportance.Normal, "{0}", line);
            return;
        }

        var (file, lineNumber, column) = PlaceOf(match.Groups["origin"].Value);
        var (code, text) = (match.Groups["code"].Value, match.Groups["text"].Value);
        if (match.Groups["severity"].Value == "error")
        {
            log.LogError(null, code, null, HelpLink(code), file, lineNumber, column, 0, 0, text);
        }
        else
        {
            log.LogWarning(null, code, null, HelpLink(code), file, lineNumber, column, 0, 0, text);
        }
    }

    public void Show(Finding finding) => Show(finding.Format(DoorEnvironment.LanguageOf(language, Environment.GetEnvironmentVariable)));

    public void Note(LocalizedText text) => log.LogMessage(MessageImportance.High, "{0}", text.In(DoorEnvironment.LanguageOf(language, Environment.GetEnvironmentVariable)));

    private static string HelpLink(string code) => new Uri(Path.Combine(Pages, code + ".md")).AbsoluteUri;

    private static (string File, int Line, int Column) PlaceOf(string origin)
    {
        var match = Position().Match(origin);
        var file = match.Groups["file"].Value;
        return (File.Exists(file) ? Path.GetFullPath(file) : file, Number(match.Groups["line"]), Number(match.Groups["column"]));
    }

    private static int Number(Group group) => int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex("^(?<origin>.*?) : (?<severity>error|warning) (?<code>CIC[0-9]{4}): (?<text>.*)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Canonical();

    [GeneratedRegex(@"^(?<file>.*?)(\((?<line>[0-9]+)(,(?<column>[0-9]+))?\))?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Position();
}
