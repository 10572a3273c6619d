namespace CiCompliance.Publishing;

/// <summary>A file that publishing writes beside the evidence: whole or not at all.</summary>
internal static class PublishedFile
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path + ".partial", content);
            File.Move(path + ".partial", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, e);
        }
    }

    public static CiComplianceException NotWritten(string path, Exception cause) => new(PublishingDiagnostics.NotWritten, path,
        new($"it cannot be written ({cause.Message})", $"无法写入({cause.Message})"),
        new("Check the path, its permissions and the free space", "请检查路径、权限与剩余空间"), cause);
}
