namespace CiCompliance.Source;

/// <summary>CIC10nn: signatures of commits and tags, the range they are looked for in, and the tree that is built from.</summary>
public static class SourceDiagnostics
{
    public static readonly Diagnostic Unsigned = new("CIC1001", DiagnosticKind.NotCompliant, "The commit carries no signature");
    public static readonly Diagnostic UnknownKey = new("CIC1002", DiagnosticKind.NotCompliant, "The signing key is not in the trust store");
    public static readonly Diagnostic BadSignature = new("CIC1003", DiagnosticKind.NotCompliant, "The signature does not verify");
    public static readonly Diagnostic ExpiredKey = new("CIC1004", DiagnosticKind.NotCompliant, "The signing key was not valid when it signed");
    public static readonly Diagnostic UnsupportedSignature = new("CIC1005", DiagnosticKind.NotCompliant, "The signature is of a kind that is not accepted");
    public static readonly Diagnostic WeakAlgorithm = new("CIC1006", DiagnosticKind.NotCompliant, "The signature rests on a weak algorithm or key");
    public static readonly Diagnostic RevokedKey = new("CIC1007", DiagnosticKind.NotCompliant, "The signing key is revoked");
    public static readonly Diagnostic NotARepository = new("CIC1008", DiagnosticKind.Usage, "The project is not in a git repository");
    public static readonly Diagnostic UnknownRevision = new("CIC1009", DiagnosticKind.Usage, "The revision is unknown");
    public static readonly Diagnostic ShallowClone = new("CIC1010", DiagnosticKind.Usage, "The clone is shallow");
    public static readonly Diagnostic EmptyRange = new("CIC1011", DiagnosticKind.Usage, "The range holds no commit");

    /// <summary>A verdict and not a usage error: after a force push the base that was protected is no longer in the history.</summary>
    public static readonly Diagnostic BaseNotAncestor = new("CIC1012", DiagnosticKind.NotCompliant, "The base is not an ancestor of what is built");

    public static readonly Diagnostic MissingObject = new("CIC1013", DiagnosticKind.Undecided, "An object is missing from the repository");
    public static readonly Diagnostic CorruptObject = new("CIC1014", DiagnosticKind.Undecided, "An object does not have the id it is stored under");
    public static readonly Diagnostic MalformedObject = new("CIC1015", DiagnosticKind.NotCompliant, "An object does not have the form of its type");
    public static readonly Diagnostic TooLarge = new("CIC1016", DiagnosticKind.Undecided, "An object or the history is larger than allowed");
    public static readonly Diagnostic RewritesIgnored = new("CIC1017", DiagnosticKind.Notice, "Replace refs or grafts were ignored");
    public static readonly Diagnostic NoGoMod = new("CIC1018", DiagnosticKind.Usage, "The tree has no go.mod");
    public static readonly Diagnostic UnsafeTree = new("CIC1019", DiagnosticKind.NotCompliant, "The tree holds a path that is not safe to write");
    public static readonly Diagnostic Submodule = new("CIC1020", DiagnosticKind.Usage, "The tree holds a submodule");
    public static readonly Diagnostic TagRenamed = new("CIC1021", DiagnosticKind.NotCompliant, "The tag was signed under another name");
    public static readonly Diagnostic CheckoutChanged = new("CIC1022", DiagnosticKind.NotCompliant, "The checkout is no longer the verified tree");
    public static readonly Diagnostic EngineFailed = new("CIC1023", DiagnosticKind.Undecided, "The repository could not be read");
    public static readonly Diagnostic NoEngine = new("CIC1024", DiagnosticKind.Usage, "There is no git to read the repository with");
    public static readonly Diagnostic MoreRefused = new("CIC1025", DiagnosticKind.NotCompliant, "More was refused than is listed");
    public static readonly Diagnostic NoCommitterKeys = new("CIC1026", DiagnosticKind.Usage, "The trust store has no committer key for the repository");
    public static readonly Diagnostic CheckoutFailed = new("CIC1027", DiagnosticKind.Undecided, "The verified tree could not be written");
    public static readonly Diagnostic RevisionMoved = new("CIC1028", DiagnosticKind.Undecided, "The revision moved while the run was under way");
    public static readonly Diagnostic SignerNotAllowed = new("CIC1029", DiagnosticKind.NotCompliant, "A rule of the policy names other signers");
    public static readonly Diagnostic TooFewSigners = new("CIC1030", DiagnosticKind.NotCompliant, "Too few have signed for a rule of the policy");
    public static readonly Diagnostic CommitterMismatch = new("CIC1031", DiagnosticKind.NotCompliant, "The signer is not the one whom the object names");
    public static readonly Diagnostic ForgeRefused = new("CIC1032", DiagnosticKind.NotCompliant, "Only the forge's own key signed it");
    public static readonly Diagnostic BranchUnknown = new("CIC1033", DiagnosticKind.Undecided, "A rule depends on a branch that nobody named");
    public static readonly Diagnostic RangeUnclear = new("CIC1034", DiagnosticKind.Undecided, "The CI does not say which commits matter");
}
