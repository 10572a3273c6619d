using CiCompliance.Testing;

namespace CiCompliance.PackageTests;

/// <summary>This repository's files at another place, without anything that was built: builds there touch nothing that runs here.</summary>
internal static class RepositoryCopy
{
    private static readonly Lazy<string> Folder = new(Make);

    public static string Path => Folder.Value;

    /// <summary>This process's environment, and CI's settings, which map paths away.</summary>
    public static Dictionary<string, string> NewEnvironment()
    {
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "");
        environment["CI"] = "true";
        environment["PATH"] = $"{System.IO.Path.GetDirectoryName(LocalFeed.DotNet)}:{System.IO.Path.GetDirectoryName(Peers.Require("go"))}:{Environment.GetEnvironmentVariable("PATH")}";
        return environment;
    }

    private static string Make()
    {
        var folder = LocalFeed.NewFolder("repository");
        Run.Shell(LocalFeed.Root, "git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -a -t \"$TARGET\" && cp -a .git \"$TARGET\"",
            new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")!, ["TARGET"] = folder }).ShouldPass();
        return folder;
    }
}
