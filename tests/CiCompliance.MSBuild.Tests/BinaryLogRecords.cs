using System.IO.Compression;
using Microsoft.Build.Framework;
using Microsoft.Build.Logging.StructuredLogger;

namespace CiCompliance.MSBuild.Tests;

/// <summary>A binary log's own records: what its tree leaves out, and its bytes unpacked.</summary>
internal static class BinaryLogRecords
{
    public static byte[] Unpack(string path)
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>The help link of each error and warning, by code.</summary>
    public static IReadOnlyDictionary<string, string?> HelpLinks(string path)
    {
        var links = new Dictionary<string, string?>();
        foreach (var record in new BinLogReader().ReadRecords(path))
        {
            switch (record.Args)
            {
                case BuildErrorEventArgs error: links[error.Code] = error.HelpLink; break;
                case BuildWarningEventArgs warning: links[warning.Code] = warning.HelpLink; break;
                default: break;
            }
        }

        return links;
    }
}
