using System.Text.Json;
using CiCompliance.Benchmarks.Measuring;

namespace CiCompliance.Benchmarks.Hardening;

/// <summary>What <c>cicompliance verify binary FILE</c> says, in the words of <see cref="ReadElf"/>.</summary>
internal static class ToolAnswer
{
    public static IReadOnlyDictionary<string, string> Of(string tool, string file)
    {
        var text = new Command("verify binary", tool, ["verify", "binary", file, "--format", "json", "--language", "en"]) { Expected = [0, 1, 3] }.Answer();
        using var answer = JsonDocument.Parse(text);
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var check in answer.RootElement.GetProperty("stages").EnumerateArray().SelectMany(stage => stage.GetProperty("checks").EnumerateArray()))
        {
            var verdict = check.GetProperty("verdict").GetString()!;
            var detail = check.GetProperty("detail").GetString()!;
            switch (check.GetProperty("id").GetString()!)
            {
                case "binary.relro":
                    said["relro"] = verdict == "not-applicable" ? "n/a" : detail[..detail.IndexOf(':', StringComparison.Ordinal)] switch
                    {
                        "missing" => "none",
                        "ineffective" => "partial",
                        var word => word,
                    };
                    break;
                case "binary.pie":
                    said["pie"] = verdict == "pass" ? "yes" : detail.Contains("shared object", StringComparison.Ordinal) ? "dso" : "no";
                    break;
                case "binary.nx-stack":
                    said["nx"] = verdict == "pass" ? "yes" : "no";
                    break;
                case "binary.no-rpath":
                    said["rpath"] = verdict == "pass" ? "no" : "yes";
                    break;
                case "binary.stripped":
                    said["symbols"] = verdict == "pass" ? "no" : "yes";
                    break;
            }
        }

        return said;
    }
}

/// <summary>What checksec says, in the words of <see cref="ReadElf"/>.</summary>
internal static class ChecksecAnswer
{
    public static IReadOnlyDictionary<string, string> Of(string checksec, string file)
    {
        using var answer = JsonDocument.Parse(new Command("checksec", checksec, [$"--file={file}", "--output=json"]).Answer());
        var row = answer.RootElement.EnumerateObject().First().Value;
        string Value(string name) => row.GetProperty(name).GetString()!;
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["relro"] = Value("relro") == "no" ? "none" : Value("relro"),
            ["pie"] = Value("pie"),
            ["nx"] = Value("nx"),
            ["rpath"] = Value("rpath") == "yes" || Value("runpath") == "yes" ? "yes" : "no",
            ["symbols"] = Value("symbols"),
        };
    }
}
