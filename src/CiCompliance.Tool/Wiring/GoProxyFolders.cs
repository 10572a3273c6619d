using CiCompliance.Cryptography;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;
using CiCompliance.Server.GoProxy;

namespace CiCompliance.Tool.Wiring;

/// <summary>Folders of module proxies.</summary>
internal sealed class GoProxyFolders(ISignerFactory signers, TimeProvider clock)
{
    /// <param name="key">The key of the checksum database, or null: <paramref name="newKey"/> is made.</param>
    /// <returns>GOSUMDB.</returns>
    /// <exception cref="CiComplianceException">The key can't be opened or made, the folder isn't empty or can't be written, or the name is none.</exception>
    public string Create(string path, string name, KeyReference? key, string? newKey, KeyReference? sm2)
    {
        using var generated = key is null ? KeyGenerator.Generate(KeyAlgorithm.Ed25519) : null;
        using var signer = generated?.OpenSigner() ?? signers.Open(key!, KeyAlgorithm.Ed25519);
        using var coSigner = sm2 is null ? null : signers.Open(sm2, KeyAlgorithm.Sm2);

        // The name is looked at before a key is written that nobody needs.
        _ = SumdbStore.KeyOf(name, signer);
        generated?.Save(newKey!);
        try
        {
            using var store = SumdbStore.Create(Path.Combine(path, GoProxyOptions.SumdbFolder), name, signer, coSigner, clock);
            return store.Key.ToString();
        }
        catch (CiComplianceException) when (generated is not null)
        {
            File.Delete(newKey!);
            throw;
        }
    }
}
