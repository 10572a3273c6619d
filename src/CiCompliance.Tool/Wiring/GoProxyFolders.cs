using CiCompliance.Cryptography;
using CiCompliance.Digests;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Exports;
using CiCompliance.Keys;
using CiCompliance.Server.GoProxy;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool.Wiring;

/// <summary>Folders of module proxies that are not running.</summary>
internal sealed class GoProxyFolders(SignerFactory signers, ISignatureVerifier verifier, IDigestCalculator digests, TextWriter messages, TimeProvider clock)
{
    /// <param name="key">The key of the checksum database, or null: <paramref name="newKey"/> is made.</param>
    /// <returns>GOSUMDB.</returns>
    /// <exception cref="CiComplianceException">The key can't be opened or made, the folder isn't empty or can't be written, or the name is none.</exception>
    public string Create(string path, string name, KeyReference? key, string? newKey, KeyReference? sm2)
    {
        using var generated = key is null ? KeyGenerator.Generate(KeyAlgorithm.Ed25519) : null;
        using var signer = generated?.OpenSigner() ?? signers.Open(key!, KeyAlgorithm.Ed25519);
        using var coSigner = OpenSm2(sm2);

        // The name is looked at before a key is written that nobody needs.
        _ = SumdbStore.KeyOf(name, signer);
        generated?.Save(newKey!);
        try
        {
            // What is in it names private modules.
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var store = SumdbStore.Create(Path.Combine(path, GoProxyOptions.SumdbFolder), name, signer, coSigner, clock);
            return store.Key.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Forget(newKey);
            throw new CiComplianceException(LogDiagnostics.NotWritable, path, new(e.Message, e.Message), new("Look at the disk and its permissions", "请检查磁盘与权限"), e);
        }
        catch (CiComplianceException)
        {
            Forget(newKey);
            throw;
        }
    }

    /// <returns>How many module versions, and how many were left out because the disk has spoilt a file.</returns>
    /// <exception cref="CiComplianceException">The key can't be opened, or CIC4001, CIC4003, CIC7132.</exception>
    public ExportedModules Export(string path, string target, IReadOnlyList<string> prefixes, KeyReference key, CancellationToken cancellationToken)
    {
        using var signer = SignerFactory.OpenAny(key);
        return GoProxyFolder.Export(path, target, prefixes, signer, digests, clock, cancellationToken);
    }

    /// <returns>How many module versions.</returns>
    /// <exception cref="CiComplianceException">A key can't be opened, the proxy is running, or CIC4001-CIC4007, CIC7113, CIC7130-CIC7132.</exception>
    public async Task<int> ImportAsync(string path, string folder, TrustStore trust, KeyReference key, KeyReference? sm2, CancellationToken cancellationToken)
    {
        using var signer = signers.Open(key, KeyAlgorithm.Ed25519);
        using var coSigner = OpenSm2(sm2);
        return await GoProxyFolder.ImportAsync(path, folder, trust, signer, coSigner, verifier, messages, clock, cancellationToken);
    }

    private static void Forget(string? newKey)
    {
        if (newKey is not null)
        {
            File.Delete(newKey);
        }
    }

    private ISigner? OpenSm2(KeyReference? key) => key is null ? null : signers.Open(key, KeyAlgorithm.Sm2);
}
