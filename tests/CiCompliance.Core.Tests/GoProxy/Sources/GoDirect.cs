using System.Diagnostics;
using System.Text.Json;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>The real go command with GOPROXY=direct and an empty cache, for which https://example.test/repo is a repository here.</summary>
internal sealed class GoDirect : IDisposable
{
    private readonly TempDirectory temp = new();
    private readonly string go = Peers.Require("go1.24");

    public GoDirect(string repository)
    {
        temp.Write("gitconfig", $"[url \"file://{repository}\"]\n\tinsteadOf = https://example.test/repo\n");
        Directory.CreateDirectory(temp.Combine("home"));
        Directory.CreateDirectory(temp.Combine("module"));
    }

    /// <returns>What <c>go mod download -json</c> prints: Version, Sum, GoModSum, Info, Zip, or Error.</returns>
    public Dictionary<string, string> Download(string module) =>
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Run("mod", "download", "-json", module))!
            .Where(pair => pair.Value.ValueKind == JsonValueKind.String).ToDictionary(pair => pair.Key, pair => pair.Value.GetString()!, StringComparer.Ordinal);

    public string[] Versions(string path) => Run("list", "-m", "-versions", "-retracted", "-f", "{{range .Versions}}{{.}} {{end}}", path).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <returns>Standard output; of a failed command too.</returns>
    public string Run(params string[] arguments)
    {
        var info = new ProcessStartInfo(go, arguments) { WorkingDirectory = temp.Combine("module"), RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment.Clear();
        foreach (var (name, value) in new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
            ["HOME"] = temp.Combine("home"),
            ["GOPATH"] = temp.Combine("gopath"),
            ["GOCACHE"] = temp.Combine("gocache"),
            ["GOENV"] = "off",
            ["GOFLAGS"] = "-modcacherw",
            ["GOPROXY"] = "direct",
            ["GONOSUMDB"] = "*",
            ["GOVCS"] = "*:git",
            ["GOTOOLCHAIN"] = "local",
            ["GIT_CONFIG_GLOBAL"] = temp.Combine("gitconfig"),
            ["GIT_CONFIG_NOSYSTEM"] = "1",
        })
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 || output.Length > 0 ? output : throw new InvalidOperationException($"go {string.Join(' ', arguments)}: {error.Result}");
    }

    public void Dispose() => temp.Dispose();
}
