using System.Reflection;

namespace CiCompliance.Pipeline;

/// <summary>The version that statements carry.</summary>
public static class ToolVersion
{
    /// <summary>For example <c>0.1.0</c> or <c>0.2.0-alpha.0.3</c>, without build metadata.</summary>
    public static string Current { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Whether a version is the minimum or later; a pre-release comes before its release (Semantic Versioning 2.0.0 §11).</summary>
    /// <returns>False also for what is no version.</returns>
    public static bool IsAtLeast(string version, Version minimum)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(minimum);
        var parts = version.Split('-', 2);
        var release = new Version(minimum.Major, minimum.Minor, Math.Max(minimum.Build, 0));
        return Version.TryParse(parts[0], out var core) && (core > release || (core == release && parts.Length == 1));
    }
}
