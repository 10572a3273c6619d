namespace CiCompliance.MSBuild;

/// <summary>CIC0002 and CIC0030-CIC0039: the MSBuild door.</summary>
internal static class MSBuildDiagnostics
{
    /// <summary>Raised by CiCompliance.MSBuild.targets itself: where it is needed, this assembly can't be loaded.</summary>
    public static readonly Diagnostic Unsupported = new("CIC0002", DiagnosticKind.Usage, "This MSBuild cannot run the gates");

    public static readonly Diagnostic NoAnswer = new("CIC0030", DiagnosticKind.Undecided, "The tool ended without an answer");
    public static readonly Diagnostic GoModule = new("CIC0031", DiagnosticKind.Usage, "A GoModule item is wrong");
    public static readonly Diagnostic NoGoModule = new("CIC0032", DiagnosticKind.Usage, "There is no Go module to judge");
    public static readonly Diagnostic NoReference = new("CIC0033", DiagnosticKind.Usage, "A key property names no file and no descriptor");

    /// <summary>Raised by CiCompliance.MSBuild.targets itself, before any target.</summary>
    public static readonly Diagnostic Switch = new("CIC0035", DiagnosticKind.Usage, "A switch of the package is neither true nor false");

    public static readonly Diagnostic Required = new("CIC0036", DiagnosticKind.Usage, "A property that the task requires is empty");
    public static readonly Diagnostic SharedName = new("CIC0037", DiagnosticKind.Usage, "Two programs would be copied to one file");
    public static readonly Diagnostic NotPassed = new("CIC0034", DiagnosticKind.Undecided, "A stage did not pass and gave no other reason");
}
