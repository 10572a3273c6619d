namespace CiCompliance.Evidence;

/// <summary>CIC220n and CIC229n: the evidence folder, its seal and its way from job to job.</summary>
public static class EvidenceDiagnostics
{
    public static readonly Diagnostic FolderInUse = new("CIC2201", DiagnosticKind.Usage, "Another run is using the evidence folder");
    public static readonly Diagnostic NotWritable = new("CIC2202", DiagnosticKind.Undecided, "The evidence folder cannot be written");
    public static readonly Diagnostic FileMissing = new("CIC2203", DiagnosticKind.Undecided, "A file that an earlier stage writes is missing");
    public static readonly Diagnostic FileTooLarge = new("CIC2204", DiagnosticKind.Undecided, "An evidence file is larger than allowed");
    public static readonly Diagnostic Malformed = new("CIC2205", DiagnosticKind.Undecided, "An evidence file does not have its format");
    public static readonly Diagnostic NotEvidence = new("CIC2206", DiagnosticKind.Usage, "The output folder holds something other than evidence");
    public static readonly Diagnostic AnotherRun = new("CIC2207", DiagnosticKind.Usage, "The evidence folder belongs to another run");
    public static readonly Diagnostic Unfinished = new("CIC2208", DiagnosticKind.Undecided, "The evidence folder holds an unfinished file");
    public static readonly Diagnostic KeyNotGiven = new("CIC2209", DiagnosticKind.Usage, "A key for the seal is not given");
    public static readonly Diagnostic HandoverDiffers = new("CIC2290", DiagnosticKind.NotCompliant, "The evidence folder is not the one that was handed over");
}
