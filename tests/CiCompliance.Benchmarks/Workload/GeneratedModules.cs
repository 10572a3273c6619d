using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>The generated modules behind a proxy and a checksum database of their own; the same bytes every time.</summary>
internal static class GeneratedModules
{
    public const int Count = 200;
    public const string Version = "v1.0.0";
    private const string Sumdb = "sum.modules.example";

    public static IEnumerable<string> Paths => Enumerable.Range(0, Count).Select(PathOf);

    public static string PathOf(int number) => $"modules.example/m{number:d3}";

    /// <returns>The proxy, and the go.sum of a module that requires all of them.</returns>
    public static (FixtureModuleProxy Proxy, string GoSum) Serve()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
        var proxy = new FixtureModuleProxy(new FixtureSumdb(Sumdb, key.OpenSigner()));
        return (proxy, string.Concat(Enumerable.Range(0, Count).Select(number => proxy.Add(PathOf(number), Version, FilesOf(number)))));
    }

    private static Dictionary<string, string> FilesOf(int number) => new()
    {
        ["go.mod"] = $"module {PathOf(number)}\n\ngo 1.19\n",
        ["LICENSE"] = "Permission to use, copy, modify, and/or distribute this for any purpose is granted.\n",
        [$"m{number:d3}.go"] = $$"""
            // Package m{{number:d3}} folds a text in a way of its own.
            package m{{number:d3}}

            import (
            	"sort"
            	"strconv"
            	"strings"
            )

            // Fold gives the words of text, sorted, with their number.
            func Fold(text string) string {
            	words := strings.Fields(text)
            	sort.Strings(words)
            	return strconv.Itoa(len(words)+{{number}}) + " " + strings.Join(words, " ")
            }

            """,
    };
}
