using CiCompliance.Keys;
using CiCompliance.Processes;
using CiCompliance.Source;

namespace CiCompliance.Tool.GitSigning;

/// <summary>What signing for git is made of.</summary>
/// <param name="Environment">The whole environment: git's own variables say which repository it is about.</param>
internal sealed record GitSigningParts(
    ISignerFactory Signers, IObjectSignatureVerifier Signatures, IProcessRunner Processes, IReadOnlyDictionary<string, string> Environment);
