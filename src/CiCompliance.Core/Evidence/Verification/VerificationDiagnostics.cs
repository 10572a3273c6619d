namespace CiCompliance.Evidence.Verification;

/// <summary>CIC221n-CIC228n: what <c>verify evidence</c> refuses, by its twelve steps.</summary>
public static class VerificationDiagnostics
{
    public static readonly LocalizedText AskForAgain = new(
        "Do not use these outputs; ask for the evidence again from where it was made",
        "请勿使用这些产物;请向证据的产生方重新索取");

    // step 1
    public static readonly Diagnostic NothingExpected = new("CIC2210", DiagnosticKind.Usage, "Nothing is expected of the evidence");
    public static readonly Diagnostic TrustInside = new("CIC2211", DiagnosticKind.Usage, "The trust store lies in the folder under test");

    // step 2
    public static readonly Diagnostic Unreadable = new("CIC2212", DiagnosticKind.Undecided, "The evidence folder cannot be read");
    public static readonly Diagnostic SpecialFile = new("CIC2213", DiagnosticKind.NotCompliant, "The evidence folder holds a link or special file");
    public static readonly Diagnostic TooLarge = new("CIC2214", DiagnosticKind.NotCompliant, "The evidence folder is larger than evidence can be");
    public static readonly Diagnostic BadFormat = new("CIC2215", DiagnosticKind.NotCompliant, "An evidence file does not have its strict format");
    public static readonly Diagnostic ChangedMeanwhile = new("CIC2216", DiagnosticKind.Undecided, "The evidence changed while it was verified");
    public static readonly Diagnostic BadExpectation = new("CIC2217", DiagnosticKind.Usage, "The checkpoint or proof to compare with does not have its format");

    // step 3
    public static readonly Diagnostic Missing = new("CIC2220", DiagnosticKind.NotCompliant, "A file of the evidence is missing");
    public static readonly Diagnostic Changed = new("CIC2221", DiagnosticKind.NotCompliant, "A file of the evidence was changed");
    public static readonly Diagnostic Extra = new("CIC2222", DiagnosticKind.NotCompliant, "The evidence folder holds a file that is not part of it");
    public static readonly Diagnostic NotSealed = new("CIC2223", DiagnosticKind.NotCompliant, "The evidence is not sealed");

    // step 4
    public static readonly Diagnostic SealSignature = new("CIC2225", DiagnosticKind.NotCompliant, "A signature of the seal does not verify");
    public static readonly Diagnostic UntrustedKey = new("CIC2226", DiagnosticKind.NotCompliant, "A signing key is not trusted for its role");
    public static readonly Diagnostic KeyNotValid = new("CIC2227", DiagnosticKind.NotCompliant, "A signing key was not valid");
    public static readonly Diagnostic KeyRevoked = new("CIC2228", DiagnosticKind.NotCompliant, "A signing key is revoked");
    public static readonly Diagnostic Demonstration = new("CIC2229", DiagnosticKind.NotCompliant, "The evidence is a demonstration");

    // step 5
    public static readonly Diagnostic NotInLog = new("CIC2230", DiagnosticKind.NotCompliant, "A signature's log entry does not verify");
    public static readonly Diagnostic LogForked = new("CIC2231", DiagnosticKind.NotCompliant, "Two checkpoints of the log contradict each other");
    public static readonly Diagnostic LogNotConnected = new("CIC2232", DiagnosticKind.Undecided, "Two checkpoints of the log cannot be connected");
    public static readonly Diagnostic Cosignature = new("CIC2233", DiagnosticKind.NotCompliant, "A checkpoint co-signature does not verify");

    // step 6
    public static readonly Diagnostic TimeUnproved = new("CIC2235", DiagnosticKind.Undecided, "The time of a signature is only its signer's word");
    public static readonly Diagnostic Timestamp = new("CIC2236", DiagnosticKind.NotCompliant, "A time stamp does not verify");

    // step 7
    public static readonly Diagnostic AttestationMissing = new("CIC2240", DiagnosticKind.NotCompliant, "An attestation is missing or not expected");
    public static readonly Diagnostic AttestationSignature = new("CIC2241", DiagnosticKind.NotCompliant, "An attestation's signature does not verify");
    public static readonly Diagnostic AnotherRunsStatement = new("CIC2242", DiagnosticKind.NotCompliant, "A statement belongs to another run");
    public static readonly Diagnostic SubjectDiffers = new("CIC2243", DiagnosticKind.NotCompliant, "A statement speaks of another artifact");

    // step 8
    public static readonly Diagnostic NotExpected = new("CIC2250", DiagnosticKind.NotCompliant, "The evidence is of another repository, commit or artifact");
    public static readonly Diagnostic ObjectId = new("CIC2251", DiagnosticKind.NotCompliant, "A source object does not have its id");
    public static readonly Diagnostic Discontinuous = new("CIC2252", DiagnosticKind.NotCompliant, "The commits do not lead from the base to the built commit");
    public static readonly Diagnostic CommitRefused = new("CIC2253", DiagnosticKind.NotCompliant, "A commit's signature is refused with the auditor's keys");
    public static readonly Diagnostic TreeDiffers = new("CIC2254", DiagnosticKind.NotCompliant, "The tree listing is not the commit's tree");

    // step 9
    public static readonly Diagnostic GoFileDiffers = new("CIC2260", DiagnosticKind.NotCompliant, "go.mod or go.sum is not the one of the tree");
    public static readonly Diagnostic SumdbHead = new("CIC2261", DiagnosticKind.NotCompliant, "The checksum database's tree head does not verify");
    public static readonly Diagnostic SumdbProof = new("CIC2262", DiagnosticKind.NotCompliant, "A checksum database proof does not verify");
    public static readonly Diagnostic ModuleUnproved = new("CIC2263", DiagnosticKind.NotCompliant, "A module of go.sum has no checksum database record");
    public static readonly Diagnostic ModuleForeign = new("CIC2264", DiagnosticKind.NotCompliant, "A binary holds a module that go.sum does not prove");

    // step 10
    public static readonly Diagnostic HardeningDiffers = new("CIC2271", DiagnosticKind.NotCompliant, "An artifact's hardening is not what was recorded");
    public static readonly Diagnostic ProvenanceDiffers = new("CIC2272", DiagnosticKind.NotCompliant, "The provenance contradicts the artifact or the sources");
    public static readonly Diagnostic SbomDiffers = new("CIC2273", DiagnosticKind.NotCompliant, "The SBOM is not the one the artifact gives");

    // step 11
    public static readonly Diagnostic StageNotPassed = new("CIC2280", DiagnosticKind.NotCompliant, "A required stage did not pass");
    public static readonly Diagnostic VerdictDiffers = new("CIC2281", DiagnosticKind.NotCompliant, "A recomputed verdict differs from the recorded one");
    public static readonly Diagnostic PolicyWeaker = new("CIC2282", DiagnosticKind.NotCompliant, "The policy applied is weaker than the auditor's");
    public static readonly Diagnostic ToolTooOld = new("CIC2283", DiagnosticKind.NotCompliant, "The evidence was made by an older tool than allowed");
}
