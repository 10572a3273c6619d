using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Processes;

namespace CiCompliance.Go;

/// <summary>Fills a module cache with <c>go mod download -json</c> (Go module reference, "go mod download") under the pins.</summary>
internal sealed class ModuleDownload(IProcessRunner processes)
{
    // The command line stays far below the system's limit.
    private const int ModulesPerCall = 400;

    /// <summary>Downloads what go.mod lists, or the given versions. Says what went wrong; nothing is thrown for a module that can't be had.</summary>
    /// <param name="explicitModules">Empty: what go.mod lists.</param>
    public async Task<IReadOnlyList<Finding>> RunAsync(
        GoCommand go, GoEnvironmentPins pins, string directory, IReadOnlyList<ModuleVersion> explicitModules, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var chunk in explicitModules.Count == 0 ? [[]] : explicitModules.Chunk(ModulesPerCall))
        {
            var result = await processes.RunAsync(
                new(go.Executable, ["mod", "download", "-json", .. chunk.Select(module => module.ToString())], directory, pins.Variables), cancellationToken);
            var before = findings.Count;
            findings.AddRange(Errors(result.StandardOutput));
            if (result.ExitCode != 0 && findings.Count == before)
            {
                findings.Add(Judge("go mod download", GoCommand.FirstLines(result.Error)));
            }
        }

        return findings;
    }

    /// <summary>Has go read every go.mod of the module graph into the cache.</summary>
    public async Task<IReadOnlyList<Finding>> LoadGraphAsync(GoCommand go, GoEnvironmentPins pins, string directory, CancellationToken cancellationToken)
    {
        var result = await processes.RunAsync(new(go.Executable, ["mod", "graph"], directory, pins.Variables), cancellationToken);
        return result.ExitCode == 0 ? [] : [Judge("go mod graph", GoCommand.FirstLines(result.Error))];
    }

    private static IEnumerable<Finding> Errors(byte[] output)
    {
        var position = 0;
        while (position < output.Length)
        {
            DownloadedModule? module;
            try
            {
                var reader = new Utf8JsonReader(output.AsSpan(position), new JsonReaderOptions { AllowMultipleValues = true });
                if (!reader.Read())
                {
                    yield break;
                }

                module = JsonSerializer.Deserialize(ref reader, DownloadContext.Default.DownloadedModule);
                position += (int)reader.BytesConsumed;
                while (position < output.Length && output[position] is (byte)'\n' or (byte)' ' or (byte)'\r')
                {
                    position++;
                }
            }
            catch (JsonException)
            {
                // What follows is not JSON: the exit code and the cache itself decide.
                module = new(null, null, GoCommand.FirstLines(Encoding.UTF8.GetString(output.AsSpan(position, Math.Min(2000, output.Length - position)))));
                position = output.Length;
            }

            if (module?.Error is { Length: > 0 } error)
            {
                yield return Judge(module.Path is null ? "go mod download" : $"{module.Path}@{module.Version}", GoCommand.FirstLines(error));
            }
        }
    }

    // Both stop the run; the words decide only whether it says "no" or "don't know".
    private static Finding Judge(string origin, string error) =>
        error.Contains("SECURITY ERROR", StringComparison.Ordinal) || error.Contains("checksum mismatch", StringComparison.Ordinal)
            ? new(DependencyDiagnostics.DownloadRefused, origin, new($"the go command refused it: {error}", $"go 命令拒绝了它:{error}"),
                new("What the proxy serves is not what go.sum says: find out which of the two was changed", "代理提供的内容与 go.sum 不符:请查明被改动的是哪一方"))
            : error.Contains("go.sum", StringComparison.Ordinal) || error.Contains("updates to go.mod needed", StringComparison.Ordinal)
                ? new(DependencyDiagnostics.GoSumIncomplete, origin, new($"the go command needs more than go.mod and go.sum say: {error}", $"go.mod 和 go.sum 不完整:{error}"),
                    new("Run go mod tidy, look at the difference and commit it", "请运行 go mod tidy,检查差异并提交"))
                : new(DependencyDiagnostics.DownloadFailed, origin, new($"it could not be downloaded: {error}", $"无法下载:{error}"),
                    error.Contains("401 Unauthorized", StringComparison.Ordinal) ? ProxyToken.GiveIt
                        : new("Check that GOPROXY can be reached from here and run again", "请确认此处能访问 GOPROXY 后重试"));
}

internal sealed record DownloadedModule(string? Path, string? Version, string? Error);

[JsonSerializable(typeof(DownloadedModule))]
internal sealed partial class DownloadContext : JsonSerializerContext;
