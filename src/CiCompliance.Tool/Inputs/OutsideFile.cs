using CiCompliance.Evidence;

namespace CiCompliance.Tool.Inputs;

/// <summary>Reads a file that must lie outside a folder under test: policy, trust, an auditor's checkpoint.</summary>
internal static class OutsideFile
{
    /// <param name="option">The option that named it, for messages.</param>
    /// <exception cref="CiComplianceException">Inside <paramref name="forbidden"/> (CIC0006), or unreadable or too large (CIC0007).</exception>
    public static byte[] Read(string path, string option, string forbidden, int maxBytes)
    {
        try
        {
            var folder = LinkTrail.RealPath(forbidden);
            var trail = LinkTrail.Of(path);
            if (trail.Any(step => LinkTrail.IsInside(step, folder)))
            {
                throw new CiComplianceException(ToolDiagnostics.InsideTree, path,
                    new($"{option} leads into {forbidden}, which is what is being judged", $"{option} 指向被检对象 {forbidden} 之内"),
                    new("Keep it outside, or leave the option out and give --base", "请将其放在外部,或去掉该选项并给出 --base"));
            }

            // Nothing in the tree had a say in where this leads; a pipe has no other path.
            return Read(path, maxBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, option, e);
        }
    }

    public static CiComplianceException Unreadable(string path, string option, Exception cause) => new(ToolDiagnostics.InputUnreadable, path,
        new($"{option} names a file that cannot be read ({cause.Message})", $"{option} 指定的文件无法读取({cause.Message})"),
        new("Check the path and its permissions", "请检查路径及权限"), cause);

    /// <summary>Reads a file or a pipe that an option names, wherever it lies.</summary>
    /// <exception cref="CiComplianceException">Unreadable or too large (CIC0007).</exception>
    public static byte[] ReadAnywhere(string path, string option, int maxBytes)
    {
        try
        {
            return Read(path, maxBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, option, e);
        }
    }

    /// <summary>Reads a file or a pipe whole.</summary>
    /// <exception cref="IOException">A folder, too large, or unreadable.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        using var content = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, read);
            if (content.Length > maxBytes)
            {
                throw new IOException($"more than {maxBytes} bytes");
            }
        }

        return content.ToArray();
    }
}
