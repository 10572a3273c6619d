using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Load;

/// <summary><c>cicompliance serve goproxy</c> before one public module proxy that passes its checksum database on.</summary>
internal static class ServedGoProxy
{
    public const string Database = "sum.proxy.example";

    /// <summary>Makes the proxy's folder with a key of its own.</summary>
    /// <returns>GOSUMDB.</returns>
    public static string Create(string tool, string folder, FixtureModuleProxy upstream)
    {
        Directory.CreateDirectory(folder);
        var answer = ServedProcess.Run(tool, "goproxy", "init", ProxyOf(folder), "--name", Database, "--new-key", KeyOf(folder));
        File.WriteAllText(RulesOf(folder), $"version: 1\nupstream:\n  proxies: {upstream.Url}\n  sumdb: {upstream.Sumdb.VerifierKey}\n");
        return answer.Split('\n').Single(line => line.StartsWith("GOSUMDB=", StringComparison.Ordinal))["GOSUMDB=".Length..];
    }

    public static ServedProcess Start(string tool, string folder) =>
        ServedProcess.Start(tool, "serve", "goproxy", "--path", ProxyOf(folder), "--rules", RulesOf(folder), "--sumdb-key", KeyOf(folder), "--listen", "127.0.0.1:0");

    public static string ProxyOf(string folder) => Path.Combine(folder, "proxy");

    public static string KeyOf(string folder) => Path.Combine(folder, "sumdb.pem");

    private static string RulesOf(string folder) => Path.Combine(folder, "goproxy.yml");
}
