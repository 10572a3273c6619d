using CiCompliance.Digests;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;
using CiCompliance.Processes;

namespace CiCompliance.Tool.ModuleSigning;

/// <summary>What signing of module versions is made of.</summary>
/// <param name="OpenKey">Opens a key whatever its algorithm is.</param>
/// <param name="LogAsync">Records a signature in the log at the address, verifies the answer with the log's key and gives the entry's index.</param>
/// <param name="Environment">The whole environment; gpg gets the part of it that it needs.</param>
internal sealed record ModuleSigningParts(
    IDigestCalculator Digests,
    Func<KeyReference, ISigner> OpenKey,
    IOpenPgpVerifier OpenPgp,
    Func<string, TrustedKey, ModuleStatement, ModuleSignature, byte[], CancellationToken, Task<long>> LogAsync,
    IProcessRunner Processes,
    IReadOnlyDictionary<string, string> Environment);
