using CiCompliance.Go;

namespace CiCompliance.GoProxy.Sources;

/// <summary>
/// Where modules come from: a module proxy, or the version control of a private module. Nothing that it says is believed; what it gives is verified
/// before anybody gets it.
/// </summary>
public interface IModuleSource
{
    /// <summary>Its address without credentials, for audit records and messages.</summary>
    string Name { get; }

    /// <summary>Known versions of a module, releases and pre-releases, in no order; pseudo-versions are not among them.</summary>
    /// <exception cref="ModuleNotFoundException">There is no such module here.</exception>
    /// <exception cref="ModuleSourceException">It can't be asked, or its answer can't be used.</exception>
    Task<IReadOnlyList<string>> ListAsync(string path, CancellationToken cancellationToken);

    /// <summary>What a version, branch, tag or commit stands for.</summary>
    /// <exception cref="ModuleNotFoundException">There is none.</exception>
    /// <exception cref="ModuleSourceException">As above.</exception>
    Task<ModuleInfo> ResolveAsync(string path, string query, CancellationToken cancellationToken);

    /// <summary>What the go command falls back on where a module has no version in its list.</summary>
    /// <exception cref="ModuleNotFoundException">There is none.</exception>
    /// <exception cref="ModuleSourceException">As above.</exception>
    Task<ModuleInfo> ResolveLatestAsync(string path, CancellationToken cancellationToken);

    /// <summary>The go.mod of a version, at most <see cref="ModuleLimits.MaxGoMod"/> bytes.</summary>
    /// <exception cref="ModuleNotFoundException">There is none.</exception>
    /// <exception cref="ModuleSourceException">As above.</exception>
    Task<byte[]> ReadGoModAsync(ModuleVersion module, CancellationToken cancellationToken);

    /// <summary>Writes the zip of a version, at most <see cref="ModuleZip.MaxBytes"/> bytes.</summary>
    /// <exception cref="ModuleNotFoundException">There is none.</exception>
    /// <exception cref="ModuleSourceException">As above; something may have been written.</exception>
    /// <exception cref="IOException">The destination can't be written.</exception>
    Task DownloadZipAsync(ModuleVersion module, Stream destination, CancellationToken cancellationToken);
}

/// <summary>The content of <c>.info</c>.</summary>
/// <param name="Version">Canonical.</param>
/// <param name="Time">Of the commit, as its author's clock said; null where the source names none.</param>
public sealed record ModuleInfo(string Version, DateTimeOffset? Time);

/// <summary>The go command's own limits (golang.org/x/mod/zip), and of lists.</summary>
public static class ModuleLimits
{
    /// <summary>16 MiB, as for a LICENSE file.</summary>
    public const int MaxGoMod = 16 << 20;

    public const int MaxInfo = 64 << 10;

    public const int MaxList = 8 << 20;
}

/// <summary>A source's answer 404 or 410: the next source is asked.</summary>
public sealed class ModuleNotFoundException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>A source gave no answer that can be used. The message is fit for developers: one line, no credentials.</summary>
public sealed class ModuleSourceException(string message, Exception? cause = null) : Exception(message, cause);
