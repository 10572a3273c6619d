using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Build.Quickstart;

/// <summary>Serves the modules of templates/go-service-modules, whose folders are named like <c>modules.example/settings@v1.0.3</c>.</summary>
internal static class QuickstartModules
{
    public const string Sumdb = "sum.modules.example";

    public static FixtureModuleProxy Serve(string folder)
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
        var proxy = new FixtureModuleProxy(new FixtureSumdb(Sumdb, key.OpenSigner()));
        foreach (var module in Directory.EnumerateDirectories(folder, "*@v*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var (path, version) = Split(Path.GetRelativePath(folder, module));
            proxy.Add(path, version, Directory.EnumerateFiles(module, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(module, file), File.ReadAllText));
        }

        return proxy;
    }

    private static (string Path, string Version) Split(string name)
    {
        var at = name.LastIndexOf('@');
        return (name[..at], name[(at + 1)..]);
    }
}
