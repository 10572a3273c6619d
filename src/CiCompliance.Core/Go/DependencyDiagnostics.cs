namespace CiCompliance.Go;

/// <summary>CIC11nn: go.sum, the checksum database, the module cache and the vendor folder.</summary>
public static class DependencyDiagnostics
{
    public static readonly Diagnostic MalformedGoSum = new("CIC1100", DiagnosticKind.NotCompliant, "go.sum does not have its form");
    public static readonly Diagnostic MalformedGoMod = new("CIC1101", DiagnosticKind.NotCompliant, "go.mod does not have its form");
    public static readonly Diagnostic Contradiction = new("CIC1102", DiagnosticKind.NotCompliant, "go.sum has two hashes for one module");
    public static readonly Diagnostic UnknownHash = new("CIC1103", DiagnosticKind.Undecided, "go.sum uses an unknown hash");
    public static readonly Diagnostic LocalReplace = new("CIC1104", DiagnosticKind.NotCompliant, "A module is replaced by a folder outside the repository");
    public static readonly Diagnostic InTreeReplace = new("CIC1105", DiagnosticKind.Notice, "A module is replaced by a folder of the repository");
    public static readonly Diagnostic GoSumMissing = new("CIC1106", DiagnosticKind.NotCompliant, "go.mod requires modules and there is no go.sum");
    public static readonly Diagnostic DatabaseUnavailable = new("CIC1110", DiagnosticKind.Undecided, "The checksum database gave no answer");
    public static readonly Diagnostic NotInDatabase = new("CIC1111", DiagnosticKind.Undecided, "The checksum database does not know the module");
    public static readonly Diagnostic FalseAnswer = new("CIC1112", DiagnosticKind.NotCompliant, "The checksum database's answer is false");
    public static readonly Diagnostic NotProved = new("CIC1113", DiagnosticKind.NotCompliant, "The record is not in the signed tree");
    public static readonly Diagnostic Forked = new("CIC1114", DiagnosticKind.NotCompliant, "The checksum database shows two histories");
    public static readonly Diagnostic GoSumDiffers = new("CIC1115", DiagnosticKind.NotCompliant, "go.sum differs from the checksum database");
    public static readonly Diagnostic DownloadFailed = new("CIC1120", DiagnosticKind.Undecided, "Modules could not be downloaded");
    public static readonly Diagnostic DownloadRefused = new("CIC1121", DiagnosticKind.NotCompliant, "The go command refused a module");
    public static readonly Diagnostic GoSumIncomplete = new("CIC1122", DiagnosticKind.NotCompliant, "go.sum is not complete");
    public static readonly Diagnostic CacheDiffers = new("CIC1123", DiagnosticKind.NotCompliant, "The module cache differs from the checksum database");
    public static readonly Diagnostic CacheUnlisted = new("CIC1124", DiagnosticKind.NotCompliant, "The module cache holds what go.sum does not list");
    public static readonly Diagnostic CacheOriginUnknown = new("CIC1125", DiagnosticKind.Undecided, "The module cache was not empty at the start");
    public static readonly Diagnostic HostileZip = new("CIC1126", DiagnosticKind.NotCompliant, "A module zip is not one");
    public static readonly Diagnostic NotDownloaded = new("CIC1127", DiagnosticKind.Undecided, "A module is not in the cache");
    public static readonly Diagnostic VendorDiffers = new("CIC1130", DiagnosticKind.NotCompliant, "The vendor folder differs from the modules");
    public static readonly Diagnostic VendorUndecided = new("CIC1131", DiagnosticKind.Undecided, "The vendor folder could not be compared");
    public static readonly Diagnostic WorkingTreeDiffers = new("CIC1132", DiagnosticKind.Undecided, "A file is not as the verified commit has it");
}
