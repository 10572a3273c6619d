using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CiCompliance.Go;

namespace CiCompliance.GoProxy.Storage;

/// <summary>
/// The store in a folder: <c>modules/PATH/@v/VERSION.json</c> says what is kept, <c>files/xx/SHA256</c> are the files. Each is written beside its place
/// and renamed, so that it is whole or not there, whatever becomes of the process. A power cut may tear what nobody waited for to be on the disk, and that is
/// noticed: a torn description is none, a small file is hashed before it is given for the first time after a start. Only large files are forced to the disk.
/// Whatever is lost is fetched again and must be what was recorded.
/// </summary>
/// <param name="folder">The proxy's own.</param>
/// <param name="maxQuarantine">Bytes of refused files that are kept.</param>
/// <param name="maxQuarantined">How many refused files are kept.</param>
public sealed class FileModuleStore(string folder, long maxQuarantine, TimeProvider clock, int maxQuarantined = 10_000) : IModuleStore, ICacheContent
{
    private const string Unverified = "unverified";
    private const string QuarantineName = "quarantine";
    private const string ReasonExtension = ".txt";

    /// <summary>How exactly it is known when a file was last asked for.</summary>
    private static readonly TimeSpan UseStep = TimeSpan.FromHours(1);

    // Hashing this much takes less time than forcing it to the disk.
    private const long MaxHashed = 1 << 20;
    private const int MaxKnown = 100_000;

    private readonly ConcurrentDictionary<string, bool> whole = new(StringComparer.Ordinal);

