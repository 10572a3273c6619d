using Cake.Core;
using CiCompliance.Pipeline;

namespace CiCompliance.Cake;

/// <summary>A numbered diagnostic as the exception that Cake shows.</summary>
internal static class Refusal
{
    public static CakeException Of(Diagnostic diagnostic, string origin, LocalizedText what, LocalizedText fix) => Of(new Finding(diagnostic, origin, what, fix));

    public static CakeException Of(Finding finding) =>
        new(ExitCode.From(finding.Diagnostic.Kind), finding.Format(DoorEnvironment.LanguageOf(null, Environment.GetEnvironmentVariable)));
}
