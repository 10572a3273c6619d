namespace CiCompliance.Tool;

/// <summary>CIC0001-CIC0010 and CIC0014-CIC0049: usage, options and prerequisites. CIC0002 belongs to the MSBuild package.</summary>
internal static class ToolDiagnostics
{
    public static readonly Diagnostic Unexpected = new("CIC0001", DiagnosticKind.Undecided, "The tool failed in a way it does not know");
    public static readonly Diagnostic CommandLine = new("CIC0003", DiagnosticKind.Usage, "The command line is wrong");
    public static readonly Diagnostic OptionValue = new("CIC0004", DiagnosticKind.Usage, "An option has a value that it does not take");
    public static readonly Diagnostic NoPolicy = new("CIC0005", DiagnosticKind.Usage, "There is no policy outside the tree under test");
    public static readonly Diagnostic InsideTree = new("CIC0006", DiagnosticKind.Usage, "Policy or trust lies in the tree under test");
    public static readonly Diagnostic InputUnreadable = new("CIC0007", DiagnosticKind.Usage, "An input file cannot be read");
    public static readonly Diagnostic TrustMalformed = new("CIC0008", DiagnosticKind.Usage, "The trust store does not have its format");
    public static readonly Diagnostic OtherRepository = new("CIC0009", DiagnosticKind.Usage, "The policy is for another repository");
    public static readonly Diagnostic Prerequisite = new("CIC0010", DiagnosticKind.Usage, "A prerequisite is missing or wrong");
    public static readonly Diagnostic PolicyExists = new("CIC0015", DiagnosticKind.Usage, "There is a policy already");
    public static readonly Diagnostic NoGoModule = new("CIC0016", DiagnosticKind.Usage, "There is no Go module to write a policy for");
    public static readonly Diagnostic Cancelled = new("CIC0017", DiagnosticKind.Undecided, "The run was cancelled");
    public static readonly Diagnostic NotAvailable = new("CIC0018", DiagnosticKind.Usage, "This build of the tool lacks that part");
    public static readonly Diagnostic SecretInEnvironment = new("CIC0019", DiagnosticKind.Usage, "A key or passphrase option stands in the environment");
    public static readonly Diagnostic SecretOnCommandLine = new("CIC0020", DiagnosticKind.Usage, "A key option names no file and no descriptor");
    public static readonly Diagnostic TrustNotWritten = new("CIC0021", DiagnosticKind.Undecided, "The trust store cannot be written");
    public static readonly Diagnostic TrustConflict = new("CIC0022", DiagnosticKind.Usage, "A key cannot be added to the trust store");
    public static readonly Diagnostic NotSetUpToSign = new("CIC0023", DiagnosticKind.Usage, "The clone is not set up for CMS signatures");
    public static readonly Diagnostic GitRefused = new("CIC0024", DiagnosticKind.Usage, "git did not do what was needed");
    public static readonly Diagnostic UnusableSignature = new("CIC0025", DiagnosticKind.Usage, "The signature would be refused");
}
