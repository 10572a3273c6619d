using NUnit.Framework;

namespace CiCompliance.Testing;

/// <summary>
/// Real programs that tests run against: in the folder CICOMPLIANCE_PEERS by a versioned name (<c>go1.23</c>, <c>cosign3</c>), or on PATH.
/// </summary>
public static class Peers
{
    /// <summary>Tests that <c>./build.sh --target=PeerTests</c> runs: their output shows the peers' commands and answers.</summary>
    public const string Category = "Peer";

    public static string? Find(string name)
    {
        var folders = new[] { Environment.GetEnvironmentVariable("CICOMPLIANCE_PEERS") ?? "" }
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return folders.Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>Skips the test, naming what is missing; <c>unavailable:</c> where build/peers.sh has no way to install it.</summary>
    public static string Require(string name)
    {
        if (Find(name) is { } path)
        {
            return path;
        }

        var unavailable = (Environment.GetEnvironmentVariable("CICOMPLIANCE_PEERS_UNAVAILABLE") ?? "").Split(' ').Contains(name);
        Assert.Ignore(unavailable ? $"unavailable: {name}" : $"needs {name}");
        return "";
    }
}
