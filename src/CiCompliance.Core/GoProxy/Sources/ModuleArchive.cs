using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using CiCompliance.Go;

namespace CiCompliance.GoProxy.Sources;

/// <summary>
/// The files of a module version, spooled by git archive, which converts line ends and expands keywords as the tree's own .gitattributes say; the hashes of
/// the go command are over the files so converted. Disposing removes the spool.
/// </summary>
internal sealed class ModuleArchive : IAsyncDisposable
{
    private const int MaxLicense = 16 << 20;
    private const int StreamedFrom = 1 << 20;
    private const string License = "LICENSE";
    private static readonly DateTimeOffset ZipTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ModuleVersion module;
    private readonly string prefix;
    private readonly FileStream spool;
    private readonly Func<FileStream> createTemporary;
    private readonly HashSet<string> missing;
    private readonly byte[]? rootLicense;
    private long left = ModuleZip.MaxBytes;

    private ModuleArchive(ModuleVersion module, string prefix, FileStream spool, Func<FileStream> createTemporary, HashSet<string> names, byte[]? rootLicense)
    {
        this.createTemporary = createTemporary;
        this.module = module;
        this.prefix = prefix;
        this.spool = spool;
        this.rootLicense = rootLicense;
        missing = names;
    }

    /// <exception cref="ModuleSourceException">There can be no zip of it: names, sizes.</exception>
    public static async Task<ModuleArchive> CreateAsync(
        ModuleVersion module, GitModuleFiles files, BareRepository repository, Func<FileStream> createTemporary, CancellationToken cancellationToken)
    {
        var prefix = files.Directory.Length == 0 ? "" : files.Directory + "/";
        var tree = await ReadTreeAsync(module, repository, files.Commit.Id, cancellationToken);
        var inside = tree.Where(file => file.Name.StartsWith(prefix, StringComparison.Ordinal) && file.Mode[0] == '1' && file.Mode != "160000")
            .Select(file => file with { Name = file.Name[prefix.Length..] }).ToList();
        var names = inside.Select(file => (file.Name, IsRegular: file.Mode.StartsWith("100", StringComparison.Ordinal))).ToList();
        var license = prefix.Length > 0 && !names.Any(file => file.Name == License)
            ? (await repository.ReadAsync([$"{files.Commit.Id}:{License}"], cancellationToken))[0]
            : null;
        if (license is not null)
        {
            names.Add((License, true));
        }

        var isFrom124 = files.GoMod is not null && names.Contains(("go.mod", true)) && GoModScan.IsFrom124(files.GoMod);
        var spool = createTemporary();
        try
        {
            var selected = Select(module, names, isFrom124);
            _ = license is not null && selected.Remove(License);
            if (inside.Count > 0)
            {
                await repository.RunAsync(Arguments(tree, files), spool, MaxSpool(module, inside), cancellationToken);
            }

            return new(module, prefix, spool, createTemporary, selected, license);
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes the zip, compressed, with no times. It is made in a file first: the runtime's ZipArchive writes without await, which a web server's answer does not take.</summary>
    /// <exception cref="ModuleSourceException">Too large; nothing was written.</exception>
    /// <exception cref="IOException">The destination can't be written.</exception>
    public async Task WriteZipAsync(Stream destination, CancellationToken cancellationToken)
    {
        await using var file = createTemporary();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            await AddAllAsync(zip, cancellationToken);
        }

        _ = file.Length <= ModuleZip.MaxBytes ? file.Position = 0 : throw TooLarge("its zip");
        await file.CopyToAsync(destination, cancellationToken);
    }

    public ValueTask DisposeAsync() => spool.DisposeAsync();

    private async Task AddAllAsync(ZipArchive zip, CancellationToken cancellationToken)
    {
        spool.Position = 0;
        await using var reader = new TarReader(spool, leaveOpen: true);
        while (spool.Length > 0 && await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && entry.Name.StartsWith(prefix, StringComparison.Ordinal) && missing.Remove(entry.Name[prefix.Length..]))
            {
                await AddAsync(zip, entry.Name[prefix.Length..], entry.DataStream ?? Stream.Null, entry.Length, cancellationToken);
            }
        }

        if (missing.Count > 0)
        {
            throw new ModuleSourceException($"{module}: git archive left out {missing.Count} files, for example '{SafeText.Line(missing.First(), 200)}'");
        }

        if (rootLicense is not null)
        {
            await AddAsync(zip, License, new MemoryStream(rootLicense), rootLicense.Length, cancellationToken);
        }
    }

    private async Task AddAsync(ZipArchive zip, string name, Stream content, long size, CancellationToken cancellationToken)
    {
        left -= size;
        if (left < 0)
        {
            throw TooLarge("its files");
        }

        if ((name == "go.mod" && size > ModuleLimits.MaxGoMod) || (name == License && size > MaxLicense))
        {
            throw TooLarge(name);
        }

        var entry = zip.CreateEntry($"{module}/{name}", CompressionLevel.Optimal);
        entry.LastWriteTime = ZipTime;
        await using var target = await entry.OpenAsync(cancellationToken);
        await content.CopyToAsync(target, cancellationToken);
    }

    private static HashSet<string> Select(ModuleVersion module, List<(string Name, bool IsRegular)> names, bool isFrom124)
    {
        try
        {
            return ModuleFileSelection.Select(module, names, isFrom124);
        }
        catch (InvalidDataException e)
        {
            throw new ModuleSourceException($"{module}: {e.Message}", e);
        }
    }

    private static async Task<List<TreeFile>> ReadTreeAsync(ModuleVersion module, BareRepository repository, string commit, CancellationToken cancellationToken)
    {
        var output = await repository.RunBytesAsync(["ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", commit], cancellationToken);
        var files = new List<TreeFile>();
        foreach (var line in Encoding.UTF8.GetString(output).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            var words = line[..tab].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var name = line[(tab + 1)..];
            if (name.Split('/').Any(element => element is "" or "." or ".." || element.Equals(".git", StringComparison.OrdinalIgnoreCase)))
            {
                throw new ModuleSourceException($"{module}: the tree holds the invalid path '{SafeText.Line(name, 200)}'");
            }

            files.Add(new(words[0], long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0, name));
        }

        return files;
    }

    private static string[] Arguments(List<TreeFile> tree, GitModuleFiles files)
    {
        // What git streams it does not convert; without attributes there is nothing to convert, and git need not hold large files in memory.
        var isPlain = !tree.Any(file => file.Name == ".gitattributes" || file.Name.EndsWith("/.gitattributes", StringComparison.Ordinal));
        return
        [
            "-c", "core.autocrlf=input", "-c", "core.eol=lf", .. isPlain ? (string[])["-c", $"core.bigFileThreshold={StreamedFrom}"] : [],
            "archive", "--format=tar", files.Commit.Id, .. files.Directory.Length == 0 ? (string[])[] : ["--", files.Directory],
        ];
    }

    // Four times what is in the repository for converted texts, two blocks of 512 and a header or two for each file.
    private static int MaxSpool(ModuleVersion module, List<TreeFile> files)
    {
        var max = (4 * files.Sum(file => file.Size)) + (4096L * files.Count) + (1 << 20);
        return max <= int.MaxValue ? (int)max : throw new ModuleSourceException($"{module}: its folder has more than {ModuleZip.MaxBytes} bytes");
    }

    private ModuleSourceException TooLarge(string what) => new($"{module}: {what} has more bytes than a module may have");

    private sealed record TreeFile(string Mode, long Size, string Name);
}
