namespace CiCompliance.Go;

/// <summary>CIC0050-CIC0099: the go command and the environment it runs in. 67, 69 and 72 were used once and are not used again.</summary>
public static class GoEnvironmentDiagnostics
{
    public static readonly Diagnostic GoMissing = new("CIC0050", DiagnosticKind.Usage, "The go command is missing");
    public static readonly Diagnostic GoTooOld = new("CIC0051", DiagnosticKind.Usage, "The go command is too old");
    public static readonly Diagnostic GoFailed = new("CIC0052", DiagnosticKind.Undecided, "The go command does not say its environment");
    public static readonly Diagnostic SumdbUnusable = new("CIC0053", DiagnosticKind.Usage, "The policy's checksum database cannot work");
    public static readonly Diagnostic ProxyUnusable = new("CIC0054", DiagnosticKind.Usage, "The policy's module proxy cannot be used");
    public static readonly Diagnostic PinIneffective = new("CIC0055", DiagnosticKind.NotCompliant, "A pinned value does not take effect");
    public static readonly Diagnostic NotPinned = new("CIC0056", DiagnosticKind.Notice, "A setting outside the pipeline is not the pinned one");
    public static readonly Diagnostic Unreadable = new("CIC0057", DiagnosticKind.Undecided, "A go environment file cannot be read");
    public static readonly Diagnostic Sumdb = new("CIC0060", DiagnosticKind.NotCompliant, "GOSUMDB is not the pinned checksum database");
    public static readonly Diagnostic NoSumdb = new("CIC0061", DiagnosticKind.NotCompliant, "GONOSUMDB or GOPRIVATE leaves modules unchecked");
    public static readonly Diagnostic Proxy = new("CIC0062", DiagnosticKind.NotCompliant, "GOPROXY leaves the policy");
    public static readonly Diagnostic NoProxy = new("CIC0063", DiagnosticKind.NotCompliant, "GONOPROXY leads past the proxy");
    public static readonly Diagnostic Flags = new("CIC0064", DiagnosticKind.NotCompliant, "GOFLAGS changes what is built");
    public static readonly Diagnostic Insecure = new("CIC0065", DiagnosticKind.NotCompliant, "GOINSECURE allows unencrypted sources");
    public static readonly Diagnostic Workspace = new("CIC0066", DiagnosticKind.NotCompliant, "A go.work file replaces modules");
    public static readonly Diagnostic Compiler = new("CIC0068", DiagnosticKind.NotCompliant, "C compiler settings change what is built");
    public static readonly Diagnostic Toolchain = new("CIC0070", DiagnosticKind.NotCompliant, "GOTOOLCHAIN lets a module choose the toolchain");
    public static readonly Diagnostic Debug = new("CIC0071", DiagnosticKind.NotCompliant, "GODEBUG or GOEXPERIMENT changes the toolchain");
    public static readonly Diagnostic ModuleMode = new("CIC0073", DiagnosticKind.NotCompliant, "GO111MODULE switches modules off");
    public static readonly Diagnostic OtherGo = new("CIC0074", DiagnosticKind.NotCompliant, "Another go command comes first on PATH");
    public static readonly Diagnostic GoInTree = new("CIC0075", DiagnosticKind.NotCompliant, "The go command lies in the repository");
    public static readonly Diagnostic GorootAltered = new("CIC0076", DiagnosticKind.NotCompliant, "The toolchain is not as its package has it");
    public static readonly Diagnostic GorootUnknown = new("CIC0077", DiagnosticKind.Notice, "The toolchain's origin is unknown");
    public static readonly Diagnostic Vcs = new("CIC0078", DiagnosticKind.NotCompliant, "GOVCS or GOAUTH runs other programs");
    public static readonly Diagnostic ProxyTokenUnusable = new("CIC0079", DiagnosticKind.Usage, "The module proxy's token cannot be used");
}
