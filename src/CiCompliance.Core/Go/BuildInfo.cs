using CiCompliance.BinaryHardening;

namespace CiCompliance.Go;

/// <summary>What the Go linker recorded in a binary: the same facts as <c>go version -m</c>, in the order of the file.</summary>
/// <param name="GoVersion">For example <c>go1.23.5</c>, with experiments behind it where there are any.</param>
/// <param name="Path">Import path of the main package.</param>
/// <param name="Main">The main module; its version is <c>(devel)</c> or empty without version control data.</param>
public sealed record GoBuildInfo(
    string GoVersion,
    string Path,
    BuildInfoModule? Main,
    IReadOnlyList<BuildInfoModule> Dependencies,
    IReadOnlyList<BuildSetting> Settings)
{
    /// <exception cref="BuildInfoException">No build information, or not in the form that Go 1.18 and later write.</exception>
    /// <exception cref="ElfFormatException">The file itself is malformed.</exception>
    /// <exception cref="IOException">Reading failed.</exception>
    public static GoBuildInfo Read(string path)
    {
        using var file = ElfFile.Open(path);
        return Read(file);
    }

    /// <inheritdoc cref="Read(string)"/>
    public static GoBuildInfo Read(ElfFile file) => BuildInfoReader.Read(file);

    /// <summary>The value of a setting, or null.</summary>
    public string? Setting(string key) => Settings.FirstOrDefault(setting => setting.Key == key)?.Value;
}

/// <param name="Sum">The <c>h1:</c> hash of go.sum, or empty (main module, local replacement).</param>
/// <param name="Replacement">What was built in its place.</param>
public sealed record BuildInfoModule(string Path, string Version, string Sum, BuildInfoModule? Replacement = null)
{
    /// <summary>The module whose code is in the binary.</summary>
    public BuildInfoModule Effective => Replacement ?? this;
}

/// <param name="Key">For example <c>-trimpath</c> or <c>CGO_ENABLED</c>.</param>
public sealed record BuildSetting(string Key, string Value);

/// <summary>A binary's Go build information is missing or malformed.</summary>
public sealed class BuildInfoException : FormatException
{
    public BuildInfoException()
    {
    }

    public BuildInfoException(string message)
        : base(message)
    {
    }

    public BuildInfoException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
