using System.Text;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>The application: five commands, each with all generated modules in it, two of them with net/http.</summary>
internal static class GeneratedApplication
{
    public const string Module = "modules.example/application";

    private static readonly string[] Programs = ["api", "batch", "gateway", "migrate", "worker"];

    public static IReadOnlyList<string> Packages { get; } = [.. Programs.Select(program => $"./cmd/{program}")];

    public static IReadOnlyDictionary<string, string> Files(string goSum)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["go.mod"] = $"module {Module}\n\ngo 1.19\n\nrequire (\n{string.Concat(GeneratedModules.Paths.Select(path => $"\t{path} {GeneratedModules.Version}\n"))})\n",
            ["go.sum"] = goSum,
        };
        foreach (var program in Programs)
        {
            files[$"cmd/{program}/main.go"] = Source(serves: program is "api" or "gateway");
        }

        return files;
    }

    private static string Source(bool serves)
    {
        var text = new StringBuilder("package main\n\nimport (\n\t\"fmt\"\n").Append(serves ? "\t\"net/http\"\n" : "").Append("\t\"os\"\n\n");
        foreach (var path in GeneratedModules.Paths)
        {
            text.Append($"\t\"{path}\"\n");
        }

        text.Append(")\n\nfunc main() {\n\ttext := fmt.Sprint(os.Args)\n");
        foreach (var path in GeneratedModules.Paths)
        {
            text.Append($"\ttext = {path[(path.LastIndexOf('/') + 1)..]}.Fold(text)\n");
        }

        return text.Append("\tfmt.Println(text)\n").Append(serves ? "\tfmt.Println(http.ListenAndServe(\"127.0.0.1:0\", nil))\n" : "").Append("}\n").ToString();
    }
}
