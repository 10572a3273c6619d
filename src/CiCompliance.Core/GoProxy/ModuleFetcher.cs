using System.Security.Cryptography;
using CiCompliance.Go;
using CiCompliance.GoProxy.Sources;
using CiCompliance.GoProxy.Storage;

namespace CiCompliance.GoProxy;

/// <summary>Where modules come from: public ones from proxies in order, private ones each from its own place.</summary>
public interface IModuleSources
{
    SourceList Public { get; }

    /// <returns>Null where no place is configured for it.</returns>
    IModuleSource? FindPrivate(string path);
}

/// <summary>Gets files of modules into quarters where nobody reads them, and hashes them there.</summary>
internal sealed class ModuleFetcher(IModuleSources sources, IModuleStore store, CancellationToken stopping) : IDisposable
{
    // Each download may take as much room on the disk as the largest zip, and while it is hashed the zip's directory in memory. What is private has
    // rooms of its own: it must not wait behind a public proxy that is slow.
    private readonly (WaitingRoom Public, WaitingRoom Private) downloads = (new(32, 256), new(8, 64));
    private readonly (WaitingRoom Public, WaitingRoom Private) questions = (new(64, 512), new(16, 128));
    private readonly SemaphoreSlim hashing = new(Math.Max(2, Environment.ProcessorCount));

    /// <summary>A small answer: a list, a description or a go.mod.</summary>
    /// <exception cref="CiComplianceException">CIC7101, CIC7108 or CIC7114.</exception>
    /// <exception cref="ModuleNotFoundException">No source has it.</exception>
    public async Task<(T Answer, IModuleSource Source)> AskAsync<T>(ModuleVersion module, bool isPrivate, Func<IModuleSource, Task<T>> ask)
    {
        using var place = await (isPrivate ? questions.Private : questions.Public).EnterAsync(module, stopping);
        return await FirstAsync(module, isPrivate, ask);
    }

    private async Task<(T Answer, IModuleSource Source)> FirstAsync<T>(ModuleVersion module, bool isPrivate, Func<IModuleSource, Task<T>> ask)
    {
        try
        {
            if (!isPrivate)
            {
                return await sources.Public.AskAsync(ask);
            }

            var source = sources.FindPrivate(module.Path) ?? throw Refusals.OtherSpelling(module);
            return (await ask(source), source);
        }
        catch (ModuleSourceException e)
        {
            throw Refusals.SourceFailed(module.ToString(), e);
        }
    }

    public async Task<FetchedFile> GoModAsync(ModuleVersion module, bool isPrivate)
    {
        var (content, source) = await AskAsync(module, isPrivate, source => source.ReadGoModAsync(module, stopping));
        var file = store.CreateUnverified();
        try
        {
            await File.WriteAllBytesAsync(file.Path, content, stopping);
            return new(store, file, module, new(Convert.ToHexStringLower(SHA256.HashData(content)), content.Length, ModuleZip.HashGoMod(content)), source.Name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <exception cref="CiComplianceException">As <see cref="AskAsync"/>; it is no module zip (CIC7111).</exception>
    public async Task<FetchedFile> ZipAsync(ModuleVersion module, bool isPrivate)
    {
        using var place = await (isPrivate ? downloads.Private : downloads.Public).EnterAsync(module, stopping);
        var file = store.CreateUnverified();
        try
        {
            var (_, source) = await FirstAsync(module, isPrivate, async source =>
            {
                await using var stream = file.OpenWrite();
                await source.DownloadZipAsync(module, stream, stopping);
                return true;
            });
            await hashing.WaitAsync(stopping);
            try
            {
                return new(store, file, module, await Task.Run(() => Hash(file, module), stopping), source.Name);
            }
            catch (InvalidDataException e)
            {
                var refusal = Refusals.BadZip(module, source.Name, e.Message, isKept: true, e);
                throw store.TryQuarantine(file, module, refusal.Finding) ? refusal : Refusals.BadZip(module, source.Name, e.Message, isKept: false, e);
            }
            finally
            {
                hashing.Release();
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        downloads.Public.Dispose();
        downloads.Private.Dispose();
        questions.Public.Dispose();
        questions.Private.Dispose();
        hashing.Dispose();
    }

    private StoredFile Hash(UnverifiedFile file, ModuleVersion module)
    {
        using var stream = file.OpenRead();
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(stream));
        stream.Position = 0;
        return new(sha256, stream.Length, ModuleZip.H1(stream, module, stopping));
    }
}

/// <summary>A file that was fetched and hashed, and that nobody has compared yet.</summary>
internal sealed class FetchedFile(IModuleStore store, UnverifiedFile file, ModuleVersion module, StoredFile stored, string source) : IDisposable
{
    public StoredFile Stored => stored;

    /// <summary>Name of the source that gave it.</summary>
    public string Source => source;

    /// <exception cref="IOException">It can't be kept.</exception>
    public void Keep() => store.Keep(file, stored.Sha256);

    /// <returns>Whether it is kept there.</returns>
    public bool Quarantine(Finding why) => store.TryQuarantine(file, module, why);

    public void Dispose() => file.Dispose();
}
