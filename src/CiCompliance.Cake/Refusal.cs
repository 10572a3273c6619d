using Cake.Core;
using CiCompliance.Pipeline;

namespace CiCompliance.Cake;

/// <summary>A numbered diagnostic as the exception that Cake shows.</summary>
internal static class Refusal
{
    private static readonly string[] Locales = ["LC_ALL", "LC_MESSAGES", "LANG"];

    public static CakeException Of(Diagnostic diagnostic, string origin, LocalizedText what, LocalizedText fix) =>
        new(ExitCode.From(diagnostic.Kind), new Finding(diagnostic, origin, what, fix).Format(Language));

    // The tool's own rule, for the messages that come before it.
    private static Language Language =>
        (Environment.GetEnvironmentVariable("CICOMPLIANCE_LANGUAGE")
            ?? Locales.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value)))
            ?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true
            ? Language.Chinese
            : Language.English;
}
