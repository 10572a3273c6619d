using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Load;

/// <summary><c>cicompliance serve log</c>, over a folder that is there already or is made.</summary>
internal static class ServedLog
{
    /// <summary>A key for <see cref="Start"/> and <see cref="Create"/>.</summary>
    public static string WriteKey(string file, EcdsaTestSigner key)
    {
        File.WriteAllText(file, key.PrivatePem);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    public static void Create(string tool, string folder, string key) =>
        ServedProcess.Run(tool, "log", "init", folder, "--origin", "log.example.test", "--log-key", key);

    public static ServedProcess Start(string tool, string folder, string key) =>
        ServedProcess.Start(tool, "serve", "log", "--path", folder, "--log-key", key, "--listen", "127.0.0.1:0");
}
