using System.Security.Cryptography;

namespace CiCompliance.Publishing;

/// <summary>A file that publishing writes beside the evidence: whole or not at all.</summary>
internal static class PublishedFile
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // A name that nobody could put a link at, and that must be new: a link is never written through. Moving replaces a link, too.
            var partial = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}.partial";
            try
            {
                using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
                {
                    file.Write(content);
                }

                File.Move(partial, path, overwrite: true);
            }
            catch
            {
                File.Delete(partial);
                throw;
            }
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
