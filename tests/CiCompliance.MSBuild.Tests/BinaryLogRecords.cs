using System.IO.Compression;

namespace CiCompliance.MSBuild.Tests;

internal static class BinaryLogRecords
{
    /// <summary>A binary log's bytes, unpacked: what somebody who looks for a secret would search.</summary>
    public static byte[] Unpack(string path)
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }
}