    // Two requests for one module version change its description at once; of different ones seldom.
    private readonly Lock[] gates = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];
    private readonly Lock quarantine = new();

    internal string Modules => Path.Combine(folder, "modules");

    internal string Files => Path.Combine(folder, "files");

    /// <inheritdoc/>
    public void Prepare()
    {
        try
        {
            var unverified = Path.Combine(folder, Unverified);
            if (Directory.Exists(unverified))
            {
                Directory.Delete(unverified, recursive: true);
            }

            foreach (var path in new[] { unverified, Modules, Files, Path.Combine(folder, QuarantineName) })
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refusals.StorageFailed(folder, e);
        }
    }

    public StoredModule? Find(ModuleVersion module)
    {
        var file = DescriptionOf(module);
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            if (stream.Length > StoredModule.MaxBytes)
            {
                return null;
            }

            var json = new byte[stream.Length];
            stream.ReadExactly(json);
            return StoredModule.Parse(json, module);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException or EndOfStreamException)
        {
            // What the disk has spoilt is fetched and verified again.
            return null;
        }
    }

    public void Change(ModuleVersion module, Func<StoredModule, StoredModule> change)
    {
        var file = DescriptionOf(module);
        lock (gates[(uint)module.GetHashCode() % (uint)gates.Length])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var temporary = NewUnverified();
            using var unfinished = new UnverifiedFile(temporary);
            File.WriteAllBytes(temporary, change(Find(module) ?? StoredModule.Of(module)).ToJson());
            File.Move(temporary, file, overwrite: true);
        }
    }

    public FileStream? OpenFile(StoredFile file)
    {
        var stream = Peek(file);
        if (stream is null)
        {
            return null;
        }

        try
        {
            if (IsWhole(stream, file))
            {
                Use(stream);
                return stream;
            }
        }
        catch
        {
            stream.Dispose();
            throw;
        }

        stream.Dispose();
        return null;
    }

    public UnverifiedFile CreateUnverified() => new(NewUnverified());

    public void Keep(UnverifiedFile file, string sha256)
    {
        using (var stream = new FileStream(file.Path, FileMode.Open, FileAccess.ReadWrite))
        {
            if (stream.Length > MaxHashed)
            {
                stream.Flush(flushToDisk: true);
            }
        }

        var place = PathOf(sha256);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.Move(file.Path, place, overwrite: true);
        Know(sha256);
    }

    public bool TryQuarantine(UnverifiedFile file, ModuleVersion module, Finding why)
    {
        try
        {
            lock (quarantine)
            {
                return Quarantine(file, why);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>As <see cref="OpenFile"/>, but nobody asked for it, so that it grows old all the same, and who reads it hashes it.</summary>
    internal FileStream? Peek(StoredFile file)
    {
        try
        {
            var stream = new FileStream(PathOf(file.Sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous);
            if (stream.Length == file.Size)
            {
                return stream;
            }

            stream.Dispose();
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<CacheItem> Items() => new DirectoryInfo(Files).EnumerateFiles("*", SearchOption.AllDirectories).Select(file => new CacheItem(file.LastWriteTimeUtc, file.Length, () =>
    {
        file.Delete();
        return true;
    }));

    /// <summary>Everything that is kept, in no order.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public IEnumerable<StoredModule> All()
    {
        foreach (var file in Directory.EnumerateFiles(Modules, "*.json", SearchOption.AllDirectories))
        {
            if (ModuleOf(file) is { } module && Find(module) is { } stored)
            {
                yield return stored;
            }
        }
    }

    public IReadOnlyList<string> Versions(string path)
    {
        var folder = Path.Combine(Modules, ModulePath.Escape(path), "@v");
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.json").Select(ModuleOf).OfType<ModuleVersion>().Where(module => Find(module) is { Zip: not null } or { GoMod: not null }).Select(module => module.Version)]
            : [];
    }

    private ModuleVersion? ModuleOf(string file)
    {
        var name = Path.GetRelativePath(Modules, file);
        return name.Split("/@v/") is [var path, var version] ? ModuleRequest.ParseVersion($"{path}@{version[..^".json".Length]}") : null;
    }

    internal string DescriptionOf(ModuleVersion module) =>
        Path.Combine(Modules, ModulePath.Escape(module.Path), "@v", ModulePath.Escape(module.Version) + ".json");

    internal string PathOf(string sha256) => Path.Combine(Files, sha256[..2], sha256);

    private bool IsWhole(FileStream stream, StoredFile file)
    {
        if (file.Size > MaxHashed || whole.ContainsKey(file.Sha256))
        {
            return true;
        }

        if (Convert.ToHexStringLower(SHA256.HashData(stream)) != file.Sha256)
        {
            return false;
        }

        stream.Position = 0;
        Know(file.Sha256);
        return true;
    }

    private void Know(string sha256)
    {
        if (whole.Count >= MaxKnown)
        {
            whole.Clear();
        }

        whole[sha256] = true;
    }

    /// <summary>The time of a file is when it was last asked for: <see cref="CacheEviction"/> goes by it.</summary>
    private void Use(FileStream stream)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (now - File.GetLastWriteTimeUtc(stream.SafeFileHandle) <= UseStep)
        {
            return;
        }

        try
        {
            File.SetLastWriteTimeUtc(stream.SafeFileHandle, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that can only be read: it is given all the same, and nothing is evicted there.
        }
    }

    private bool Quarantine(UnverifiedFile file, Finding why)
    {
        var place = Path.Combine(folder, QuarantineName);
        var size = new FileInfo(file.Path).Length;
        if (size > maxQuarantine)
        {
            return false;
        }

        MakeRoom(place, maxQuarantine - size);
        string name;
        using (var content = file.OpenRead())
        {
            name = Convert.ToHexStringLower(SHA256.HashData(content));
        }

        // First the file, which needs no room: it is what counts.
        File.Move(file.Path, Path.Combine(place, name), overwrite: true);
        WriteToDisk(Path.Combine(place, name + ReasonExtension), Encoding.UTF8.GetBytes(why.Format(Language.English) + "\n"));
        return true;
    }

    /// <summary>A file goes together with its reason.</summary>
    private void MakeRoom(string place, long room)
    {
        var kept = new DirectoryInfo(place).EnumerateFiles()
            .GroupBy(file => file.Name.EndsWith(ReasonExtension, StringComparison.Ordinal) ? file.Name[..^ReasonExtension.Length] : file.Name, StringComparer.Ordinal)
            .Select(files => (Files: files.ToList(), Size: files.Sum(file => file.Length), Time: files.Max(file => file.LastWriteTimeUtc)))
            .OrderByDescending(pair => pair.Time);
        var (total, number) = (0L, 1);
        foreach (var pair in kept)
        {
            total += pair.Size;
            if (total > room || ++number > maxQuarantined)
            {
                pair.Files.ForEach(file => file.Delete());
            }
        }
    }

    private string NewUnverified() =>
        Path.Combine(folder, Unverified, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));

    private static void WriteToDisk(string path, byte[] content)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }
}
