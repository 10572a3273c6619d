using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Keys;
using CiCompliance.Signing;

namespace CiCompliance.GoProxy.Exports;

/// <summary>Writes what a proxy verified into a folder that another proxy, which has no way out, takes in: <c>manifest.json</c>, its signature, and the files by digest.</summary>
public sealed class ModuleExporter(FileModuleStore store, IDigestCalculator digests, TimeProvider clock)
{
    private const int PieceSize = 128 << 10;

    /// <param name="target">An empty or missing folder.</param>
    /// <param name="prefixes">Paths that are exported, in whole elements; none: everything.</param>
    /// <param name="key">Its algorithm is the trust store's to say where the export is read.</param>
    /// <returns>How many module versions. One without zip or go.mod in the cache is left out, and one with a file that the disk has spoilt.</returns>
    /// <exception cref="CiComplianceException">The folder isn't empty, or one of both can't be read or written (CIC7132).</exception>
    public ExportedModules Export(string target, VerifierKey database, IReadOnlyList<string> prefixes, ISigner key, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(target);
            if (Directory.EnumerateFileSystemEntries(target).Any())
            {
                throw ExportErrors.NotEmpty(target);
            }

            var (modules, spoilt) = (new List<StoredModule>(), 0);
            foreach (var stored in store.All().Where(stored => prefixes.Count == 0 || prefixes.Any(prefix => ModuleRules.Covers(prefix, stored.Path))))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (stored is not { Zip: { } zip, GoMod: { } goMod })
                {
                    continue;
                }

                switch (Copy(zip, target), Copy(goMod, target))
                {
                    case (true, true):
                        modules.Add(stored);
                        break;
                    case (false, _) or (_, false):
                        spoilt++;
                        break;
                }
            }

            var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
            var manifest = new ExportManifest(
                ExportManifest.CurrentFormat, database.ToString(), now, [.. modules.OrderBy(ExportManifest.ModuleOf)]).ToJson();
            File.WriteAllBytes(Path.Combine(target, ExportManifest.FileName), manifest);

            // Last: without it the folder is nothing.
            File.WriteAllBytes(Path.Combine(target, ExportManifest.EnvelopeName), Sign(manifest, modules.Count, now, key).ToJson());
            return new(modules.Count, spoilt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ExportErrors.NotUsable(target, e);
        }
    }

    private DsseEnvelope Sign(byte[] manifest, int count, DateTimeOffset created, ISigner key)
    {
        var payload = new Statement(Statement.V1, [new(ExportManifest.FileName, digests.Compute(manifest))], PredicateTypes.ModuleExport, new JsonObject
        {
            ["created"] = created.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["modules"] = count,
        }).ToJson();
        return new(payload, DsseEnvelope.InTotoPayloadType,
            [new(key.KeyId, key.Sign(DsseEnvelope.PreAuthenticationEncoding(DsseEnvelope.InTotoPayloadType, payload)), key.CertificateChain)]);
    }

    /// <returns>Null where it has left the cache, false where it is not what was verified.</returns>
    private bool? Copy(StoredFile file, string target)
    {
        var place = ExportFolder.PathOf(target, file);
        if (File.Exists(place))
        {
            // Of another version, and was right.
            return true;
        }

        using var content = store.Peek(file);
        if (content is null)
        {
            return File.Exists(store.PathOf(file.Sha256)) ? false : null;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var copy = new FileStream(place, FileMode.Create, FileAccess.Write))
        {
            var piece = new byte[PieceSize];
            while (content.Read(piece) is > 0 and var read)
            {
                hash.AppendData(piece, 0, read);
                copy.Write(piece, 0, read);
            }
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) == file.Sha256)
        {
            return true;
        }

        File.Delete(place);
        return false;
    }
}

/// <param name="Count">Module versions in the export.</param>
/// <param name="Spoilt">Module versions that were left out because a file in the cache is no longer what was verified.</param>
public readonly record struct ExportedModules(int Count, int Spoilt);
