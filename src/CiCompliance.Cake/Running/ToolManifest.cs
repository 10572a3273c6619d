using System.Text.Json;

namespace CiCompliance.Cake.Running;

/// <summary>The files in which <c>dotnet tool</c> keeps a repository's tools.</summary>
internal static class ToolManifest
{
    private const int MaxBytes = 1 << 20;

    /// <summary>The nearest manifest upwards that has the command.</summary>
    /// <exception cref="global::Cake.Core.CakeException">A manifest on the way cannot be read (CIC0040).</exception>
    public static string? Find(string command, string workingDirectory)
    {
        for (var folder = new DirectoryInfo(workingDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var file in new[] { Path.Combine(folder.FullName, ".config", "dotnet-tools.json"), Path.Combine(folder.FullName, "dotnet-tools.json") }.Where(File.Exists))
            {
                var (hasCommand, isRoot) = Read(file, command);
                if (hasCommand || isRoot)
                {
                    return hasCommand ? file : null;
                }
            }
        }

        return null;
    }

    private static (bool HasCommand, bool IsRoot) Read(string file, string command)
    {
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
            {
                throw new JsonException($"it is larger than {MaxBytes} bytes");
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { MaxDepth = 16, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var root = document.RootElement;
            var hasCommand = root.TryGetProperty("tools", out var tools) && tools.EnumerateObject()
                .Any(tool => tool.Value.GetProperty("commands").EnumerateArray().Any(name => name.GetString() == command));
            return (hasCommand, root.TryGetProperty("isRoot", out var isRoot) && isRoot.ValueKind == JsonValueKind.True);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw Refusal.Of(CakeDiagnostics.NoTool, file, new($"the tool manifest cannot be read ({e.Message})", $"无法读取工具清单({e.Message})"),
                new("Correct it, or name the tool by --tool", "请修正该文件,或用 --tool 指定工具"));
        }
    }
}
