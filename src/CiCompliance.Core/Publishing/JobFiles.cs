using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Publishing;

/// <summary>The two files through which a step speaks to GitHub's runner.</summary>
/// <param name="Summary">GITHUB_STEP_SUMMARY.</param>
/// <param name="Output">GITHUB_OUTPUT.</param>
public sealed record JobFiles(string Summary, string Output)
{
    /// <summary>A larger summary is dropped by the runner, and the step passes all the same.</summary>
    public const int MaxSummaryBytes = 1 << 20;

    private const int MinSummaryBytes = 4096;

    internal int AppendSummary(Func<int, byte[]> write)
    {
        var room = MaxSummaryBytes - (int)Math.Min(MaxSummaryBytes, File.Exists(Summary) ? new FileInfo(Summary).Length : 0);
        var text = room < MinSummaryBytes ? [] : write(room);
        if (text.Length == 0 || text.Length > room)
        {
            throw new CiComplianceException(PublishingDiagnostics.SummaryTooLarge, Summary,
                new($"{room} bytes are left of the 1 MiB that a step's summary may have", $"步骤摘要的 1 MiB 上限仅剩 {room} 字节"),
                new("Publish in a step of its own", "请在单独的步骤中发布"));
        }

        Append(Summary, text);
        return text.Length;
    }

    /// <summary>Values are anybody's text: the delimiter is random, and the value can't hold it.</summary>
    internal void AppendOutputs(IEnumerable<(string Name, string Value)> outputs)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in outputs)
        {
            var delimiter = "cicompliance_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            text.Append(name).Append("<<").Append(delimiter).Append('\n').Append(value).Append('\n').Append(delimiter).Append('\n');
        }

        Append(Output, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static void Append(string path, byte[] content)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, 1);
            file.Write(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PublishedFile.NotWritten(path, e);
        }
    }
}
