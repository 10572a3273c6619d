namespace CiCompliance.Go;

internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <summary>The path without links, of folders neither; what doesn't exist stays as it is.</summary>
    /// <exception cref="IOException">Links without end.</exception>
    public static string Of(string path)
    {
        var links = 0;
        var pending = new Stack<string>(Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var resolved = "/";
        while (pending.TryPop(out var part))
        {
            if (part == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? "/";
                continue;
            }

            var next = Path.Combine(resolved, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"{path}: links without end");
            }

            resolved = target.StartsWith('/') ? "/" : resolved;
            foreach (var piece in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(piece => piece != ".").Reverse())
            {
                pending.Push(piece);
            }
        }

        return resolved;
    }

    public static bool IsInside(string path, string directory) =>
        path == directory || path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);
}
