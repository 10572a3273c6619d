namespace CiCompliance.Provenance;

/// <summary>CIC20nn: building and its provenance.</summary>
public static class BuildDiagnostics
{
    public static readonly Diagnostic ParentWorkspace = new("CIC2001", DiagnosticKind.Usage, "A go.work above the work folder would change the build");
    public static readonly Diagnostic NoMainPackage = new("CIC2002", DiagnosticKind.Usage, "No main package matches");
    public static readonly Diagnostic BuildFailed = new("CIC2003", DiagnosticKind.Undecided, "The go command could not build");
    public static readonly Diagnostic SourceChanged = new("CIC2004", DiagnosticKind.NotCompliant, "The source changed during the build");
    public static readonly Diagnostic SharedCache = new("CIC2005", DiagnosticKind.Notice, "The build used a shared build cache");
    public static readonly Diagnostic ModuleCacheDiffers = new("CIC2006", DiagnosticKind.NotCompliant, "The module cache is not what was verified");
    public static readonly Diagnostic NamesCollide = new("CIC2007", DiagnosticKind.Usage, "Two packages have the same output name");
    public static readonly Diagnostic BadBuildPolicy = new("CIC2008", DiagnosticKind.Usage, "A package pattern or target is not accepted");
    public static readonly Diagnostic NoCCompiler = new("CIC2009", DiagnosticKind.Usage, "The build needs a C compiler");
}
