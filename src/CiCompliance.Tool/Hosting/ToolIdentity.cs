using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Tool.Hosting;

/// <summary>Which tool this is.</summary>
internal static class ToolIdentity
{
    /// <summary>For example <c>0.1.0</c>; without the commit that the SDK appends.</summary>
    public static string Version { get; } =
        typeof(ToolIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>
    /// Lower-case hex SHA-256 over the digests of the tool's own assemblies, as <c>LC_ALL=C; sha256sum CiCompliance.*.dll cicompliance.dll | sha256sum</c>
    /// prints it in the tool's folder; of the native form the executable stands in their place.
    /// </summary>
    public static string Digest(string folder)
    {
        var list = new StringBuilder();
        var assemblies = Directory.EnumerateFiles(folder, "*.dll").Where(IsOwn).ToList();
        foreach (var path in (assemblies.Count > 0 ? assemblies : [Path.Combine(folder, "cicompliance")]).OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            using var file = File.OpenRead(path);
            list.Append(Convert.ToHexStringLower(SHA256.HashData(file))).Append("  ").Append(Path.GetFileName(path)).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list.ToString())));
    }

    private static bool IsOwn(string path) =>
        Path.GetFileName(path) is "cicompliance.dll" or ['C', 'i', 'C', 'o', 'm', 'p', 'l', 'i', 'a', 'n', 'c', 'e', '.', ..];
}
