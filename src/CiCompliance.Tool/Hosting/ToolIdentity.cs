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
    /// Lower-case hex SHA-256 over the digests of what lies in the tool's folder and can run in its process: every assembly, its own or not, every
    /// native library, and the executable where there is one. As <c>LC_ALL=C; sha256sum *.dll *.so cicompliance | sort -k 2 | sha256sum</c> prints it there.
    /// </summary>
    /// <remarks>The .NET runtime, and native libraries in subfolders, are not in it.</remarks>
    public static string Digest(string folder)
    {
        var list = new StringBuilder();
        foreach (var path in Directory.EnumerateFiles(folder).Where(CanRun).OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            using var file = File.OpenRead(path);
            list.Append(Convert.ToHexStringLower(SHA256.HashData(file))).Append("  ").Append(Path.GetFileName(path)).Append('\n');
        }

        return list.Length > 0 ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list.ToString())))
            : throw new FileNotFoundException("the tool's folder has neither an assembly nor the executable", Path.Combine(folder, "cicompliance"));
    }

    private static bool CanRun(string path) => Path.GetFileName(path) == "cicompliance" || Path.GetExtension(path) is ".dll" or ".so";
}
