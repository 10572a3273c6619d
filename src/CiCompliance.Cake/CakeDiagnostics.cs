namespace CiCompliance.Cake;

/// <summary>CIC0040-CIC0045: what stops a Cake build before or around the tool.</summary>
internal static class CakeDiagnostics
{
    public static readonly Diagnostic NoTool = new("CIC0040", DiagnosticKind.Usage, "The Cake build does not find the tool");
    public static readonly Diagnostic Option = new("CIC0041", DiagnosticKind.Usage, "An option of the Cake build has a form that it does not take");
    public static readonly Diagnostic SecretOption = new("CIC0042", DiagnosticKind.Usage, "A key option of the Cake build names no file and no descriptor");
    public static readonly Diagnostic TaskName = new("CIC0043", DiagnosticKind.Usage, "A Cake task stands in the way of a stage");
    public static readonly Diagnostic Context = new("CIC0044", DiagnosticKind.Usage, "The Cake build runs without the compliance context");
    public static readonly Diagnostic NoAnswer = new("CIC0045", DiagnosticKind.Undecided, "The program that the Cake build runs gave no answer");
}
