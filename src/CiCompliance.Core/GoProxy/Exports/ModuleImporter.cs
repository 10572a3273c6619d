using System.Security.Cryptography;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Keys;

namespace CiCompliance.GoProxy.Exports;

/// <summary>Takes a signed export into a proxy's store and checksum database. Every file is hashed here; a module version that is recorded already must be the same.</summary>
/// <param name="trust">The export's key, and the publishers' whose signatures need not be looked for again.</param>
public sealed class ModuleImporter(
    IModuleStore store, IModuleRecords records, IDecisionLog decisions, TrustStore trust, ISignatureVerifier verifier, TimeProvider clock)
{
    // Records wait for one flush together, and their files beside the cache meanwhile.
    private const int AtOnce = 64;
    private const long BytesAtOnce = 1L << 30;

    /// <returns>How many module versions.</returns>
    /// <exception cref="CiComplianceException">
    /// It isn't signed by a key that may or not what was signed (CIC7130), it contradicts a record (CIC7131), or one of both can't be read or written (CIC7132).
    /// What was taken in before stays: each module version is whole by itself, and the import can be run again.
    /// </exception>
    public async Task<int> ImportAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            var (manifest, authority) = ExportFolder.Open(folder, trust, verifier, clock);
            foreach (var stored in manifest.Modules)
            {
                if (records.Find(ExportManifest.ModuleOf(stored)) is { } known && known != RecordOf(stored))
                {
                    throw ExportErrors.Contradicted(known.Module, known);
                }
            }

            foreach (var some in Batches(manifest.Modules))
            {
                await Task.WhenAll(some.Select(stored => TakeAsync(folder, stored, authority, cancellationToken)));
            }

            return manifest.Modules.Count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ExportErrors.NotUsable(folder, e);
        }
    }

    private static IEnumerable<List<StoredModule>> Batches(IReadOnlyList<StoredModule> modules)
    {
        var (batch, bytes) = (new List<StoredModule>(), 0L);
        foreach (var stored in modules)
        {
            var size = stored.Zip!.Size + stored.GoMod!.Size;
            if (batch.Count == AtOnce || (batch.Count > 0 && bytes + size > BytesAtOnce))
            {
                yield return batch;
                (batch, bytes) = ([], 0L);
            }

            batch.Add(stored);
            bytes += size;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private static SumdbRecord RecordOf(StoredModule stored) => SumdbRecord.Create(ExportManifest.ModuleOf(stored), stored.Zip!.H1, stored.GoMod!.H1);

    private async Task TakeAsync(string folder, StoredModule stored, string authority, CancellationToken cancellationToken)
    {
        var module = ExportManifest.ModuleOf(stored);
        using var zip = Copy(folder, stored.Zip!, stream => ModuleZip.H1(stream, module, cancellationToken));
        using var goMod = Copy(folder, stored.GoMod!, HashGoMod);
        if (records.Find(module) is null)
        {
            await decisions.RecordingAsync(RecordOf(stored), authority);
        }

        if (await records.RecordAsync(RecordOf(stored), cancellationToken) is var recorded && recorded != RecordOf(stored))
        {
            throw ExportErrors.Contradicted(module, recorded);
        }

        store.Keep(zip, stored.Zip!.Sha256);
        store.Keep(goMod, stored.GoMod!.Sha256);
        var taken = stored with { Signer = SignerOf(stored) };
        await Task.WhenAll(decisions.PassedAsync(module, "zip", taken), decisions.PassedAsync(module, "go.mod", taken));
        store.Change(module, _ => taken);
    }

    /// <summary>Null where the publisher isn't trusted for the module here: then the gate looks for a signature itself, if its rules want one.</summary>
    private string? SignerOf(StoredModule stored) =>
        stored.Signer is { } id && trust.Find(KeyRole.Publisher, id, stored.Path) is { Revocation: null } key && key.IsValidAt(clock.GetUtcNow()) ? id : null;

    private UnverifiedFile Copy(string folder, StoredFile file, Func<Stream, string> h1)
    {
        var copy = store.CreateUnverified();
        try
        {
            using (var source = ExportFolder.OpenFile(folder, file))
            using (var target = copy.OpenWrite())
            {
                source.CopyTo(target);
            }

            // What was copied is hashed, not what may be another by now.
            using var content = copy.OpenRead();
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
            content.Position = 0;
            return sha256 == file.Sha256 && h1(content) == file.H1
                ? copy
                : throw ExportErrors.Refused(ExportFolder.PathOf(folder, file), new("its content is not what was signed", "内容与所签不符"));
        }
        catch (InvalidDataException e)
        {
            copy.Dispose();
            throw ExportErrors.Refused(ExportFolder.PathOf(folder, file), new($"it is no module zip: {e.Message}", $"不是模块 zip:{e.Message}"), e);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private static string HashGoMod(Stream stream)
    {
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return ModuleZip.HashGoMod(content);
    }
}
