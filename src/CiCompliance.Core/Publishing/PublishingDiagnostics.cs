namespace CiCompliance.Publishing;

/// <summary>CIC540n-CIC541n: publishing. None of them says anything about the build: its verdict stands in what is published.</summary>
public static class PublishingDiagnostics
{
    public static readonly Diagnostic NotSealed = new("CIC5400", DiagnosticKind.Undecided, "Only sealed evidence goes to a release");
    public static readonly Diagnostic NotInJob = new("CIC5401", DiagnosticKind.Usage, "This is not a job of GitHub Actions");
    public static readonly Diagnostic FolderChanged = new("CIC5402", DiagnosticKind.Undecided, "The evidence folder is not what was sealed");
    public static readonly Diagnostic OtherRepository = new("CIC5403", DiagnosticKind.Usage, "The evidence is for another repository");
    public static readonly Diagnostic NoTokenInFile = new("CIC5404", DiagnosticKind.Usage, "The token file holds no token");
    public static readonly Diagnostic TokenKind = new("CIC5405", DiagnosticKind.Undecided, "The token cannot write what is to be published");
    public static readonly Diagnostic Forbidden = new("CIC5406", DiagnosticKind.Undecided, "GitHub refuses the permission");
    public static readonly Diagnostic Limited = new("CIC5407", DiagnosticKind.Undecided, "GitHub limits the requests");
    public static readonly Diagnostic Unreachable = new("CIC5408", DiagnosticKind.Undecided, "GitHub does not answer");
    public static readonly Diagnostic Malformed = new("CIC5409", DiagnosticKind.Undecided, "The answer is not GitHub's");
    public static readonly Diagnostic Refused = new("CIC5410", DiagnosticKind.Undecided, "GitHub refuses the request");
    public static readonly Diagnostic SummaryTooLarge = new("CIC5411", DiagnosticKind.Undecided, "The job summary has no room left");
    public static readonly Diagnostic NotWritten = new("CIC5412", DiagnosticKind.Undecided, "A file of the publication cannot be written");
    public static readonly Diagnostic NoRelease = new("CIC5413", DiagnosticKind.Undecided, "There is no such release");
    public static readonly Diagnostic BadUrl = new("CIC5414", DiagnosticKind.Usage, "An address that the runner gives is none");
    public static readonly Diagnostic NoIdentity = new("CIC5415", DiagnosticKind.Undecided, "The runner does not give the identity that it offers");
    public static readonly Diagnostic NoToken = new("CIC5416", DiagnosticKind.Notice, "No token was given: nothing went to GitHub's API");
    public static readonly Diagnostic BadTarget = new("CIC5417", DiagnosticKind.Usage, "The evidence cannot be published into that folder");
    public static readonly Diagnostic SealUnexpected = new("CIC5418", DiagnosticKind.Undecided, "Evidence that was not sealed has a seal");
    public static readonly Diagnostic OtherRelease = new("CIC5419", DiagnosticKind.Undecided, "The release is not of this evidence");
}
